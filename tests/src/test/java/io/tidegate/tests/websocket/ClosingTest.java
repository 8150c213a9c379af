package io.tidegate.tests.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// When the gateway itself closes a connection of WebSocket: drained, quiet, old, or beyond its limits.
class ClosingTest extends WebSocketFixture {

    private final List<Frame> heard = new CopyOnWriteArrayList<>();

    /// Notes what comes, answers a Close frame, and goes.
    private void listen(ServicePeer peer) throws java.io.IOException {
        for (Frame next = peer.read(); next != null; next = peer.read()) {
            heard.add(next);
            if (next.opcode() == Frame.CLOSE) {
                peer.send(next);
                return;
            }
        }
    }

    private void assertServiceHears(int code) {
        Await.until("the service to hear of the end", () -> !heard.isEmpty() && heard.getLast().code() == code);
        assertThat(heard.getLast().masked()).isTrue();
    }

    private CompletableFuture<Boolean> drain() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return gateway().engine().drain(0, 20_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, Thread::startVirtualThread);
    }

    @Test
    void drainingSaysGoodbyeToBothSides() throws Exception {
        serve(this::listen);
        try (ClientPeer client = open()) {
            client.send(Frame.text("a"));
            Await.until("the first frame to arrive", () -> !heard.isEmpty());
            CompletableFuture<Boolean> drained = drain();
            Frame close = Objects.requireNonNull(client.read());
            assertThat(close.code()).isEqualTo(1001);
            client.send(close);
            assertThat(client.ending()).isEqualTo(ClientPeer.Ending.FINISHED);
            assertServiceHears(1001);
            client.close();
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void drainingWaitsForTheEndOfAFrame() throws Exception {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        byte[] frame = Frame.text(text(1000)).bytes(false);
        serve(peer -> {
            peer.send(java.util.Arrays.copyOf(frame, 500));
            gate.pass();
            peer.send(java.util.Arrays.copyOfRange(frame, 500, frame.length));
            listen(peer);
        });
        try (ClientPeer client = open()) {
            byte[] half = client.input().readNBytes(500);
            CompletableFuture<Boolean> drained = drain();
            Await.until("draining to begin", () -> gateway().status().draining());
            gate.open();
            byte[] rest = client.input().readNBytes(frame.length - 500);
            assertThat(half.length + rest.length).isEqualTo(frame.length);
            assertThat(Objects.requireNonNull(client.read()).code()).isEqualTo(1001);
            client.close();
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void aConnectionThatIsQuietIsClosed() {
        serve(this::listen, "websocket: { idleTimeout: 100ms }");
        try (ClientPeer client = open()) {
            Frame close = Objects.requireNonNull(client.read());
            assertThat(close.code()).isEqualTo(1001);
            client.send(close);
            client.ending();
            assertServiceHears(1001);
        }
        Await.until("the fault to be counted", () -> gateway().metric("tidegate_faults_total", "websocket.idle") == 1);
    }

    @Test
    void aConnectionThatIsOldIsClosed() {
        serve(this::listen, "websocket: { maxLifetime: 100ms }");
        try (ClientPeer client = open()) {
            assertThat(Objects.requireNonNull(client.read()).code()).isEqualTo(1001);
            client.ending();
        }
        assertThat(gateway().metric("tidegate_faults_total", "websocket")).isZero();
    }

    private void assertRefused(int code, String fault) {
        Frame close = Frame.text("");
        try (ClientPeer client = open()) {
            refuse(client);
            close = Objects.requireNonNull(client.read());
            client.ending();
        }
        assertThat(close.code()).isEqualTo(code);
        assertServiceHears(1001);
        Await.until("the fault to be counted", () -> gateway().metric("tidegate_faults_total", fault) == 1);
    }

    private java.util.function.Consumer<ClientPeer> sending = client -> {};

    private void refuse(ClientPeer client) {
        sending.accept(client);
    }

    @Test
    void aMessageOfOneFrameThatIsTooLongIsNotPassedOn() {
        serve(this::listen, "websocket: { limits: { maxMessage: 1KiB } }");
        sending = client -> {
            client.send(Frame.text(text(1024)));
            client.send(Frame.text(text(1025)));
        };
        assertRefused(1009, "websocket.too_large");
        assertThat(heard).hasSize(2);
        assertThat(heard.getFirst().text()).hasSize(1024);
    }

    @Test
    void aMessageOfSeveralFramesThatIsTooLongIsNotPassedOnWhole() {
        serve(this::listen, "websocket: { limits: { maxMessage: 1KiB } }");
        sending = client -> {
            client.send(new Frame(Frame.TEXT, false, false, text(1000)));
            client.send(new Frame(Frame.PING, true, false, "not a part of it"));
            client.send(new Frame(Frame.CONTINUATION, true, false, text(25)));
        };
        assertRefused(1009, "websocket.too_large");
        assertThat(heard).hasSize(3);
    }

    @Test
    void aFrameThatIsTooLongIsNotPassedOn() {
        serve(this::listen, "websocket: { limits: { maxFrame: 1KiB } }");
        sending = client -> client.send(new Frame(Frame.TEXT, false, false, text(1025)));
        assertRefused(1009, "websocket.too_large");
        assertThat(heard).hasSize(1);
    }

    @Test
    void moreFramesThanAllowedCloseTheConnection() {
        serve(this::listen, "websocket: { limits: { framesPerSecond: 5 } }");
        sending = client -> {
            for (int i = 0; i < 200; i++) {
                client.send(Frame.text("x"));
            }
        };
        assertRefused(1008, "websocket.too_fast");
        assertThat(heard.size()).isLessThan(200);
    }

    @Test
    void moreBytesThanAllowedCloseTheConnection() {
        serve(this::listen, "websocket: { limits: { bytesPerSecond: 1KiB } }");
        sending = client -> {
            for (int i = 0; i < 200; i++) {
                client.send(Frame.text(text(500)));
            }
        };
        assertRefused(1008, "websocket.too_fast");
        assertThat(heard.size()).isLessThan(200);
    }

    @Test
    void whereThereAreLimitsFramesMustBeSound() {
        serve(this::listen, "websocket: { limits: {} }");
        sending = client -> client.send(Frame.text("not masked").bytes(false));
        assertRefused(1002, "websocket.invalid");
        assertThat(heard).hasSize(1);
    }

    @Test
    void limitsHoldNothingUpThatKeepsThem() {
        serve(ServicePeer::echo, "websocket: { limits: { maxMessage: 1MiB, maxFrame: 1MiB } }");
        try (ClientPeer client = open()) {
            Frame frame = Frame.text(text(70_000));
            byte[] bytes = frame.bytes(true);
            for (int i = 0; i < 20; i++) {
                client.send(new byte[]{bytes[i]});
            }
            client.send(java.util.Arrays.copyOfRange(bytes, 20, bytes.length));
            assertThat(Objects.requireNonNull(client.read()).says(frame)).isTrue();
            assertThat(Objects.requireNonNull(client.exchange(Frame.text(""))).text()).isEmpty();
        }
    }
}
