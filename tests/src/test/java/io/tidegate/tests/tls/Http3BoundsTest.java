package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.OverloadConfig;
import io.tidegate.config.ProcessConfig;
import io.tidegate.engine.EngineOptions;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.QuicKnocks;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What clients of HTTP/3 may use of a gateway, and for how long.
@Tag("boringssl")
class Http3BoundsTest extends Http3Fixture {

    private static final int LARGE = 100_000_000;
    /// Sockets and what of the response is on its way: far less than all of it.
    private static final int HELD = 20_000_000;

    @Test
    void connectionsOfQuicCountWithThoseOfTcp() {
        ProcessConfig process = new ProcessConfig(new ProcessConfig.Count(1), ProcessConfig.Transport.AUTO,
                new ProcessConfig.Count(2), Duration.ofSeconds(30), Duration.ZERO, null,
                OverloadConfig.of(false), null, null);
        String tls = "certificates: [" + certificate("api", "api.test") + "]";
        try (TestGateway small = TestGateway.start(TestGateway.Setup.PLAIN, options -> new EngineOptions(process),
                yaml(tls, H3))) {
            try (Http3Client first = connect(small);
                    RawClient second = servers.connect(small.address(), "api.test");
                    QuicKnocks third = new QuicKnocks("api.test")) {
                assertThat(first.get("/").status()).isEqualTo(200);
                assertThat(second.get("/").status()).isEqualTo(200);

                third.knock(small.address(), 1);
                Await.until("the third to be turned away",
                        () -> small.metric("tidegate_client_connections_refused_total", "") > 0);
                assertThat(small.status().connections()).isEqualTo(2);
                assertThat(first.get("/").status()).isEqualTo(200);
            }
            Await.until("the places to be free", () -> small.status().connections() == 0);
            try (Http3Client again = connect(small)) {
                assertThat(again.get("/").status()).isEqualTo(200);
            }
        }
    }

    private Http3Client connect(TestGateway to) {
        return Http3Client.connect(to.address(), servers.identity(null), "api.test");
    }

    @Test
    void aClientThatReadsNothingLosesTheResponseAndHoldsLittle() {
        startHttp3("timeouts: { writeIdle: 500ms }");
        upstream.script(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                if (next.target().equals("/large")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                    connection.sendZeros(LARGE);
                } else {
                    connection.answer("small");
                }
            }
        });
        try (Http3Client client = http3()) {
            int stream = client.request("GET", "/large", true);
            assertThat(client.head(stream).status()).isEqualTo(200);
            client.reads(stream, false);
            Await.until("the response to be given up",
                    () -> gateway().metric("tidegate_faults_total", "code=\"client.too_slow\"") == 1);
            Await.until("the service to be left", () -> upstream.open() == 0);

            assertThat(upstream.sentBytes()).isLessThan(HELD);
            assertThat(client.get("/small").body()).isEqualTo("small");
            client.reads(stream, true);
            assertThat(client.response(stream).reset()).isEqualTo(CANCELLED);
        }
    }

    @Test
    void aGatewayThatStopsFinishesAllThatRuns() throws Exception {
        startHttp3();
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            RawRequest head = connection.head();
            if (head != null) {
                String body = connection.body(head).body();
                gate.pass();
                connection.answer("answer " + body);
            }
        });
        try (Http3Client client = http3()) {
            List<Integer> running = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                running.add(client.request("POST", "/" + i, false));
                client.data(running.getLast(), "half ", false);
            }
            Await.until("all to run", () -> upstream.heads().size() == running.size());
            Thread stopping = Thread.ofVirtual().start(() -> {
                try {
                    gateway().engine().drain(0, 30_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(client.goAway()).isPositive();
            gate.open();
            for (int stream : running) {
                client.data(stream, "whole", true);
            }
            for (int stream : running) {
                Http2Response response = client.response(stream);
                assertThat(response.body()).isEqualTo("answer half whole");
                assertThat(response.complete()).isTrue();
            }
            assertThat(client.awaitEnd()).isEqualTo(NO_ERROR);
            stopping.join();
        }
        assertThat(gateway().metric("tidegate_faults_total", "")).isZero();
    }
}
