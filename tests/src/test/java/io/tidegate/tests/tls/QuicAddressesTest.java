package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.QuicKnocks;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The addresses of QUIC's clients: proven or not, and changed on the way; and versions that are not known.
@Tag("boringssl")
class QuicAddressesTest {

    private static final int VERSION = 1;
    private static final int UNKNOWN_VERSION = 0x0a0a0a0a;
    private static final int INITIAL_BYTES = 1200;
    /// As many handshakes as one event loop has open before it trusts no address any more.
    private static final int TRUSTED = 32;
    private static final int AMPLIFICATION = 3;
    private static final int CHANGES = 6;
    private static final int GUARD_MILLIS = 30_000;

    @TempDir
    private Path folder = Path.of("");

    private Authority authority;
    private TestUpstream upstream;
    private @Nullable TestGateway gateway;

    @BeforeEach
    void startService() {
        authority = new Authority(folder, "Servers");
        upstream = TestUpstream.echo();
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            // With what it still has open: of handshakes that nobody goes on with, no end comes.
            gateway.engine().close();
        }
        upstream.close();
    }

    private TestGateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    private void start(int workers) {
        TestGateway.Setup setup = new TestGateway.Setup(TestGateway.Setup.PLAIN.transport(), workers);
        gateway = TestGateway.start(setup, GatewayYaml.to(upstream)
                .listener("tls: { certificates: [{ "
                        + authority.write("api", authority.server(false, "api.test")) + " }] }")
                .listener("protocols: [http/1.1, h3], timeouts: { firstByte: 1h }").text());
    }

    private Http3Client client(SocketAddress to) {
        return Http3Client.connect(to, authority.identity(null), "api.test");
    }

    /// A packet that looks like the first of a connection, and holds nothing.
    private static byte[] initial(int version, byte[] destination, byte[] token) {
        ByteBuffer out = ByteBuffer.allocate(INITIAL_BYTES);
        out.put((byte) 0xc0).putInt(version).put((byte) destination.length).put(destination);
        out.put((byte) 8).put(new byte[]{1, 2, 3, 4, 5, 6, 7, 8});
        out.putShort((short) (0x4000 | token.length)).put(token);
        out.putShort((short) (0x4000 | (out.remaining() - 2)));
        return out.array();
    }

    private static byte[] initial(int version) {
        byte[] id = new byte[8];
        ThreadLocalRandom.current().nextBytes(id);
        return initial(version, id, new byte[0]);
    }

    private void send(DatagramSocket from, byte[] bytes) {
        try {
            from.send(new DatagramPacket(bytes, bytes.length, gateway().address()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What comes back next.
    private static byte[] answer(DatagramSocket from) {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        try {
            do {
                packet.setLength(2000);
                from.receive(packet);
            } while (packet.getLength() == 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static DatagramSocket socket() throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setSoTimeout(GUARD_MILLIS);
        return socket;
    }

    /// Begins as many handshakes as the gateway trusts, and some more.
    private void load(QuicKnocks knocks, UdpRelay relay) {
        knocks.knock(relay.deafen().address(), TRUSTED + 4);
        Await.until("as many handshakes as are trusted", () -> gateway().status().connections() == TRUSTED);
    }

    private static boolean isRetry(byte[] packet) {
        return (packet[0] & 0xf0) == 0xf0 && ByteBuffer.wrap(packet, 1, 4).getInt() == VERSION;
    }

    /// The token of a Retry (RFC 9000 §17.2.5): between the connection IDs and the code of 16 bytes.
    private static byte[] token(byte[] retry) {
        int destination = retry[5];
        int source = retry[6 + destination];
        return Arrays.copyOfRange(retry, 7 + destination + source, retry.length - 16);
    }

    private static byte[] source(byte[] retry) {
        int at = 6 + retry[5];
        return Arrays.copyOfRange(retry, at + 1, at + 1 + retry[at]);
    }

    private static boolean contains(byte[] packet, byte[] part) {
        for (int i = 0; i + part.length <= packet.length; i++) {
            if (Arrays.equals(packet, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    private double accepted() {
        return gateway().metric("tidegate_client_connections_accepted_total", "");
    }

    @Test
    void aClientUnderLoadProvesItsAddressAndIsServed() {
        start(1);
        try (UdpRelay relay = new UdpRelay(gateway().address());
                UdpRelay silent = new UdpRelay(gateway().address());
                QuicKnocks knocks = new QuicKnocks("api.test")) {
            load(knocks, silent);
            try (Http3Client client = client(relay.address())) {
                int stream = client.request("POST", "/", false);
                assertThat(client.data(stream, "hello", true).response(stream).body()).isEqualTo("hello");
            }
            byte[] token = token(relay.sentToClient(UdpRelay.RETRY).getFirst());
            assertThat(relay.sentToGateway(UdpRelay.INITIAL)).anyMatch(packet -> contains(packet, token));
            assertThat(silent.sentToClient(UdpRelay.RETRY)).isNotEmpty();
        }
    }

    @Test
    void aClientIsTrustedWhereFewHandshakesAreOpen() {
        start(1);
        try (UdpRelay relay = new UdpRelay(gateway().address()); Http3Client client = client(relay.address())) {
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(relay.sentToClient(UdpRelay.RETRY)).isEmpty();
        }
    }

    @Test
    void aTokenOfAnotherAddressOrOfNobodyOpensNothing() throws IOException {
        start(1);
        try (DatagramSocket one = socket();
                DatagramSocket other = socket();
                UdpRelay silent = new UdpRelay(gateway().address());
                QuicKnocks knocks = new QuicKnocks("api.test")) {
            load(knocks, silent);
            double before = accepted();
            send(one, initial(VERSION));
            byte[] retry = answer(one);
            assertThat(isRetry(retry)).isTrue();
            byte[] token = token(retry);
            byte[] id = source(retry);
            byte[] forged = token.clone();
            forged[10] = (byte) (forged[10] ^ 1);

            send(other, initial(VERSION, id, token));
            send(one, initial(VERSION, id, forged));
            send(one, initial(VERSION, id, new byte[token.length]));
            send(one, initial(VERSION, id, new byte[]{1}));
            // The gateway has one socket, and reads in turn: when it answers this, it has dropped those before.
            send(one, initial(VERSION));
            assertThat(isRetry(answer(one))).isTrue();
            assertThat(accepted()).isEqualTo(before);

            send(one, initial(VERSION, id, token));
            Await.until("the right one to open a connection", () -> accepted() == before + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aClientWhosePortChangesGoesOn(int workers) {
        start(workers);
        try (UdpRelay relay = new UdpRelay(gateway().address()); Http3Client client = client(relay.address())) {
            int running = client.request("POST", "/", false);
            client.data(running, "before ", false);
            Await.until("the request to run", () -> upstream.heads().size() == 1);
            // With several event loops, the kernel gives some of these ports to others.
            for (int i = 0; i < CHANGES; i++) {
                relay.rebind();
                int stream = client.request("POST", "/", false);
                assertThat(client.data(stream, "at " + i, true).response(stream).body()).isEqualTo("at " + i);
            }
            client.data(running, "after", true);

            assertThat(client.response(running).body()).isEqualTo("before after");
            assertThat(accepted()).isEqualTo(1);
        }
    }

    @Test
    void anUnknownVersionIsToldWhichThereAre() throws IOException {
        start(1);
        try (DatagramSocket socket = socket()) {
            send(socket, initial(UNKNOWN_VERSION));
            byte[] answer = answer(socket);

            ByteBuffer read = ByteBuffer.wrap(answer);
            assertThat(read.get() & 0x80).isEqualTo(0x80);
            assertThat(read.getInt()).as("version negotiation").isZero();
            assertThat(read.get(read.position() + 1)).as("the client's ID comes back").isEqualTo((byte) 1);
            read.position(read.position() + 1 + 8 + 1 + 8);
            boolean known = false;
            while (read.remaining() >= Integer.BYTES) {
                known |= read.getInt() == VERSION;
            }
            assertThat(known).isTrue();
            assertThat(answer.length).isLessThan(INITIAL_BYTES);
        }
        assertThat(accepted()).isZero();
    }

    @Test
    void anAddressThatIsNotProvenGetsThreeTimesWhatItSentAtMost() {
        start(1);
        try (UdpRelay silent = new UdpRelay(gateway().address());
                QuicKnocks knocks = new QuicKnocks("api.test")) {
            knocks.knock(silent.deafen().address(), 1);
            // Both sides send once more what the other did not hear.
            Await.until("the client to repeat itself", () -> silent.sentToGateway(UdpRelay.INITIAL).size() > 2);
            Await.until("the gateway to answer", () -> silent.bytesToClient() > 0);
            long answered = silent.bytesToClient();
            long sent = silent.bytesToGateway();
            assertThat(answered).isLessThanOrEqualTo(AMPLIFICATION * sent);
        }
    }
}
