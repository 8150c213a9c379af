package io.tidegate.tests.websocket;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// The client's side of one connection of WebSocket, by either protocol.
abstract class ClientPeer implements AutoCloseable {

    /// The key and its answer of RFC 6455 section 1.3.
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    /// How it ended.
    enum Ending {
        /// In order.
        FINISHED,
        /// Broken off.
        BROKEN
    }

    /// The head of a handshake of HTTP/1.1, without the empty line.
    static String head(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Version: 13\r\n";
    }

    /// Connects and shakes hands.
    ///
    /// @param fields
    ///            further fields, names and values in turn
    static ClientPeer open(SocketAddress address, boolean http2, String... fields) {
        return open(address, http2, new byte[0], fields);
    }

    /// Connects and shakes hands, and sends these bytes before it knows whether the service agrees.
    static ClientPeer open(SocketAddress address, boolean http2, byte[] early, String... fields) {
        return http2
                ? new Over2(Http2Client.connect(address), early, fields)
                : new Over1(RawClient.connect(address), early, fields);
    }

    /// The status that was answered.
    abstract int status();

    /// The value of a field of the answer, or null.
    abstract @Nullable String field(String name);

    /// The body of an answer that is none of WebSocket.
    abstract String body();

    abstract InputStream input();

    abstract void send(byte[] bytes);

    /// Says that nothing more will be sent.
    abstract void finish();

    /// Breaks it off.
    abstract void reset();

    /// Waits for its end. Whatever comes before is dropped.
    abstract Ending ending();

    @Override
    public abstract void close();

    /// Whether the service has agreed.
    boolean stands() {
        return this instanceof Over2 ? status() == 200 : status() == 101;
    }

    void send(Frame frame) {
        send(frame.bytes(true));
    }

    @Nullable
    Frame read() {
        return Frame.read(input());
    }

    /// Sends one and reads the next.
    @Nullable
    Frame exchange(Frame frame) {
        send(frame);
        return read();
    }

    private static final class Over1 extends ClientPeer {

        private final RawClient client;
        private final RawResponse response;

        Over1(RawClient client, byte[] early, String... fields) {
            this.client = client;
            StringBuilder head = new StringBuilder(head("/chat?x=1"));
            for (int i = 0; i < fields.length; i += 2) {
                head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
            }
            client.send(head.append("\r\n").toString());
            client.send(early);
            response = client.receive();
        }

        @Override
        int status() {
            return response.status();
        }

        @Override
        @Nullable
        String field(String name) {
            return response.field(name);
        }

        @Override
        String body() {
            return response.body();
        }

        @Override
        InputStream input() {
            return client.input();
        }

        @Override
        void send(byte[] bytes) {
            client.send(bytes);
        }

        @Override
        void finish() {
            client.finish();
        }

        @Override
        void reset() {
            client.reset();
        }

        @Override
        Ending ending() {
            try {
                client.input().transferTo(java.io.OutputStream.nullOutputStream());
                return Ending.FINISHED;
            } catch (IOException e) {
                return Ending.BROKEN;
            }
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static final class Over2 extends ClientPeer {

        private final Http2Client client;
        private final int stream;
        private final Http2Response head;
        private final InputStream input;

        Over2(Http2Client client, byte[] early, String... fields) {
            this.client = client;
            this.stream = client.nextStream();
            String[] all = new String[12 + fields.length];
            System.arraycopy(new String[]{":method", "CONNECT", ":protocol", "websocket", ":scheme", "http",
                ":authority", "a", ":path", "/chat?x=1", "sec-websocket-version", "13"}, 0, all, 0, 12);
            System.arraycopy(fields, 0, all, 12, fields.length);
            client.headers(stream, false, all);
            client.upload(stream, early, false);
            head = client.head(stream);
            input = client.input(stream);
        }

        @Override
        int status() {
            return head.status();
        }

        @Override
        @Nullable
        String field(String name) {
            return head.fields().stream().filter(field -> field.name().equals(name)).map(field -> field.value())
                    .findFirst().orElse(null);
        }

        @Override
        String body() {
            return client.response(stream).body();
        }

        @Override
        InputStream input() {
            return input;
        }

        @Override
        void send(byte[] bytes) {
            client.upload(stream, bytes, false);
        }

        @Override
        void finish() {
            client.data(stream, "", true);
        }

        @Override
        void reset() {
            client.reset(stream, 8);
        }

        @Override
        Ending ending() {
            try {
                input.transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return client.response(stream).complete() ? Ending.FINISHED : Ending.BROKEN;
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
