package io.tidegate.tests.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What goes through a connection of WebSocket, and how it ends.
class RelayTest extends WebSocketFixture {

    private static void assertSays(@Nullable Frame frame, Frame expected) {
        assertThat(frame).isNotNull();
        assertThat(Objects.requireNonNull(frame).says(expected)).as(frame + " says " + expected).isTrue();
    }

    private static @Nullable Frame unmasked(ClientPeer client, Frame sent) {
        Frame answer = client.exchange(sent);
        assertThat(answer).isNotNull();
        assertThat(Objects.requireNonNull(answer).masked()).isFalse();
        return answer;
    }

    @Test
    void framesOfEveryKindGoBothWaysAsTheyAre() {
        serve(ServicePeer::echo);
        try (ClientPeer client = open()) {
            assertThat(client.stands()).isTrue();
            Frame text = Frame.text("hello");
            assertSays(unmasked(client, text), text);
            Frame empty = Frame.text("");
            assertSays(unmasked(client, empty), empty);
            Frame binary = new Frame(Frame.BINARY, true, false, "\u0000\u00ff\u0080");
            assertSays(unmasked(client, binary), binary);
            Frame ping = new Frame(Frame.PING, true, false, "p");
            assertSays(unmasked(client, ping), new Frame(Frame.PONG, true, false, "p"));
            Frame first = new Frame(Frame.TEXT, false, false, "one ");
            Frame between = new Frame(Frame.PING, true, false, "q");
            Frame last = new Frame(Frame.CONTINUATION, true, false, "two");
            assertSays(unmasked(client, first), first);
            assertSays(unmasked(client, between), new Frame(Frame.PONG, true, false, "q"));
            assertSays(unmasked(client, last), last);
            assertSays(unmasked(client, Frame.close(1000)), Frame.close(1000));
            assertThat(client.ending()).isEqualTo(ClientPeer.Ending.FINISHED);
        }
        assertThat(gateway().metric("tidegate_websocket_connections_total", "")).isEqualTo(1);
        Await.until("the connection to be over",
                () -> gateway().metric("tidegate_websocket_connections_open", "") == 0);
        assertThat(gateway().metric("tidegate_requests_total", "status_class=\"1xx\"")).isEqualTo(1);
        assertThat(gateway().metric("tidegate_faults_total", "")).isZero();
    }

    @Test
    void messagesLargerThanEveryBufferArriveWhole() {
        serve(ServicePeer::echo);
        try (ClientPeer client = open()) {
            for (int length : new int[]{125, 126, 65_535, 65_536, 3_000_000}) {
                Frame large = new Frame(Frame.BINARY, true, false, text(length));
                assertSays(client.exchange(large), large);
            }
        }
    }

    @Test
    void framesInPiecesOfOneByteArriveWhole() {
        serve(ServicePeer::echo);
        try (ClientPeer client = open()) {
            Frame frame = Frame.text(text(200));
            for (byte piece : frame.bytes(true)) {
                client.send(new byte[]{piece});
            }
            assertSays(client.read(), frame);
        }
    }

    @Test
    void theServiceSpeaksFirstAndBothWithoutWaiting() {
        List<Frame> heard = new CopyOnWriteArrayList<>();
        serve(peer -> {
            for (int i = 0; i < 50; i++) {
                peer.send(Frame.text("s" + i));
            }
            for (Frame next = peer.read(); next != null; next = peer.read()) {
                heard.add(next);
            }
        });
        try (ClientPeer client = open()) {
            for (int i = 0; i < 50; i++) {
                client.send(Frame.text("c" + i));
            }
            for (int i = 0; i < 50; i++) {
                assertSays(client.read(), Frame.text("s" + i));
            }
            Await.until("all to be heard", () -> heard.size() == 50);
            assertThat(heard).allMatch(Frame::masked);
            assertThat(heard.getLast().text()).isEqualTo("c49");
        }
    }

    @Test
    void aCloseOfTheServiceWithItsReasonComesThroughAndThenTheEnd() {
        serve(peer -> {
            peer.send(new Frame(Frame.CLOSE, true, false, Frame.close(4001).text() + "bye"));
            peer.read();
        });
        try (ClientPeer client = open()) {
            Frame close = Objects.requireNonNull(client.read());
            assertThat(close.code()).isEqualTo(4001);
            assertThat(close.text()).endsWith("bye");
            client.send(Frame.close(4001));
            assertThat(client.ending()).isEqualTo(ClientPeer.Ending.FINISHED);
        }
        Await.until("the connection to be over",
                () -> gateway().metric("tidegate_websocket_connections_open", "") == 0);
        assertThat(gateway().metric("tidegate_faults_total", "")).isZero();
    }

    @Test
    void aServiceThatGoesWithoutAWordEndsTheConnectionAndIsNoted() {
        serve(peer -> {
            peer.send(Frame.text("last words"));
            peer.finish();
        });
        try (ClientPeer client = open()) {
            assertSays(client.read(), Frame.text("last words"));
            client.ending();
            Await.until("the fault to be counted",
                    () -> gateway().metric("tidegate_faults_total", "upstream.closed") == 1);
        }
    }

    @Test
    void aServiceThatBreaksOffBreaksOffItsClient() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        serve(peer -> {
            gate.pass();
            peer.reset();
        });
        try (ClientPeer client = open()) {
            gate.open();
            ClientPeer.Ending ending = client.ending();
            if (way.http2Client()) {
                assertThat(ending).isEqualTo(ClientPeer.Ending.BROKEN);
            }
            Await.until("the fault to be counted", () -> gateway().metric("tidegate_faults_total", "upstream.") == 1);
        }
    }

    @Test
    void aClientThatBreaksOffEndsTheServicesConnection() {
        List<String> ends = new CopyOnWriteArrayList<>();
        serve(peer -> {
            try {
                for (Frame next = peer.read(); next != null; next = peer.read()) {
                    peer.send(next);
                }
            } finally {
                ends.add("over");
            }
        });
        ClientPeer client = open();
        assertSays(client.exchange(Frame.text("a")), Frame.text("a"));
        client.reset();
        Await.until("the service to see the end", () -> !ends.isEmpty());
        Await.until("the fault to be counted", () -> gateway().metric("tidegate_faults_total", "client.closed") == 1);
        client.close();
    }

    @Test
    void whoWasOpenForLongIsCountedWithItsBytes() {
        serve(ServicePeer::echo);
        try (ClientPeer client = open()) {
            client.exchange(Frame.text(text(1000)));
            assertThat(gateway().metric("tidegate_websocket_connections_open", "")).isEqualTo(1);
            client.exchange(Frame.close(1000));
            client.ending();
        }
        Await.until("the connection to be over",
                () -> gateway().metric("tidegate_websocket_connections_open", "") == 0);
        assertThat(gateway().metric("tidegate_received_bytes_total", "")).isEqualTo(1000 + 8 + 8);
        assertThat(gateway().metric("tidegate_sent_bytes_total", "")).isEqualTo(1000 + 4 + 4);
    }
}
