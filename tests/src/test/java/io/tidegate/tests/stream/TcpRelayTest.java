package io.tidegate.tests.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawClient.Ending;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TestUpstream.Gate;
import io.tidegate.testkit.TestUpstream.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A listener with `tcp`: bytes both ways, ends that reach the other side, services that fail.
class TcpRelayTest {

    /// Sends back what it gets, as it comes, and says that nothing more will come once that holds for the other side.
    private static final Script ECHO = connection -> {
        byte[] buffer = new byte[16_384];
        InputStream in = connection.input();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            connection.send(Arrays.copyOf(buffer, count));
        }
        connection.finish();
    };

    private static String read(RawClient client, int bytes) {
        try {
            return new String(client.input().readNBytes(bytes), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String rest(RawClient client) {
        try {
            return new String(client.input().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#all")
    void bytesPassBothWaysAndEachEndReachesTheOtherSide(Setup setup) {
        try (TestUpstream service = TestUpstream.start(ECHO);
                TestGateway gateway = TestGateway.start(setup, StreamYaml.to(service));
                RawClient client = gateway.client()) {
            client.send("hello");
            assertThat(read(client, 5)).isEqualTo("hello");
            client.send("again").finish();

            assertThat(rest(client)).isEqualTo("again");
            assertThat(client.ending()).isEqualTo(Ending.CLOSED);
            Await.until("the connection to be counted", () -> gateway.metric("tidegate_stream_connections_open",
                    "listener=\"default\",upstream=\"all\"") == 0);
            assertThat(gateway.metric("tidegate_stream_connections_total", "upstream=\"all\"")).isEqualTo(1);
            assertThat(gateway.metric("tidegate_stream_received_bytes_total", "")).isEqualTo(10);
            assertThat(gateway.metric("tidegate_stream_sent_bytes_total", "")).isEqualTo(10);
            assertThat(gateway.metric("tidegate_stream_duration_seconds_count", "")).isEqualTo(1);
            Await.until("the service to be let go",
                    () -> gateway.metric("tidegate_upstream_connections_open", "upstream=\"all\"") == 0);
            assertThat(gateway.metric("tidegate_upstream_faults_total", "")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#single")
    void aServiceMaySpeakFirstAndEndFirst(Setup setup) {
        AtomicReference<String> heard = new AtomicReference<>();
        try (TestUpstream service = TestUpstream.start(connection -> {
            connection.send("220 ready\r\n");
            connection.finish();
            heard.set(new String(connection.input().readAllBytes(), ISO_8859_1));
        });
                TestGateway gateway = TestGateway.start(setup, StreamYaml.to(service));
                RawClient client = gateway.client()) {
            assertThat(rest(client)).isEqualTo("220 ready\r\n");

            client.send("the service still listens").finish();
            Await.until("the service to hear the end", () -> heard.get() != null);
            assertThat(heard.get()).isEqualTo("the service still listens");
        }
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#single")
    void whatIsBrokenOffOnOneSideIsBrokenOffOnTheOther(Setup setup) {
        Gate reset = new Gate();
        AtomicReference<String> ending = new AtomicReference<>();
        try (TestUpstream service = TestUpstream.start(connection -> {
            connection.send("a");
            if (connection.index() == 0) {
                reset.pass();
                connection.reset();
                return;
            }
            try {
                ending.set(connection.input().read() < 0 ? "end" : "bytes");
            } catch (IOException e) {
                ending.set("reset");
            }
        }); TestGateway gateway = TestGateway.start(setup, StreamYaml.to(service))) {
            try (RawClient client = gateway.client()) {
                assertThat(read(client, 1)).isEqualTo("a");
                reset.open();
                assertThat(client.ending()).isEqualTo(Ending.RESET);
            }
            Await.until("the fault to be counted",
                    () -> gateway.metric("tidegate_faults_total", "code=\"upstream.reset\"") == 1);
            try (RawClient client = gateway.client()) {
                assertThat(read(client, 1)).isEqualTo("a");
                client.reset();
            }
            Await.until("the service to notice", () -> ending.get() != null);
            assertThat(ending.get()).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#single")
    void muchPassesBothWaysAtOnceInLittleMemory(Setup setup) throws IOException {
        long size = 100L << 20;
        try (TestUpstream service = TestUpstream.start(connection -> {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    connection.sendZeros(size);
                    connection.finish();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            if (connection.input().transferTo(java.io.OutputStream.nullOutputStream()) != size) {
                throw new AssertionError("not all of it came");
            }
            sending.join();
        });
                TestGateway gateway = TestGateway.start(setup, StreamYaml.to(service));
                RawClient client = gateway.client()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                byte[] block = new byte[1 << 20];
                for (long left = size; left > 0; left -= block.length) {
                    client.send(block);
                }
                client.finish();
            });

            assertThat(client.input().transferTo(java.io.OutputStream.nullOutputStream())).isEqualTo(size);
            sending.join();
            Await.until("everything to be counted",
                    () -> gateway.metric("tidegate_stream_connections_open", "") == 0);
            assertThat(service.failures()).isEmpty();
            assertThat(gateway.metric("tidegate_stream_received_bytes_total", "")).isEqualTo((double) size);
            assertThat(gateway.metric("tidegate_stream_sent_bytes_total", "")).isEqualTo((double) size);
        }
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#single")
    void whoDoesNotReadIsWaitedForAndFillsNoMemory(Setup setup) throws IOException {
        Gate read = new Gate();
        long size = 100L << 20;
        try (TestUpstream service = TestUpstream.start(connection -> {
            read.pass();
            connection.input().transferTo(java.io.OutputStream.nullOutputStream());
            connection.sendZeros(size);
        });
                TestGateway gateway = TestGateway.start(setup, StreamYaml.to(service));
                RawClient client = RawClient.connect(gateway.address(), 64 * 1024)) {
            long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                byte[] block = new byte[64 * 1024];
                for (long left = size; left > 0; left -= block.length) {
                    client.send(block);
                }
                client.finish();
            });
            long stuck = Await.untilSteady("what the client can send", 20, client::sent);
            assertThat(stuck).isLessThan(size / 2);
            assertThat(gateway.metric("tidegate_stream_received_bytes_total", "")).as("taken from the client")
                    .isLessThan(size / 2.0);
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before).as("memory")
                    .isLessThan(24L << 20);

            read.open();
            sending.join();
            // Now the client lets the service wait.
            long unread = Await.untilSteady("what the service can send", 20, service::sentBytes);
            assertThat(unread).isLessThan(size);
            assertThat(client.input().transferTo(java.io.OutputStream.nullOutputStream())).isEqualTo(size);
        }
    }

    @Test
    void aConnectionThatFailsMovesToAnotherEndpoint() throws IOException {
        int closed;
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0, 1,
                java.net.InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (TestUpstream service = TestUpstream.start(ECHO);
                TestGateway gateway = TestGateway.start(StreamYaml.with("", ", loadBalancing: roundRobin",
                        "tcp://127.0.0.1:" + closed, StreamYaml.url(service)))) {
            for (int i = 0; i < 6; i++) {
                try (RawClient client = gateway.client()) {
                    client.send("x");
                    assertThat(read(client, 1)).isEqualTo("x");
                }
            }
            assertThat(gateway.metric("tidegate_upstream_faults_total", "code=\"upstream.connect\"")).isPositive();
            assertThat(gateway.metric("tidegate_faults_total", "")).isZero();
        }
    }

    @Test
    void whereNoEndpointCanBeReachedTheClientIsBrokenOff() throws IOException {
        int closed;
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0, 1,
                java.net.InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (TestGateway gateway = TestGateway.start(StreamYaml.with("", "", "tcp://127.0.0.1:" + closed));
                RawClient client = gateway.client()) {
            assertThat(client.ending()).isEqualTo(Ending.RESET);
            assertThat(gateway.metric("tidegate_faults_total", "code=\"upstream.connect\"")).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatIsQuietForTooLongIsCut() {
        try (TestUpstream service = TestUpstream.start(ECHO);
                TestGateway gateway = TestGateway.start(StreamYaml.to(service)
                        .replace("upstream: all }", "upstream: all, idleTimeout: 200ms }"));
                RawClient client = gateway.client()) {
            client.send("x");
            assertThat(read(client, 1)).isEqualTo("x");
            assertThat(client.ending()).isEqualTo(Ending.RESET);
            assertThat(gateway.metric("tidegate_faults_total", "code=\"upstream.timeout\"")).isEqualTo(1);
        }
    }

    @Test
    void noMoreConnectionsAreMadeToAnEndpointThanItMayHave() {
        try (TestUpstream service = TestUpstream.start(ECHO);
                TestGateway gateway = TestGateway.start(StreamYaml.with("", ", connections: { maxPerEndpoint: 1 }",
                        StreamYaml.url(service)))) {
            try (RawClient first = gateway.client()) {
                first.send("x");
                assertThat(read(first, 1)).isEqualTo("x");
                try (RawClient second = gateway.client()) {
                    assertThat(second.ending()).isEqualTo(Ending.RESET);
                }
            }
            Await.until("the place to be free",
                    () -> gateway.metric("tidegate_upstream_connections_open", "upstream=\"all\"") == 0);
            try (RawClient third = gateway.client()) {
                third.send("x");
                assertThat(read(third, 1)).isEqualTo("x");
            }
            assertThat(gateway.metric("tidegate_upstream_faults_total", "code=\"upstream.busy\"")).isEqualTo(1);
        }
    }

    @Test
    void connectionsThatRunOutliveAReloadAndNewOnesGoWhereItSays() {
        try (TestUpstream one = TestUpstream.start(ECHO);
                TestUpstream other = TestUpstream.start(ECHO);
                TestGateway gateway = TestGateway.start(StreamYaml.to(one).replace("127.0.0.1:0",
                        "127.0.0.1:" + free()))) {
            String address = "127.0.0.1:" + ((java.net.InetSocketAddress) gateway.address()).getPort();
            try (RawClient before = gateway.client()) {
                before.send("x");
                assertThat(read(before, 1)).isEqualTo("x");

                gateway.apply(StreamYaml.to(other).replace("127.0.0.1:0", address));
                try (RawClient after = gateway.client()) {
                    after.send("y");
                    assertThat(read(after, 1)).isEqualTo("y");
                }
                before.send("z");
                assertThat(read(before, 1)).isEqualTo("z");
                assertThat(one.connections()).isEqualTo(1);
                assertThat(other.connections()).isEqualTo(1);
            }
            Await.until("the service before to be let go", () -> one.open() == 0);
        }
    }

    private static int free() {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void drainingWaitsForConnectionsThatRunAndStoppingCutsThem() throws InterruptedException {
        try (TestUpstream service = TestUpstream.start(ECHO);
                TestGateway gateway = TestGateway.start(StreamYaml.to(service));
                RawClient client = gateway.client()) {
            client.send("x");
            assertThat(read(client, 1)).isEqualTo("x");

            assertThat(gateway.engine().drain(0, 100)).isFalse();
            client.send("y");
            assertThat(read(client, 1)).isEqualTo("y");
            gateway.engine().close();
            assertThat(client.ending()).isEqualTo(Ending.RESET);
        }
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#unix")
    void unixSocketsServeOnBothSides(Setup setup, @TempDir Path folder) {
        Path service = folder.resolve("service.sock");
        Path listener = folder.resolve("listener.sock");
        try (TestUpstream echo = TestUpstream.start(service, ECHO);
                TestGateway gateway = TestGateway.start(setup, StreamYaml.with("", "", "unix:" + service)
                        .replace("127.0.0.1:0", "unix:" + listener));
                RawClient client = gateway.client()) {
            client.send("x");
            assertThat(read(client, 1)).isEqualTo("x");
            assertThat(echo.failures()).isEmpty();
        }
    }

    @Test
    void aLineTellsOfEachConnection(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("access.log");
        try (TestUpstream service = TestUpstream.start(ECHO);
                TestGateway gateway = TestGateway.start(StreamYaml.to(service)
                        .replace("to: none", "to: " + log))) {
            try (RawClient client = gateway.client()) {
                client.send("hello").finish();
                assertThat(rest(client)).isEqualTo("hello");
            }
            Await.until("the line", () -> Files.exists(log) && content(log).endsWith("\n"));
            assertThat(content(log)).contains("\"client\":\"127.0.0.1\",\"listener\":\"default\",\"protocol\":\"tcp\"")
                    .contains("\"upstream\":\"all\",\"endpoint\":\"127.0.0.1:" + service.port() + "\",\"attempts\":1")
                    .contains("\"bytesIn\":5,\"bytesOut\":5").doesNotContain("status", "method", "path");
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
