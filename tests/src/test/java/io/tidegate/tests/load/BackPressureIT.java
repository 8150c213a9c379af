package io.tidegate.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.UpstreamConnection;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Who does not read holds back who sends, and neither the gateway's memory nor a byte is lost by it.
class BackPressureIT {

    private static final long BODY = 1L << 30;
    private static final int WARM_UP = 4 << 20;
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: " + BODY + "\r\n\r\n";

    /// What the socket buffers of this machine may hold between sender and gateway, and between gateway and receiver.
    private static final long SOCKETS = 64L << 20;
    /// What the gateway itself may hold of a body on its way: 64 KiB up to the mark at which it stops to read, what one
    /// read brings beyond that, and the buffer that is being received into.
    private static final long PROMISED = 1L << 20;

    private static String yaml(TestUpstream upstream) {
        return GatewayYaml.to(upstream)
                .listener("timeouts: { bodyIdle: 5m, writeIdle: 5m }, limits: { minimumRate: 0B }")
                .upstream("timeouts: { response: 5m, idle: 5m }")
                .route("policies: [{ requestLimits: { maxBody: 2GiB } }]")
                .text();
    }

    /// Lets a body pass both ways, so that what loops and pools keep for every connection is there already.
    private static void warmUp(RawClient client) {
        String body = "w".repeat(WARM_UP);
        for (int i = 0; i < 4; i++) {
            assertThat(
                    client.exchange("POST /warm HTTP/1.1\r\nHost: a\r\nContent-Length: " + WARM_UP + "\r\n\r\n" + body)
                            .body().length())
                    .isEqualTo(WARM_UP);
        }
    }

    /// Serves what warms the gateway up, until something else comes.
    private static RawRequest afterWarmUp(UpstreamConnection connection) throws IOException {
        RawRequest head = Objects.requireNonNull(connection.head());
        while (head.target().equals("/warm")) {
            connection.answer(connection.body(head).body());
            head = Objects.requireNonNull(connection.head());
        }
        return head;
    }

    /// The byte at `position` of the body that all of these tests send.
    private static byte at(long position) {
        return (byte) (position * 31 + (position >>> 16));
    }

    private static void fill(byte[] buffer, long position) {
        for (int i = 0; i < buffer.length; i++) {
            buffer[i] = at(position + i);
        }
    }

    /// Reads `count` bytes that begin at `position`, and says how many of them are wrong.
    private static long wrong(InputStream in, long position, long count) throws IOException {
        byte[] buffer = new byte[65536];
        long wrong = 0;
        long done = 0;
        while (done < count) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, count - done));
            if (read < 0) {
                return wrong + count - done;
            }
            for (int i = 0; i < read; i++) {
                if (buffer[i] != at(position + done + i)) {
                    wrong++;
                }
            }
            done += read;
        }
        return wrong;
    }

    private static void sendBody(UpstreamConnection connection) throws IOException {
        byte[] buffer = new byte[65536];
        for (long position = 0; position < BODY; position += buffer.length) {
            fill(buffer, position);
            connection.send(buffer);
        }
    }

    private static void skipHead(InputStream in) throws IOException {
        int newlines = 0;
        while (newlines < 2) {
            int b = in.read();
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#single")
    void aClientThatDoesNotReadHoldsTheServiceBack(TestGateway.Setup setup) throws IOException {
        try (TestUpstream upstream = TestUpstream.start(connection -> {
            afterWarmUp(connection);
            connection.send(HEAD);
            sendBody(connection);
        });
                TestGateway gateway = TestGateway.start(setup, yaml(upstream));
                RawClient client = RawClient.connect(gateway.address(), 65536)) {
            upstream.forget();
            warmUp(client);
            Memory before = Memory.now();
            long warm = upstream.sentBytes();
            client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
            skipHead(client.input());

            long sent = Await.untilSteady("what the service sends", 30, upstream::sentBytes);

            assertThat(sent - warm).as("bytes that the service could send").isLessThan(SOCKETS);
            before.assertKept(PROMISED);

            assertThat(wrong(client.input(), 0, BODY)).as("bytes that are wrong or missing").isZero();
            assertThat(upstream.sentBytes() - warm).isEqualTo(BODY + HEAD.length());
            before.assertKept(PROMISED);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#single")
    void aServiceThatDoesNotReadHoldsTheClientBack(TestGateway.Setup setup) {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        AtomicBoolean asked = new AtomicBoolean();
        AtomicLong wrong = new AtomicLong(-1);
        try (TestUpstream upstream = TestUpstream.start(connection -> {
            RawRequest head = afterWarmUp(connection);
            assertThat(head.field("content-length")).isEqualTo(String.valueOf(BODY));
            asked.set(true);
            gate.pass();
            wrong.set(wrong(connection.input(), 0, BODY));
            connection.answer("done");
        });
                TestGateway gateway = TestGateway.start(setup, yaml(upstream));
                RawClient client = gateway.client()) {
            upstream.forget();
            warmUp(client);
            Memory before = Memory.now();
            long warm = client.sent();
            client.send("POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY + "\r\n\r\n");
            Thread sender = Thread.ofPlatform().daemon().name("sender").start(() -> upload(client.output()));
            Await.until("the request to be at the service", asked::get);

            long sent = Await.untilSteady("what the client sends", 30, client::sent);

            assertThat(sent - warm).as("bytes that the client could send").isLessThan(SOCKETS);
            before.assertKept(PROMISED);
            gate.open();

            assertThat(client.receive().body()).isEqualTo("done");
            assertThat(wrong).as("bytes that are wrong or missing").hasValue(0);
            before.assertKept(PROMISED);
            Await.until("the sender to end", () -> !sender.isAlive());
        }
    }

    private static void upload(OutputStream out) {
        byte[] buffer = new byte[65536];
        try {
            for (long position = 0; position < BODY; position += buffer.length) {
                fill(buffer, position);
                out.write(buffer, 0, buffer.length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
