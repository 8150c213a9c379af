package io.tidegate.tests.websocket;

import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.UpstreamConnection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The service's side of one connection of WebSocket, by either protocol. Used by the thread of its connection.
abstract class ServicePeer {

    /// What a service does with a connection of WebSocket that stands.
    @FunctionalInterface
    interface Talk {

        void with(ServicePeer peer) throws IOException;
    }

    /// SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3).
    static final int ENABLE_CONNECT = 8;

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// The value of a field of the handshake, or null.
    abstract @Nullable String field(String name);

    abstract InputStream input();

    abstract void send(byte[] bytes) throws IOException;

    /// Breaks it off.
    abstract void reset() throws IOException;

    /// Says that nothing more will be sent.
    abstract void finish() throws IOException;

    void send(Frame frame) throws IOException {
        send(frame.bytes(false));
    }

    @Nullable
    Frame read() {
        return Frame.read(input());
    }

    /// Answers what a key has to be answered.
    static String accept(String key) {
        try {
            return Base64.getEncoder().encodeToString(
                    MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Sends back what comes, a Close frame last.
    static void echo(ServicePeer peer) throws IOException {
        for (Frame next = peer.read(); next != null; next = peer.read()) {
            peer.send(next.opcode() == Frame.PING ? new Frame(Frame.PONG, true, false, next.text()) : next);
            if (next.opcode() == Frame.CLOSE) {
                return;
            }
        }
    }

    /// A script that agrees to every handshake, with further lines of fields.
    static TestUpstream.Script script(boolean http2, Talk talk) {
        return http2 ? connection -> {
            Http2Service service = Http2Service.accept(connection, ENABLE_CONNECT, 1);
            for (Http2Service.Request head = service.head(); head != null; head = service.head()) {
                service.headers(head.stream(), false, ":status", "200", "sec-websocket-protocol", "chat");
                ServicePeer peer = new Over2(service, head);
                talk.with(peer);
                peer.finish();
            }
        } : connection -> {
            RawRequest head = connection.head();
            if (head == null) {
                return;
            }
            String key = Objects.requireNonNull(head.field("sec-websocket-key"));
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: " + accept(key) + "\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
            talk.with(new Over1(connection, head));
        };
    }

    private static final class Over1 extends ServicePeer {

        private final UpstreamConnection connection;
        private final RawRequest head;

        Over1(UpstreamConnection connection, RawRequest head) {
            this.connection = connection;
            this.head = head;
        }

        @Override
        @Nullable
        String field(String name) {
            return head.field(name);
        }

        @Override
        InputStream input() {
            return connection.input();
        }

        @Override
        void send(byte[] bytes) throws IOException {
            connection.send(bytes);
        }

        @Override
        void reset() throws IOException {
            connection.reset();
        }

        @Override
        void finish() throws IOException {
            connection.finish();
        }
    }

    private static final class Over2 extends ServicePeer {

        private final Http2Service service;
        private final Http2Service.Request head;
        private final InputStream input;
        private boolean over;

        Over2(Http2Service service, Http2Service.Request head) {
            this.service = service;
            this.head = head;
            this.input = service.input(head.stream());
        }

        @Override
        @Nullable
        String field(String name) {
            return head.field(name);
        }

        @Override
        InputStream input() {
            return input;
        }

        @Override
        void send(byte[] bytes) throws IOException {
            service.data(head.stream(), bytes, false);
        }

        @Override
        void reset() throws IOException {
            over = true;
            service.reset(head.stream(), 8);
        }

        @Override
        void finish() throws IOException {
            if (!over) {
                over = true;
                service.data(head.stream(), "", true);
            }
        }
    }
}
