package io.tidegate.tests.exhaustion;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A client that asks for `/good` again and again, on one connection after the other: it goes on asking while others
/// attack, and every answer must be the right one.
final class GoodClient implements AutoCloseable {

    private final SocketAddress address;
    private final AtomicLong answered = new AtomicLong();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean stopped;

    GoodClient(SocketAddress address) {
        this.address = address;
        this.thread = Thread.ofPlatform().daemon().name("good-client").start(this::run);
    }

    private void run() {
        while (!stopped && failures.isEmpty()) {
            try (RawClient client = RawClient.connect(address)) {
                boolean open = true;
                while (open && !stopped) {
                    RawResponse response = client.get("/good");
                    if (response.status() != 200 || !response.body().equals("hello")) {
                        failures.add(response.toString());
                    }
                    answered.incrementAndGet();
                    open = !"close".equals(response.field("connection"));
                }
            } catch (RuntimeException e) {
                failures.add(e.toString());
            }
        }
    }

    /// Waits until so many more requests have been answered, and fails where one was not as it should be.
    void awaitAnswers(long more) {
        long wanted = answered.get() + more;
        Await.until(() -> more + " good answers", () -> answered.get() >= wanted || !failures.isEmpty());
        if (!failures.isEmpty()) {
            throw new AssertionError("the client that behaves noticed: " + failures);
        }
    }

    @Override
    public void close() {
        stopped = true;
        Await.until("the client that behaves to stop", () -> !thread.isAlive());
    }
}
