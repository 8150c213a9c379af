package io.tidegate.tests.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Answers that stand in for services that can't be reached.
class FallbackResponseTest {

    private static final String EMPTY = "fallbackResponse: { body: '[]', headers: { X-Stale: 'yes' } }";

    private static String yaml(String url, String upstream, String route, String log) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"], %s }
                routes:
                  all: { upstream: all, %s }
                telemetry: { accessLog: { to: "%s" } }
                """.formatted(url, upstream, route, log);
    }

    @Test
    void aServiceThatIsDownIsStoodInForByAnAnswer(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("access.log");
        TestUpstream service = TestUpstream.hello();
        try (TestGateway gateway = TestGateway.start(yaml(service.url(), EMPTY, "policies: []", log.toString()))) {
            try (RawClient client = gateway.client()) {
                assertThat(client.get("/").body()).isEqualTo("hello");
                service.kill();
                for (int i = 0; i < 10; i++) {
                    RawResponse response = client.get("/");
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.body()).isEqualTo("[]");
                    assertThat(response.field("Content-Type")).isEqualTo("application/json");
                    assertThat(response.field("X-Stale")).isEqualTo("yes");
                }
            }
            assertThat(gateway.metric("tidegate_fallback_responses_total", "route=\"all\"")).isEqualTo(10);
        }
        String lines = Files.readString(log);
        assertThat(lines).contains("\"status\":200,\"fault\":\"upstream.unavailable\",\"fallback\":true");
        assertThat(lines.lines().filter(line -> line.contains("\"fallback\":true"))).hasSize(10);
    }

    @Test
    void theAnswerOfTheRouteIsTakenAndCallsOfGrpcGetAnError() {
        TestUpstream service = TestUpstream.hello();
        service.kill();
        try (TestGateway gateway = TestGateway
                .start(yaml(service.url(), EMPTY, "fallbackResponse: { status: 202 }", "none"))) {
            try (RawClient client = gateway.client()) {
                RawResponse response = client.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
                assertThat(response.status()).isEqualTo(202);
                assertThat(response.body()).isEmpty();
            }
            try (Http2Client client = Http2Client.connect(gateway.address()).host("a")) {
                assertThat(client.get("/").status()).isEqualTo(202);
                assertThat(client.response(client.request("POST", "/s/m", true, "content-type", "application/grpc",
                        "te", "trailers")).field("grpc-status")).isEqualTo("14");
            }
        }
    }

    @Test
    void aServiceThatBreaksTheConnectionIsNotStoodInFor() {
        try (TestUpstream service = TestUpstream.start(connection -> {
            connection.request();
            connection.reset();
        });
                TestGateway gateway = TestGateway
                        .start(yaml(service.url(), EMPTY, "retry: { attempts: 0 }", "none"));
                RawClient client = gateway.client()) {
            assertThat(client.get("/").status()).isEqualTo(502);
        }
    }
}
