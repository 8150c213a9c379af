package io.tidegate.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/// A service on plain sockets, a thread per connection, that does what its script says and remembers what it received.
public final class TestUpstream implements AutoCloseable {

    private static final int REMEMBERED_BYTES = 1 << 20;
    private static final int REMEMBERED_REQUESTS = 100_000;

    /// What an upstream does with a connection. The connection is closed when it returns or throws.
    @FunctionalInterface
    public interface Script {

        /// Serves one connection.
        void serve(UpstreamConnection connection) throws IOException;
    }

    /// Holds an upstream back until a test lets it go on.
    public static final class Gate {

        private final CountDownLatch open = new CountDownLatch(1);

        /// Lets everything pass from now on.
        public void open() {
            open.countDown();
        }

        /// Waits until it is open.
        public void pass() throws IOException {
            try {
                if (!open.await(Await.GUARD.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IOException("nobody opened the gate");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    private final ServerSocketChannel server;
    private final SocketAddress address;
    private final Set<UpstreamConnection> open = ConcurrentHashMap.newKeySet();
    private final List<RawRequest> heads = new CopyOnWriteArrayList<>();
    private final List<RawRequest> requests = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requestCount = new AtomicInteger();
    private final AtomicLong receivedBytes = new AtomicLong();
    private final AtomicLong sentBytes = new AtomicLong();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final @Nullable Supplier<SSLEngine> secured;
    private volatile Script script;
    private volatile boolean remembering = true;
    private volatile boolean closed;

    private TestUpstream(ServerSocketChannel server, @Nullable Supplier<SSLEngine> secured, Script script)
            throws IOException {
        this.server = server;
        this.secured = secured;
        this.address = server.getLocalAddress();
        this.script = script;
        Thread.ofPlatform().daemon().name("test-upstream").start(this::accept);
    }

    /// An upstream on a free port of the loopback address.
    public static TestUpstream start(Script script) {
        return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), script);
    }

    /// An upstream on a Unix socket.
    public static TestUpstream start(Path socket, Script script) {
        return start(UnixDomainSocketAddress.of(socket), script);
    }

    /// An upstream on a port that was free a moment ago, or that another upstream was on before.
    public static TestUpstream start(int port, Script script) {
        return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), script);
    }

    /// An upstream at this address, TCP or Unix.
    public static TestUpstream start(SocketAddress address, Script script) {
        return start(address, null, script);
    }

    /// An upstream on a free port of the loopback address that speaks TLS.
    ///
    /// @param engines
    ///            gives each connection its engine, one for servers
    public static TestUpstream secure(Supplier<SSLEngine> engines, Script script) {
        return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), engines, script);
    }

    private static TestUpstream start(SocketAddress address, @Nullable Supplier<SSLEngine> secured, Script script) {
        try {
            ServerSocketChannel server = address instanceof UnixDomainSocketAddress
                    ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    : ServerSocketChannel.open();
            server.bind(address, 4096);
            return new TestUpstream(server, secured, script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An upstream that answers every request with `hello`.
    public static TestUpstream hello() {
        return start(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    }

    /// An upstream that answers every request with its own body.
    public static TestUpstream echo() {
        return start(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + next.body().length() + "\r\n\r\n");
                if (!next.method().equals("HEAD")) {
                    connection.send(next.body());
                }
            }
        });
    }

    /// A script that answers every request with exactly these bytes.
    public static Script answering(String response) {
        byte[] bytes = response.getBytes(StandardCharsets.ISO_8859_1);
        return connection -> {
            while (connection.request() != null) {
                connection.send(bytes);
            }
        };
    }

    /// A script that answers the first request of a connection with exactly these bytes and then closes it.
    public static Script answeringOnce(String response) {
        return connection -> {
            if (connection.request() != null) {
                connection.send(response);
            }
        };
    }

    /// A script that answers the first request with exactly these bytes and then waits for the gateway to go.
    public static Script answeringThenWaiting(String response) {
        return connection -> {
            if (connection.request() != null) {
                connection.send(response);
                connection.awaitEnd();
            }
        };
    }

    /// A script that takes a request and never answers.
    public static Script silent() {
        return connection -> {
            if (connection.request() != null) {
                connection.awaitEnd();
            }
        };
    }

    private void accept() {
        while (!closed) {
            try {
                SocketChannel accepted = server.accept();
                UpstreamConnection connection = new UpstreamConnection(this, Connection.of(accepted),
                        connections.getAndIncrement());
                if (!admit(connection)) {
                    connection.reset();
                    return;
                }
                Thread.ofPlatform().daemon().name("test-upstream-" + connection.index())
                        .start(() -> serve(connection));
            } catch (IOException e) {
                if (!closed) {
                    failures.add(e);
                }
            }
        }
    }

    /// Whether a connection is served. Whoever closes the address does not wait for the thread that accepts: it may get
    /// one more.
    private synchronized boolean admit(UpstreamConnection connection) {
        return !closed && open.add(connection);
    }

    private synchronized void admitNoMore() {
        closed = true;
    }

    private void serve(UpstreamConnection connection) {
        try {
            if (secured != null) {
                connection.secure(secured.get());
            }
            script.serve(connection);
        } catch (MalformedMessageException e) {
            failures.add(e);
            takeRest(connection);
        } catch (IOException e) {
            // The gateway went away: what tests ask for is told by what was received.
        } catch (RuntimeException | AssertionError e) {
            failures.add(e);
        } finally {
            open.remove(connection);
            try {
                connection.close();
            } catch (IOException e) {
                failures.add(e);
            }
        }
    }

    private void takeRest(UpstreamConnection connection) {
        try {
            connection.awaitEnd();
        } catch (IOException e) {
            failures.add(e);
        }
    }

    /// Serves new connections by another script.
    public void script(Script next) {
        script = next;
    }

    /// Counts requests from now on without keeping them.
    public void forget() {
        remembering = false;
    }

    /// Where it listens.
    public SocketAddress address() {
        return address;
    }

    /// Its port.
    public int port() {
        return ((InetSocketAddress) address).getPort();
    }

    /// As an endpoint is written in a configuration.
    public String url() {
        return address instanceof UnixDomainSocketAddress unix
                ? "unix:" + unix.getPath()
                : (secured == null ? "http://127.0.0.1:" : "https://127.0.0.1:") + port();
    }

    /// Requests received whole, in the order of their ends.
    public List<RawRequest> requests() {
        return requests;
    }

    /// Heads received, whether or not their bodies came.
    public List<RawRequest> heads() {
        return heads;
    }

    /// Number of requests received whole.
    public int requestCount() {
        return requestCount.get();
    }

    /// Waits for the request of this number, from 0.
    public RawRequest request(int index) {
        Await.until(() -> "request " + index + " at the upstream; there: " + requests, () -> requests.size() > index);
        return requests.get(index);
    }

    /// Waits for the head of this number, from 0.
    public RawRequest head(int index) {
        Await.until(() -> "head " + index + " at the upstream; there: " + heads, () -> heads.size() > index);
        return heads.get(index);
    }

    /// Connections accepted so far.
    public int connections() {
        return connections.get();
    }

    /// Connections open now.
    public int open() {
        return open.size();
    }

    /// Bytes read from all connections so far.
    public long receivedBytes() {
        return receivedBytes.get();
    }

    /// Bytes given to all connections so far.
    public long sentBytes() {
        return sentBytes.get();
    }

    /// The first bytes received, of all connections, as ISO-8859-1.
    public String received() {
        synchronized (received) {
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /// What went wrong here: malformed requests, and errors of scripts.
    public List<Throwable> failures() {
        return failures;
    }

    void headReceived(RawRequest head) {
        if (remembering && heads.size() < REMEMBERED_REQUESTS) {
            heads.add(head);
        }
    }

    void requestReceived(RawRequest request) {
        requestCount.incrementAndGet();
        if (remembering && requests.size() < REMEMBERED_REQUESTS) {
            requests.add(request);
        }
    }

    void bytesReceived(byte[] bytes, int offset, int length) {
        receivedBytes.addAndGet(length);
        if (remembering) {
            synchronized (received) {
                received.write(bytes, offset, Math.min(length, Math.max(0, REMEMBERED_BYTES - received.size())));
            }
        }
    }

    void bytesSent(long count) {
        sentBytes.addAndGet(count);
    }

    /// Stops: closes the address and every connection.
    @Override
    public void close() {
        admitNoMore();
        try {
            server.close();
            for (UpstreamConnection connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Dies: breaks every connection off (RST) and closes the address.
    public void kill() {
        admitNoMore();
        try {
            server.close();
            for (UpstreamConnection connection : open) {
                connection.reset();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
