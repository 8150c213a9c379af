package io.tidegate.testkit;

/// Keeps an exchange to one thread and to its time, as the gateway asks of policies.
final class Confinement {

    private final Thread loop = Thread.currentThread();
    private boolean ended;

    void check() {
        if (Thread.currentThread() != loop) {
            throw new IllegalStateException(
                    "an exchange was touched off its event loop, by '" + Thread.currentThread().getName() + "'");
        }
        if (ended) {
            throw new IllegalStateException("an exchange was touched after its end");
        }
    }

    void end() {
        ended = true;
    }
}
