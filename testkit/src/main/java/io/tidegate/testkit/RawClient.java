package io.tidegate.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A client that sends exactly the bytes it is given and reads responses strictly.
public final class RawClient implements AutoCloseable {

    /// How a connection ended.
    public enum Ending {
        /// In order (FIN).
        CLOSED,
        /// Broken off (RST).
        RESET,
        /// In order for TCP, but not for TLS: without `close_notify`, so that something may be missing.
        TRUNCATED,
        /// Not at all: bytes came instead.
        BYTES
    }

    private static final long BETWEEN_PIECES_NANOS = 20_000;

    private final ByteStream connection;
    private final MessageReader reader;

    private RawClient(ByteStream connection) {
        this.connection = connection;
        this.reader = new MessageReader(connection.input());
    }

    /// Connects to a TCP or a Unix address.
    public static RawClient connect(SocketAddress address) {
        return connect(address, 0);
    }

    /// Connects with a receive buffer of this many bytes, so that little is taken that was not asked for.
    public static RawClient connect(SocketAddress address, int receiveBuffer) {
        try {
            return new RawClient(Connection.to(address, receiveBuffer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Connects and shakes hands.
    ///
    /// @param serverName
    ///            the name that is asked for (SNI); null for none
    /// @param settings
    ///            changes what the client would do by itself: its versions, its protocols
    /// @throws UncheckedIOException
    ///             where the handshake fails
    public static RawClient secure(SocketAddress address, SSLContext context, @Nullable String serverName,
            Consumer<SSLParameters> settings) {
        try {
            return new RawClient(SecureStream.connect(address, context, serverName, settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Connects and shakes hands as this engine does it, which is one for clients.
    ///
    /// @throws UncheckedIOException
    ///             where the handshake fails
    public static RawClient secure(SocketAddress address, SSLEngine engine) {
        try {
            return new RawClient(SecureStream.connect(address, engine));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What was agreed on in the handshake.
    ///
    /// @throws IllegalStateException
    ///             on a connection without TLS
    public SSLSession session() {
        return secureStream().session();
    }

    /// What ALPN came to; empty for nothing.
    public String protocol() {
        return secureStream().protocol();
    }

    private SecureStream secureStream() {
        if (connection instanceof SecureStream stream) {
            return stream;
        }
        throw new IllegalStateException("the connection is one without TLS");
    }

    /// Sends these bytes.
    public RawClient send(byte[] bytes) {
        return send(bytes, Integer.MAX_VALUE);
    }

    /// Sends a text of ISO-8859-1 characters.
    public RawClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Sends these bytes in writes of `piece` bytes each. A peer that breaks the connection off meanwhile is no error:
    /// what it answered is read afterwards.
    public RawClient send(byte[] bytes, int piece) {
        try {
            for (int from = 0; from < bytes.length; from += piece) {
                connection.write(bytes, from, Math.min(piece, bytes.length - from));
                if (piece < bytes.length) {
                    // So that the peer, as a rule, reads each piece on its own.
                    LockSupport.parkNanos(BETWEEN_PIECES_NANOS);
                }
                if (bytes.length - from <= piece) {
                    break;
                }
            }
        } catch (Connection.GuardException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            // The peer has answered and gone; receive() tells.
            return this;
        }
        return this;
    }

    /// Says that nothing more will be sent (FIN).
    public RawClient finish() {
        try {
            connection.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /// The next response to a GET, interim ones included.
    public RawResponse receive() {
        return receive("GET");
    }

    /// The next response to a request of this method.
    ///
    /// @throws UncheckedIOException
    ///             where there is none, or what came is no response
    public RawResponse receive(String method) {
        try {
            RawResponse response = reader.response(method);
            if (response == null) {
                throw new EOFException("the connection ended without a response");
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends a request and takes its response.
    public RawResponse exchange(String request) {
        int space = request.indexOf(' ');
        return send(request).receive(request.substring(0, Math.max(0, space)));
    }

    /// Sends a GET that asks for nothing special and takes its response.
    public RawResponse get(String target) {
        return exchange("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /// Waits for the end of the connection, or for a byte that comes instead.
    public Ending ending() {
        try {
            return connection.read() < 0 ? Ending.CLOSED : Ending.BYTES;
        } catch (Connection.GuardException e) {
            throw new UncheckedIOException(e);
        } catch (SecureStream.TruncatedException e) {
            return Ending.TRUNCATED;
        } catch (IOException e) {
            return Ending.RESET;
        }
    }

    /// What is received, as it comes.
    public InputStream input() {
        return connection.input();
    }

    /// Where to send, as an alternative to [#send].
    public OutputStream output() {
        return connection.output();
    }

    /// Bytes given to the socket so far.
    public long sent() {
        return connection.sent();
    }

    /// Bytes taken from the socket so far.
    public long received() {
        return connection.received();
    }

    /// The client's own address.
    public SocketAddress localAddress() {
        try {
            return connection.localAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Breaks the connection off (RST).
    public void reset() {
        try {
            connection.reset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
