package io.tidegate.app;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Clients that send one request after the other, as fast as they are answered, until they are told to stop or nobody
/// listens any more. None of them sends a request twice.
final class LoadClients implements AutoCloseable {

    private static final String ONE = "GET /one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private static final String MORE = "GET /more HTTP/1.1\r\nHost: a\r\n\r\n";

    private final SocketAddress address;
    private final String body;
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong kept = new AtomicLong();
    private final AtomicLong onNew = new AtomicLong();
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean stopped;

    /// Clients of a port of the loopback address.
    ///
    /// @param body
    ///            of every answer, as it should be
    LoadClients(int port, String body) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.body = body;
    }

    /// Starts clients that keep their connections, and as many with a connection for each request.
    LoadClients start(int ofEach) {
        for (int i = 0; i < 2 * ofEach; i++) {
            boolean keepAlive = i % 2 == 0;
            threads.add(Thread.ofPlatform().daemon().name("client-" + i).start(() -> run(keepAlive)));
        }
        return this;
    }

    private void run(boolean keepAlive) {
        while (!stopped) {
            try (RawClient client = connect()) {
                if (client == null) {
                    return;
                }
                boolean open = true;
                while (open && !stopped) {
                    RawResponse response = client.exchange(keepAlive ? MORE : ONE);
                    if (response.status() != 200 || !response.complete() || !response.body().equals(body)) {
                        failures.add((keepAlive ? "kept -> " : "new -> ") + response);
                    }
                    (keepAlive ? kept : onNew).incrementAndGet();
                    open = keepAlive && !"close".equals(response.field("connection"));
                }
                if (keepAlive && !open) {
                    told.incrementAndGet();
                }
            } catch (RuntimeException e) {
                failures.add((keepAlive ? "kept -> " : "new -> ") + e);
                return;
            }
        }
    }

    /// Null where nobody listens.
    private @Nullable RawClient connect() {
        try {
            return RawClient.connect(address);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof ConnectException) {
                refused.incrementAndGet();
                return null;
            }
            throw e;
        }
    }

    /// Waits until this many more requests were answered on kept connections, and as many on new ones.
    void awaitAnswers(long more) {
        long wantedKept = kept.get() + more;
        long wantedNew = onNew.get() + more;
        Await.until(() -> more + " answers; failures: " + failures,
                () -> (kept.get() >= wantedKept && onNew.get() >= wantedNew) || !failures.isEmpty());
    }

    /// Waits until each of them was refused a connection, or failed.
    void awaitRefused() {
        Await.until(() -> "clients to be refused; there: " + refused,
                () -> threads.stream().noneMatch(Thread::isAlive));
    }

    /// What was not answered as it should have been.
    List<String> failures() {
        return failures;
    }

    /// How often a client that keeps its connection was told in an answer that it closes.
    int toldToClose() {
        return told.get();
    }

    /// Clients that ended because nobody listened.
    int refused() {
        return refused.get();
    }

    /// Lets every client finish what it has begun.
    @Override
    public void close() {
        stopped = true;
        Await.until("clients to stop", () -> threads.stream().noneMatch(Thread::isAlive));
    }
}
