package io.tidegate.tests.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// Pings that the gateway sends by itself, and their answers, which go no further.
class PingTest extends WebSocketFixture {

    private static final String OFTEN = "websocket: { pingInterval: 100ms, idleTimeout: 20s }";

    private final List<Frame> heard = new CopyOnWriteArrayList<>();

    private static Frame pong(Frame ping) {
        return new Frame(Frame.PONG, true, false, ping.text());
    }

    /// Notes what comes, answers pings and Close frames, and sends texts back.
    private void answer(ServicePeer peer) throws IOException {
        for (Frame next = peer.read(); next != null; next = peer.read()) {
            heard.add(next);
            if (next.opcode() == Frame.PING) {
                peer.send(pong(next));
            } else if (next.opcode() == Frame.CLOSE) {
                peer.send(next);
                return;
            } else if (next.opcode() == Frame.TEXT) {
                peer.send(next);
            }
        }
    }

    private List<Frame> heard(int opcode) {
        return heard.stream().filter(frame -> frame.opcode() == opcode).toList();
    }

    /// The next frame that is no ping; those are answered.
    private static Frame next(ClientPeer client) {
        Frame next = Objects.requireNonNull(client.read());
        while (next.opcode() == Frame.PING) {
            client.send(pong(next));
            next = Objects.requireNonNull(client.read());
        }
        return next;
    }

    @Test
    void bothSidesArePingedWhileItIsQuietAndNeitherHearsOfTheOthersAnswers() {
        serve(this::answer, OFTEN);
        try (ClientPeer client = open()) {
            for (int i = 0; i < 3; i++) {
                Frame ping = Objects.requireNonNull(client.read());
                assertThat(ping.opcode()).isEqualTo(Frame.PING);
                assertThat(ping.last()).isTrue();
                assertThat(ping.masked()).isFalse();
                assertThat(ping.text()).hasSize(8);
                client.send(pong(ping));
            }
            Await.until("the service to be pinged", () -> heard(Frame.PING).size() >= 3);
            assertThat(heard(Frame.PING)).allMatch(Frame::masked);
            client.send(Frame.text("done"));
            assertThat(next(client).text()).isEqualTo("done");
            // In order: all pongs of the client were before its text.
            assertThat(heard(Frame.PONG)).isEmpty();
        }
    }

    @Test
    void answersAreKnownHoweverTheyArriveAlsoWhereThereAreLimits() {
        serve(this::answer, "websocket: { pingInterval: 100ms, idleTimeout: 20s, limits: {} }");
        try (ClientPeer client = open()) {
            Frame ping = Objects.requireNonNull(client.read());
            byte[] answer = pong(ping).bytes(true);
            for (byte each : answer) {
                client.send(new byte[]{each});
            }
            for (int split = 1; split < answer.length; split++) {
                byte[] text = Frame.text("t" + split).bytes(true);
                byte[] all = Arrays.copyOf(text, text.length + answer.length);
                System.arraycopy(answer, 0, all, text.length, answer.length);
                client.send(Arrays.copyOf(all, text.length + split));
                client.send(Arrays.copyOfRange(all, text.length + split, all.length));
                assertThat(next(client).text()).isEqualTo("t" + split);
            }
            client.send(Frame.text("done"));
            assertThat(next(client).text()).isEqualTo("done");
            assertThat(heard(Frame.PONG)).isEmpty();
        }
    }

    @Test
    void pingsAndPongsOfClientsAndServicesPass() {
        serve(this::answer, OFTEN);
        try (ClientPeer client = open()) {
            client.send(new Frame(Frame.PING, true, false, "of the client's own"));
            Frame answer = next(client);
            assertThat(answer.opcode()).isEqualTo(Frame.PONG);
            assertThat(answer.text()).isEqualTo("of the client's own");

            // As long as an answer, and shorter ones, whole and byte by byte.
            client.send(new Frame(Frame.PONG, true, false, "01234567"));
            for (byte each : new Frame(Frame.PONG, true, false, "76543210").bytes(true)) {
                client.send(new byte[]{each});
            }
            client.send(new Frame(Frame.PONG, true, false, ""));
            client.send(Frame.text("done"));
            assertThat(next(client).text()).isEqualTo("done");
            assertThat(heard(Frame.PONG).stream().map(Frame::text)).containsExactly("01234567", "76543210", "");
            assertThat(heard(Frame.PING).stream().map(Frame::text)).contains("of the client's own");
        }
    }

    @Test
    void aFrameThatIsOnItsWayIsNotBrokenIntoByAPing() throws Exception {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        byte[] frame = Frame.text(text(1000)).bytes(false);
        serve(peer -> {
            peer.send(Arrays.copyOf(frame, 500));
            gate.pass();
            peer.send(Arrays.copyOfRange(frame, 500, frame.length));
            answer(peer);
        }, OFTEN);
        try (ClientPeer client = open()) {
            Frame first = Objects.requireNonNull(openUntilHalf(client, frame, gate));
            assertThat(first.text()).isEqualTo(text(1000));
            assertThat(Objects.requireNonNull(client.read()).opcode()).isEqualTo(Frame.PING);
        }
    }

    /// Lets the service send the second half once pings were due for long, as the other side's tell.
    private Frame openUntilHalf(ClientPeer client, byte[] frame, TestUpstream.Gate gate) throws IOException {
        byte[] half = client.input().readNBytes(500);
        assertThat(half).isEqualTo(Arrays.copyOf(frame, 500));
        long begun = System.nanoTime();
        Await.until("pings to be due", () -> System.nanoTime() - begun > 400_000_000L);
        assertThat(client.input().available()).isZero();
        gate.open();
        byte[] rest = client.input().readNBytes(frame.length - 500);
        byte[] all = Arrays.copyOf(half, frame.length);
        System.arraycopy(rest, 0, all, 500, rest.length);
        return Objects.requireNonNull(Frame.read(new java.io.ByteArrayInputStream(all)));
    }

    @Test
    void whoAnswersKeepsAQuietConnectionOpen() {
        serve(this::answer, "websocket: { pingInterval: 250ms, idleTimeout: 2s }");
        try (ClientPeer client = open()) {
            // Longer than it may be idle.
            for (int i = 0; i < 10; i++) {
                Frame ping = Objects.requireNonNull(client.read());
                assertThat(ping.opcode()).isEqualTo(Frame.PING);
                client.send(pong(ping));
            }
            client.send(Frame.text("still here"));
            assertThat(next(client).text()).isEqualTo("still here");
        }
        assertThat(gateway().metric("tidegate_faults_total", "websocket.idle")).isZero();
    }

    @Test
    void aClientThatAnswersNothingIsGoneWhateverTheServiceSends() {
        serve(this::answer, "websocket: { pingInterval: 50ms, idleTimeout: 400ms }");
        try (ClientPeer client = open()) {
            Frame last = Objects.requireNonNull(client.read());
            while (last.opcode() == Frame.PING) {
                last = Objects.requireNonNull(client.read());
            }
            assertThat(last.code()).isEqualTo(1001);
            client.ending();
        }
        Await.until("the fault to be counted", () -> gateway().metric("tidegate_faults_total", "websocket.idle") == 1);
        assertThat(heard(Frame.PING)).isNotEmpty();
    }

    @Test
    void aServiceThatAnswersNothingIsGoneWhateverTheClientSends() {
        serve(peer -> {
            for (Frame next = peer.read(); next != null; next = peer.read()) {
                heard.add(next);
            }
        }, "websocket: { pingInterval: 50ms, idleTimeout: 400ms }");
        try (ClientPeer client = open()) {
            assertThat(next(client).code()).isEqualTo(1001);
        }
        Await.until("the service to hear of it", () -> heard(Frame.CLOSE).size() == 1);
        Await.until("the fault to be counted", () -> gateway().metric("tidegate_faults_total", "websocket.idle") == 1);
    }
}
