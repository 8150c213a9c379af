package io.tidegate.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// One connection that a [TestUpstream] accepted. Used by the thread of that connection.
public final class UpstreamConnection {

    private static final byte[] ZEROS = new byte[65536];

    private final TestUpstream upstream;
    private volatile ByteStream connection;
    private MessageReader reader;
    private final int index;

    UpstreamConnection(TestUpstream upstream, Connection accepted, int index) {
        this.upstream = upstream;
        this.connection = accepted;
        this.index = index;
        this.reader = new MessageReader(new Recording(accepted.input()));
    }

    /// Shakes hands; what is read and sent from here on is within TLS.
    void secure(SSLEngine engine) throws IOException {
        SecureStream secured = new SecureStream((Connection) connection, engine);
        connection = secured;
        reader = new MessageReader(new Recording(secured.input()));
    }

    /// What was agreed on with the gateway.
    ///
    /// @throws IllegalStateException
    ///             without TLS
    public SSLSession session() {
        if (connection instanceof SecureStream stream) {
            return stream.session();
        }
        throw new IllegalStateException("there is no TLS");
    }

    /// Its number among the connections of the upstream, from 0.
    public int index() {
        return index;
    }

    /// What ALPN came to; empty for nothing.
    public String protocol() {
        return connection instanceof SecureStream stream ? stream.protocol() : "";
    }

    /// Reads the next request whole; null where the connection ended instead.
    public @Nullable RawRequest request() throws IOException {
        RawRequest head = head();
        return head == null ? null : body(head);
    }

    /// Reads the head of the next request; null where the connection ended instead.
    public @Nullable RawRequest head() throws IOException {
        RawRequest head = reader.requestHead();
        if (head != null) {
            upstream.headReceived(head);
        }
        return head;
    }

    /// Reads the body behind a head.
    public RawRequest body(RawRequest head) throws IOException {
        RawRequest whole = reader.withBody(head);
        upstream.requestReceived(whole);
        return whole;
    }

    /// What is received, without being recorded.
    public InputStream input() {
        return connection.input();
    }

    /// Sends a text of ISO-8859-1 characters.
    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Sends these bytes.
    public void send(byte[] bytes) throws IOException {
        connection.write(bytes, 0, bytes.length);
        upstream.bytesSent(bytes.length);
    }

    /// Sends `count` zero bytes.
    public void sendZeros(long count) throws IOException {
        for (long left = count; left > 0; left -= ZEROS.length) {
            int length = (int) Math.min(left, ZEROS.length);
            connection.write(ZEROS, 0, length);
            upstream.bytesSent(length);
        }
    }

    /// Sends an answer of status 200 with this body.
    public void answer(String body) throws IOException {
        send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /// Closes the connection (FIN).
    public void close() throws IOException {
        connection.close();
    }

    /// Says that nothing more will be sent (with TLS `close_notify`, then FIN), and goes on reading.
    public void finish() throws IOException {
        connection.shutdownOutput();
    }

    /// Breaks the connection off (RST).
    public void reset() throws IOException {
        connection.reset();
    }

    /// Waits until the peer ends the connection; what it sends before is recorded.
    public void awaitEnd() throws IOException {
        InputStream in = new Recording(connection.input());
        byte[] buffer = new byte[8192];
        int count = 0;
        while (count >= 0) {
            count = in.read(buffer, 0, buffer.length);
        }
    }

    /// Tells the upstream of every byte.
    private final class Recording extends InputStream {

        private final InputStream in;

        Recording(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            if (b >= 0) {
                upstream.bytesReceived(new byte[]{(byte) b}, 0, 1);
            }
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = in.read(target, offset, length);
            if (count > 0) {
                upstream.bytesReceived(target, offset, count);
            }
            return count;
        }
    }
}
