package io.tidegate.tests.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which requests are shed, and how they are answered.
class SheddingTest extends OverloadFixture {

    private static final int REQUESTS = 100;
    private static final String HANDSHAKE = "GET /low/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    /// How many of a hundred requests are served; the others are shed.
    private static int served(RawClient client, String criticality) {
        int served = 0;
        for (int i = 0; i < REQUESTS; i++) {
            RawResponse response = client.get("/" + criticality + "/" + i);
            if (response.status() == 200) {
                served++;
            } else {
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.fault()).isEqualTo("gateway.overloaded");
            }
        }
        return served;
    }

    @Test
    void whatIsLowGoesFirstWhatIsCriticalLastAndAllComeBack() {
        start("");
        try (RawClient client = gateway().client()) {
            assertThat(served(client, "low")).isEqualTo(REQUESTS);

            setPressure(SOME_SHORT);
            assertThat(served(client, "low")).isZero();
            assertThat(served(client, "normal")).isBetween(10, REQUESTS - 10);
            assertThat(served(client, "critical")).isEqualTo(REQUESTS);

            setPressure(MUCH_SHORT);
            assertThat(served(client, "low")).isZero();
            assertThat(served(client, "normal")).isZero();
            assertThat(served(client, "critical")).isEqualTo(REQUESTS);

            setPressure(ALL_SHORT);
            assertThat(served(client, "critical")).isZero();

            setPressure(NOTHING_SHORT);
            assertThat(served(client, "low") + served(client, "normal") + served(client, "critical"))
                    .isEqualTo(3 * REQUESTS);
        }
        assertThat(shed("criticality=\"low\",cause=\"heap\"")).isEqualTo(2 * REQUESTS);
        assertThat(shed("criticality=\"critical\",cause=\"heap\"")).isEqualTo(REQUESTS);
        assertThat(shed("cause=\"lag\"") + shed("cause=\"buffers\"")).isZero();
    }

    @Test
    void whatIsShedReachesNoServiceAndIsAskedToComeBackLater() {
        start("");
        Set<String> later = new HashSet<>();
        try (RawClient client = gateway().client()) {
            setPressure(ALL_SHORT);
            for (int i = 0; i < REQUESTS; i++) {
                RawResponse response = client
                        .exchange("POST /low/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
                assertThat(response.status()).isEqualTo(503);
                later.add(Objects.requireNonNull(response.field("retry-after")));
            }
            assertThat(later).containsExactlyInAnyOrder("1", "2", "3", "4");
            assertThat(upstream.connections()).isZero();

            setPressure(NOTHING_SHORT);
            assertThat(client.get("/low/").body()).as("on the same connection").isEqualTo("hello");
            assertThat(upstream.requestCount()).isEqualTo(1);
        }
        assertThat(gateway().metric("tidegate_faults_total", "code=\"gateway.overloaded\"")).isEqualTo(REQUESTS);
        assertThat(gateway().metric("tidegate_requests_total", "route=\"low\",status_class=\"5xx\""))
                .isEqualTo(REQUESTS);
    }

    @Test
    void noPolicyRunsForIt() {
        start("  tea: { match: [{ path: /tea }], criticality: low, policies: [{ respond: { status: 418 } }] }");
        try (RawClient client = gateway().client()) {
            assertThat(client.get("/tea").status()).isEqualTo(418);
            setPressure(MUCH_SHORT);
            assertThat(client.get("/tea").status()).isEqualTo(503);
            setPressure(NOTHING_SHORT);
            assertThat(client.get("/tea").status()).isEqualTo(418);
        }
    }

    @Test
    void buffersThatRunOutAreACauseToo() {
        start("");
        try (RawClient client = gateway().client()) {
            assertThat(client.get("/critical/").status()).isEqualTo(200);
            signs.buffers = 1;
            Await.until("the pressure to be seen", () -> gateway().status().pressure() == 1);
            assertThat(client.get("/critical/").status()).isEqualTo(503);
        }
        assertThat(shed("criticality=\"critical\",cause=\"buffers\"")).isEqualTo(1);
        assertThat(gateway().metric("tidegate_overload_pressure", "worker=\"all\",cause=\"buffers\"")).isEqualTo(1);
        assertThat(gateway().metric("tidegate_overload_pressure", "worker=\"all\",cause=\"heap\"")).isZero();
    }

    @Test
    void aReloadSwitchesItOffAndOn() {
        start("");
        setPressure(ALL_SHORT);
        gateway().apply(yaml(upstream.url(), "gateway: { overload: false }"));
        Await.until("nothing to be shed", () -> gateway().status().pressure() == 0);
        try (RawClient client = gateway().client()) {
            assertThat(client.get("/low/").status()).isEqualTo(200);
            gateway().apply(yaml(upstream.url(), ""));
            Await.until("everything to be shed", () -> gateway().status().pressure() == 1);
            assertThat(client.get("/low/").status()).isEqualTo(503);
        }
    }

    @Test
    void aConnectionOfHttp2Survives() {
        start("");
        try (Http2Client client = Http2Client.connect(gateway().address())) {
            assertThat(client.get("/low/").status()).isEqualTo(200);
            setPressure(MUCH_SHORT);
            Http2Response shed = client.get("/low/");
            assertThat(shed.status()).isEqualTo(503);
            assertThat(shed.fault()).isEqualTo("gateway.overloaded");
            assertThat(shed.field("retry-after")).matches("[1-4]");
            assertThat(client.get("/critical/").status()).isEqualTo(200);
            setPressure(NOTHING_SHORT);
            assertThat(client.get("/low/").status()).isEqualTo(200);
            assertThat(client.isEnded()).isFalse();
        }
    }

    @Test
    void aCallOfGrpcIsUnavailable() {
        start("");
        setPressure(MUCH_SHORT);
        try (Http2Client client = Http2Client.connect(gateway().address())) {
            int stream = client.request("POST", "/low/Get", true, "content-type", "application/grpc", "te",
                    "trailers");
            Http2Response response = client.response(stream);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.field("grpc-status")).isEqualTo("14");
            assertThat(response.field("grpc-message")).isEqualTo("The gateway is overloaded");
            assertThat(response.body()).isEmpty();
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "route=\"low\",grpc_status=\"UNAVAILABLE\""))
                .isEqualTo(1);
    }

    @Test
    void aHandshakeOfWebSocketIsAnsweredAndNothingBehindItIsRead() {
        start("");
        setPressure(MUCH_SHORT);
        try (RawClient client = gateway().client()) {
            client.send(HANDSHAKE + "GET /critical/ HTTP/1.1\r\nHost: a\r\n\r\n");
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        assertThat(upstream.requestCount()).isZero();
    }

    @Test
    void whereConnectionsAreFewTheyAreClosedWithTheirResponsesAndNoRequestIsShed() {
        start(TestGateway.Setup.PLAIN, given -> connections(given, 4),
                yaml(upstream.url(), ""));
        try (RawClient one = gateway().client();
                RawClient two = gateway().client();
                RawClient three = gateway().client()) {
            assertThat(one.get("/low/").field("connection")).isNull();
            try (RawClient four = gateway().client()) {
                Await.until("the last connection to be seen as the last",
                        () -> gateway().metric("tidegate_overload_pressure", "cause=\"connections\"") == 1);
                Await.until("connections to be closed", () -> isClosedWithItsResponse(one));
            }
            assertThat(two.get("/low/").status()).isEqualTo(200);
            assertThat(three.get("/normal/").status()).isEqualTo(200);
        }
        assertThat(shed("")).isZero();
        assertThat(gateway().metric("tidegate_client_connections_shed_total", "")).isBetween(1.0, 3.0);
        Await.until("connections to be kept again", () -> {
            try (RawClient client = gateway().client()) {
                return !isClosedWithItsResponse(client);
            }
        });
    }

    /// Whether a connection is; a loop knows of a shortage from its next tick on.
    private static boolean isClosedWithItsResponse(RawClient client) {
        RawResponse response = client.get("/low/");
        assertThat(response.status()).isEqualTo(200);
        return "close".equals(response.field("connection"));
    }

    @Test
    void mirrorsGoBeforeAnyRequestIsShed() {
        start("");
        gateway().apply(yaml(upstream.url(), "").replace("telemetry:", "  next: { endpoints: [\"" + upstream.url()
                + "\"] }\ntelemetry:").replace("upstream: all }", "upstream: all, mirror: { upstream: next } }"));
        setPressure(0.01);
        try (RawClient client = gateway().client()) {
            assertThat(client.get("/normal/1").status()).isEqualTo(200);
            assertThat(gateway().metric("tidegate_mirror_skipped_total", "route=\"normal\",cause=\"overload\""))
                    .isOne();
            setPressure(NOTHING_SHORT);
            assertThat(client.get("/normal/2").status()).isEqualTo(200);
            Await.until("the copy", () -> upstream.requestCount() == 3);
        }
        assertThat(upstream.requests()).filteredOn(request -> request.field("x-mirror") != null)
                .extracting(request -> request.target()).containsExactly("/normal/2");
    }

    @Test
    void nothingIsSentASecondTimeWhereTheGatewayIsShort() {
        start("");
        TestUpstream.Gate gate = new TestUpstream.Gate();
        try (TestUpstream slow = TestUpstream.start(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                if (next.field("x-attempt") == null) {
                    gate.pass();
                }
                connection.answer("slow");
            }
        })) {
            gateway().apply(yaml(upstream.url(), "")
                    .replace("[\"" + upstream.url() + "\"]", "[\"" + slow.url() + "\", \""
                            + slow.url().replace("127.0.0.1", "127.0.0.2") + "\"], retry: { attemptHeader: X-Attempt }")
                    .replace("upstream: all }", "upstream: all, hedge: { after: 1ms } }"));
            setPressure(0.01);
            try (RawClient client = gateway().client()) {
                client.send("GET /normal/1 HTTP/1.1\r\nHost: a\r\n\r\n");
                slow.request(0);
                double ticks = gateway().metric("tidegate_loop_lag_seconds_count", "");
                Await.until("some ticks", () -> gateway().metric("tidegate_loop_lag_seconds_count", "") > ticks + 4);
                gate.open();
                assertThat(client.receive().body()).isEqualTo("slow");
            }
            assertThat(slow.requestCount()).isOne();
            assertThat(gateway().metric("tidegate_hedges_total", "")).isZero();
        }
    }
}
