package io.tidegate.testkit;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// TLS over a connection, from either side. Tells an end that was said (`close_notify`) from one that was not.
final class SecureStream implements ByteStream {

    /// Sessions are remembered by name and port: always the same one, so that a client goes on with a session whatever
    /// the free port is this time.
    private static final int PEER_PORT = 443;

    private final Connection connection;
    private final SSLEngine engine;
    private final ByteBuffer encrypted;
    private ByteBuffer plain;
    private ByteBuffer outgoing;
    private boolean ended;

    /// Shakes hands.
    ///
    /// @throws IOException
    ///             where the other side refuses, or is refused
    SecureStream(Connection connection, SSLEngine engine) throws IOException {
        this.connection = connection;
        this.engine = engine;
        SSLSession session = engine.getSession();
        this.encrypted = ByteBuffer.allocate(4 * session.getPacketBufferSize()).flip();
        this.plain = ByteBuffer.allocate(4 * session.getApplicationBufferSize()).flip();
        this.outgoing = ByteBuffer.allocate(2 * session.getPacketBufferSize());
        engine.beginHandshake();
        try {
            shakeHands();
        } catch (SSLException e) {
            sayWhy();
            throw e;
        }
    }

    /// Sends the alert that tells why the handshake failed, and lets the other side read it.
    private void sayWhy() throws IOException {
        while (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
            wrap(ByteBuffer.allocate(0));
        }
        connection.shutdownOutput();
        byte[] rest = new byte[8192];
        int count = 0;
        while (count >= 0) {
            count = connection.read(rest, 0, rest.length);
        }
    }

    /// Connects and shakes hands; see [RawClient#secure].
    static SecureStream connect(SocketAddress address, SSLContext context, @Nullable String serverName,
            Consumer<SSLParameters> settings) throws IOException {
        SSLEngine engine = serverName == null
                ? context.createSSLEngine()
                : context.createSSLEngine(serverName, PEER_PORT);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        if (serverName != null) {
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
        }
        settings.accept(parameters);
        engine.setSSLParameters(parameters);
        return connect(address, engine);
    }

    /// Connects and shakes hands as this engine does it, which is one for clients.
    static SecureStream connect(SocketAddress address, SSLEngine engine) throws IOException {
        Connection connection = Connection.to(address, 0);
        try {
            return new SecureStream(connection, engine);
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void shakeHands() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrap()) {
                        throw new IOException("the connection ended within the handshake");
                    }
                }
                case NEED_TASK -> runTasks();
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private SSLEngineResult.Status wrap(ByteBuffer from) throws IOException {
        outgoing.clear();
        SSLEngineResult result = engine.wrap(from, outgoing);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            outgoing = ByteBuffer.allocate(2 * outgoing.capacity());
            return result.getStatus();
        }
        outgoing.flip();
        connection.write(outgoing.array(), 0, outgoing.limit());
        return result.getStatus();
    }

    /// Decrypts a record, where one comes.
    ///
    /// @return false at the end
    private boolean unwrap() throws IOException {
        plain.compact();
        try {
            while (true) {
                SSLEngineResult result = engine.unwrap(encrypted, plain);
                switch (result.getStatus()) {
                    case OK -> {
                        runTasks();
                        return true;
                    }
                    case CLOSED -> {
                        ended = true;
                        return false;
                    }
                    case BUFFER_OVERFLOW -> {
                        ByteBuffer larger = ByteBuffer.allocate(2 * plain.capacity());
                        larger.put(plain.flip());
                        plain = larger;
                    }
                    case BUFFER_UNDERFLOW -> {
                        if (!receive()) {
                            throw new TruncatedException();
                        }
                    }
                }
            }
        } finally {
            plain.flip();
        }
    }

    private boolean receive() throws IOException {
        encrypted.compact();
        int count = connection.read(encrypted.array(), encrypted.position(), encrypted.remaining());
        encrypted.position(encrypted.position() + Math.max(0, count)).flip();
        return count >= 0;
    }

    /// The connection ended without the word that it does.
    static final class TruncatedException extends IOException {

        private static final long serialVersionUID = 1L;

        TruncatedException() {
            super("the connection ended without close_notify");
        }
    }

    /// What was agreed on.
    SSLSession session() {
        return engine.getSession();
    }

    /// What ALPN came to; empty for nothing.
    String protocol() {
        return engine.getApplicationProtocol();
    }

    @Override
    public int read() throws IOException {
        return fill() ? plain.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, plain.remaining());
        plain.get(target, offset, count);
        return count;
    }

    private boolean fill() throws IOException {
        while (!plain.hasRemaining()) {
            if (ended || !unwrap()) {
                return false;
            }
            // Tickets and new keys come at any time.
            if (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
                wrap(ByteBuffer.allocate(0));
            }
        }
        return true;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(bytes, offset, length);
        while (from.hasRemaining()) {
            if (wrap(from) == SSLEngineResult.Status.CLOSED) {
                throw new IOException("the connection is closed");
            }
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        engine.closeOutbound();
        wrap(ByteBuffer.allocate(0));
        connection.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
        connection.reset();
    }

    @Override
    public long received() {
        return connection.received();
    }

    @Override
    public long sent() {
        return connection.sent();
    }

    @Override
    public SocketAddress localAddress() throws IOException {
        return connection.localAddress();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
