package io.tidegate.acme;

import java.io.IOException;
import java.time.Duration;

/// Repeats what fails for a while: what an authority has given, or is about to give, is worth some waiting for a store
/// that comes back. Once that was in vain nothing is waited for until it is renewed. For one thread.
final class Patience {

    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Duration longest;
    private boolean lost;

    /// @param longest
    ///            how long it is tried
    Patience(Duration longest) {
        this.longest = longest;
    }

    /// What may fail.
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    /// Is there again.
    void renew() {
        lost = false;
    }

    /// Runs until it does not fail, or for too long.
    <T> T insist(Call<T> call) throws IOException {
        long begun = System.nanoTime();
        while (true) {
            try {
                T result = call.run();
                lost = false;
                return result;
            } catch (IOException e) {
                lost |= System.nanoTime() - begun >= longest.toNanos();
                if (lost) {
                    throw e;
                }
                try {
                    Thread.sleep(PAUSE);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    lost = true;
                    throw e;
                }
            }
        }
    }
}
