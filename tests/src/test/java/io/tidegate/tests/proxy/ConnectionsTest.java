package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// How long connections live, on both sides, and the bounds of what comes over them.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class ConnectionsTest extends ProxyTest {

    private static final String NEVER = "connections: { idleTimeout: 1h }";

    private RawResponse ask() {
        try (RawClient client = gateway.client()) {
            return client.exchange(GET);
        }
    }

    @Test
    void aReloadKeepsTheConnectionsOfAnUpstreamThatIsAsItWas() {
        try (TestUpstream other = TestUpstream.hello()) {
            for (int i = 0; i < 5; i++) {
                gateway.apply(twoUpstreams(other, 10 + i));
                try (RawClient client = gateway.client()) {
                    assertThat(client.get("/kept").status()).isEqualTo(200);
                    assertThat(client.get("/changed").status()).isEqualTo(200);
                }
            }
            assertThat(upstream.connections()).as("to the one that is as it was").isEqualTo(1);
            assertThat(other.connections()).as("to the one that changes each time").isEqualTo(5);
            Await.until("the old ones to be closed", () -> other.open() == 1);
            assertThat(upstream.open()).isEqualTo(1);
        }
    }

    private String twoUpstreams(TestUpstream other, int seconds) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  kept: { endpoints: ["%s"] }
                  changed: { endpoints: ["%s"], connections: { idleTimeout: %ds } }
                routes:
                  kept: { match: [{ path: /kept }], upstream: kept, timeouts: { request: %ds } }
                  changed: { match: [{ path: /changed }], upstream: changed }
                telemetry: { accessLog: { to: none } }
                """.formatted(upstream.url(), other.url(), seconds, seconds);
    }

    @Test
    void aConnectionOfAgeIsClosedWithItsNextResponse() {
        gateway.apply(GatewayYaml.to(upstream).listener("timeouts: { connectionAge: 300ms }").text());
        try (RawClient client = gateway.client()) {
            Await.until("a response that closes", () -> {
                RawResponse response = client.get("/");
                assertThat(response.status()).isEqualTo(200);
                return "close".equals(response.field("connection"));
            });
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        assertThat(upstream.connections()).as("to the service, which is another matter").isEqualTo(1);
    }

    @Test
    void aConnectionIsClosedWithItsLastRequest() {
        gateway.apply(GatewayYaml.to(upstream).listener("limits: { requestsPerConnection: 3 }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/1").field("connection")).isNull();
            assertThat(client.get("/2").field("connection")).isNull();
            assertThat(client.get("/3").field("connection")).isEqualTo("close");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
    }

    @Test
    void aConnectionToAServiceIsClosedWhenItHasBeenIdleForLong() {
        gateway.apply(GatewayYaml.to(upstream).upstream("connections: { idleTimeout: 200ms }").text());

        assertThat(ask().status()).isEqualTo(200);

        Await.until("the connection to be closed", () -> upstream.open() == 0);
        assertThat(ask().status()).isEqualTo(200);
        assertThat(upstream.connections()).isEqualTo(2);
    }

    @Test
    void aServiceShortensTheTimeThatItsConnectionIsKept() {
        answers("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2, max=9\r\nContent-Length: 2\r\n\r\nok");
        gateway.apply(GatewayYaml.to(upstream).upstream(NEVER).text());

        assertThat(ask().status()).isEqualTo(200);

        Await.until("the connection to be closed before the service does so", () -> upstream.open() == 0);
    }

    @Test
    void aConnectionThatTheServiceKeepsForASecondIsNotUsedAgain() {
        answers("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok");
        gateway.apply(GatewayYaml.to(upstream).upstream(NEVER).text());

        assertThat(ask().status()).isEqualTo(200);

        Await.until("the connection to be closed", () -> upstream.open() == 0);
        assertThat(ask().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            requestFields: 3    | X-A: 1;X-B: 1                | X-A: 1;X-B: 1;X-C: 1       | 431 | header.too_many
            requestHead: 200B, requestTarget: 128B | X-A: %100 | X-A: %200                  | 431 | header.too_large
            requestTarget: 150B | q                            | q%200                      | 414 | target.too_long
            """)
    void aRequestBeyondALimitThatIsSetIsRefused(String limit, String fits, String beyond, int status, String code) {
        gateway.apply(GatewayYaml.to(upstream).listener("limits: { " + limit + " }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request(fits)).status()).isEqualTo(200);
            RawResponse refused = client.exchange(request(beyond));
            assertThat(refused.status()).isEqualTo(status);
            assertThat(refused.fault()).isEqualTo(code);
        }
        assertThat(upstream.requestCount()).isEqualTo(1);
    }

    private static String request(String what) {
        int many = what.indexOf('%');
        String text = many < 0
                ? what
                : what.substring(0, many) + "x".repeat(Integer.parseInt(what.substring(many + 1)));
        return text.startsWith("q")
                ? "GET /?" + text + " HTTP/1.1\r\nHost: a\r\n\r\n"
                : "GET / HTTP/1.1\r\nHost: a\r\n" + text.replace(";", "\r\n") + "\r\n\r\n";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            responseFields: 2   | X-A: 1                       | X-A: 1;X-B: 1              | upstream.head_too_large
            responseHead: 200B  | X-A: %100                    | X-A: %200                  | upstream.head_too_large
            interimResponses: 1 | 1                            | 2                          | upstream.invalid
            """)
    void aResponseBeyondALimitThatIsSetIsRefused(String limit, String fits, String beyond, String code) {
        gateway.apply(GatewayYaml.to(upstream).upstream("limits: { " + limit + " }").text());
        upstream.script(TestUpstream.answeringOnce(response(fits)));
        assertThat(ask().status()).isEqualTo(200);

        upstream.script(TestUpstream.answeringOnce(response(beyond)));
        RawResponse refused = ask();

        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.fault()).isEqualTo(code);
        assertThat(gateway.metric("tidegate_upstream_faults_total", "code=\"" + code + "\"")).isEqualTo(1);
    }

    private static String response(String what) {
        String rest = "Connection: close\r\n\r\n";
        if (Character.isDigit(what.charAt(0))) {
            return "HTTP/1.1 102 Processing\r\n\r\n".repeat(Integer.parseInt(what)) + "HTTP/1.1 200 OK\r\n" + rest;
        }
        int many = what.indexOf('%');
        String fields = many < 0
                ? what
                : what.substring(0, many) + "x".repeat(Integer.parseInt(what.substring(many + 1)));
        return "HTTP/1.1 200 OK\r\n" + fields.replace(";", "\r\n") + "\r\n" + rest;
    }

    @Test
    void aClientThatTakesItsResponseTooSlowlyIsCutAndCounted() {
        upstream.script(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            connection.sendZeros(100_000_000);
        });
        gateway.apply(GatewayYaml.to(upstream).listener("limits: { minimumRate: 1MiB }, timeouts: { writeIdle: 1h }")
                .upstream("timeouts: { response: 1h, idle: 1h }").text());
        try (RawClient client = RawClient.connect(gateway.address(), 4096)) {
            client.send(GET);
            byte[] little = new byte[8192];
            Await.until("the client to be cut and counted", () -> {
                LockSupport.parkNanos(50_000_000);
                take(client, little);
                return gateway.metric("tidegate_faults_total", "code=\"client.too_slow\"") == 1;
            });
        }
    }

    private static void take(RawClient client, byte[] little) {
        try {
            if (client.input().read(little) < 0) {
                return;
            }
        } catch (IOException e) {
            // It was cut: what is counted tells why.
            return;
        }
    }
}
