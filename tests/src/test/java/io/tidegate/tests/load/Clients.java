package io.tidegate.tests.load;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Clients that send one request after the other, as fast as they are answered, until they are told to stop.
final class Clients implements AutoCloseable {

    /// What a client sends.
    ///
    /// @param request
    ///            the request
    /// @param keepAlive
    ///            whether the next one goes on the same connection
    record Kind(String request, boolean keepAlive) {

        static final Kind KEEP_ALIVE = new Kind("GET /k HTTP/1.1\r\nHost: a\r\n\r\n", true);
        static final Kind ONE_EACH = new Kind("GET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false);
        static final Kind POSTS = new Kind("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", true);
    }

    private final SocketAddress address;
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicInteger reconnected = new AtomicInteger();
    private final boolean closingIsFine;
    private volatile boolean stopped;

    /// Clients of one address.
    ///
    /// @param closingIsFine
    ///            whether the gateway may close a connection with an answer
    Clients(SocketAddress address, boolean closingIsFine) {
        this.address = address;
        this.closingIsFine = closingIsFine;
    }

    Clients start(int count, Kind kind) {
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofPlatform().daemon().name("client-" + threads.size()).start(() -> run(kind)));
        }
        return this;
    }

    private void run(Kind kind) {
        while (!stopped) {
            try (RawClient client = RawClient.connect(address)) {
                boolean open = true;
                while (open && !stopped) {
                    RawResponse response = client.exchange(kind.request());
                    if (response.status() != 200 || !response.complete()) {
                        failures.add(kind.request().substring(0, 6) + " -> " + response.status() + " "
                                + response.fault());
                    }
                    answered.incrementAndGet();
                    open = kind.keepAlive() && !"close".equals(response.field("connection"));
                }
                if (kind.keepAlive() && !stopped) {
                    reconnected.incrementAndGet();
                    if (closingIsFine) {
                        return;
                    }
                }
            } catch (RuntimeException e) {
                failures.add(kind.request().substring(0, 6) + " -> " + e);
                return;
            }
        }
    }

    /// Waits until this many more requests were answered.
    void awaitAnswers(long more) {
        long wanted = answered.get() + more;
        Await.until(() -> more + " answers; failures: " + failures,
                () -> answered.get() >= wanted || !failures.isEmpty());
    }

    /// What was not answered as it should have been.
    List<String> failures() {
        return failures;
    }

    /// Connections that the gateway closed.
    int reconnected() {
        return reconnected.get();
    }

    long answered() {
        return answered.get();
    }

    /// Lets every client finish what it has begun.
    @Override
    public void close() {
        stopped = true;
        Await.until("clients to stop", () -> threads.stream().noneMatch(Thread::isAlive));
    }
}
