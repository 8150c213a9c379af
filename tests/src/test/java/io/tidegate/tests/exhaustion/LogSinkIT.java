package io.tidegate.tests.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What takes the access log fails or stalls, and no request notices.
class LogSinkIT {

    private static final int REQUESTS = 1_000;

    private static String yaml(TestUpstream upstream, Path file) {
        return GatewayYaml.to(upstream)
                .with("telemetry: { accessLog: { to: \"" + file + "\", buffer: 64KiB } }").text();
    }

    private static void request(TestGateway gateway) {
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(client.get("/" + "x".repeat(200)).body()).isEqualTo("hello");
            }
        }
    }

    @Test
    void aFullDiskLosesLinesAndCountsThem() {
        try (TestUpstream upstream = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(yaml(upstream, Path.of("/dev/full")))) {
            upstream.forget();
            request(gateway);
            Await.until("lost lines to be counted", () -> gateway.metric("tidegate_access_log_dropped_total", "") > 0);
            request(gateway);
        }
    }

    @Test
    void aStalledPipeLosesLinesAndCountsThem(@TempDir Path folder) throws IOException, InterruptedException {
        Path pipe = folder.resolve("log.pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        // Held open for both ways, so that opening it for writing does not wait for a reader; nobody ever reads.
        try (RandomAccessFile held = new RandomAccessFile(pipe.toFile(), "rw");
                TestUpstream upstream = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(yaml(upstream, pipe))) {
            assertThat(held.getFD().valid()).isTrue();
            upstream.forget();
            request(gateway);
            Await.until("lost lines to be counted", () -> gateway.metric("tidegate_access_log_dropped_total", "") > 0);
            request(gateway);
            gateway.apply(GatewayYaml.to(upstream).text());
            byte[] drained = new byte[1 << 20];
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (held.read(drained) >= 0) {
                        // Lets the gateway's writer come to its end.
                    }
                } catch (IOException e) {
                    return;
                }
            });
        }
    }

    @Test
    void everyRequestIsOneLineWhateverItHolds(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("access.log");
        try (TestUpstream upstream = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(yaml(upstream, file))) {
            try (RawClient client = gateway.client()) {
                client.get("/%0a%0d%22FAKE%1b%5b31m");
                client.exchange("GET /q?x=\"},{\"a\":\" HTTP/1.1\r\nHost: a\r\nUser-Agent: \"}\\\r\n\r\n");
                client.get("/" + "u".repeat(5000));
            }
            try (RawClient client = gateway.client()) {
                client.exchange("GET /bad HTTP/1.1\r\nHost: a\r\nX : \"y\r\n\r\n");
            }
            Await.until("four lines", () -> lines(file) == 4);
            assertThat(Files.readAllLines(file)).allMatch(line -> line.startsWith("{") && line.endsWith("}"))
                    .noneMatch(line -> line.length() > 4000);
            assertThat(Files.readAllLines(file).getLast()).contains("\"reject\":\"header.name\"", "127.0.0.1");
        }
    }

    private static long lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
