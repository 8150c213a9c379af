package io.tidegate.tests.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that get no answer on purpose.
class InjectedResetsTest extends StateFixture {

    private static final int INTERNAL_ERROR = 2;
    private static final String ASKED = "GET /asked HTTP/1.1\r\nHost: a\r\nX-Inject-Fault: yes\r\n\r\n";
    private static final String POLICY = "faultInjection: { abort: { reset: true } }";
    private static final String AFTER_A_WHILE = "faultInjection: { delay: { time: 20ms }, abort: { reset: true } }";

    private static double events(TestGateway gateway, String event) {
        return gateway.metric("tidegate_policy_events_total", "event=\"" + event + '"');
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#single")
    void byHttp1TheConnectionIsReset(TestGateway.Setup setup) {
        for (String policy : new String[]{POLICY, AFTER_A_WHILE}) {
            TestGateway gateway = closed(TestGateway.start(setup, yaml(counting(), policy, "")));
            int before = served.get();
            try (RawClient client = gateway.client(); RawClient other = gateway.client()) {
                assertThat(client.get("/").status()).isEqualTo(201);
                assertThat(client.send(ASKED).ending()).isEqualTo(RawClient.Ending.RESET);
                assertThat(other.get("/").status()).isEqualTo(201);
            }
            assertThat(served.get() - before).isEqualTo(2);
            assertThat(events(gateway, "reset")).isOne();
            assertThat(events(gateway, "aborted")).isZero();
            assertThat(gateway.metric("tidegate_faults_total", "code=\"fault.injected\"")).isOne();
            Await.until("the connections to be gone", () -> gateway.status().connections() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.0\r\nX-Inject-Fault: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-Inject-Fault: a\r\nContent-Length: 100\r\n\r\nhalf",
        "POST / HTTP/1.1\r\nHost: a\r\nX-Inject-Fault: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Inject-Fault: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Inject-Fault: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"})
    void whateverWasSent(String request) {
        for (String policy : new String[]{POLICY, AFTER_A_WHILE}) {
            TestGateway gateway = gateway(counting(), policy, "");
            try (RawClient client = gateway.client()) {
                assertThat(client.send(request).ending()).isEqualTo(RawClient.Ending.RESET);
            }
            assertThat(events(gateway, "reset")).isOne();
        }
        assertThat(served).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {POLICY, AFTER_A_WHILE})
    void byHttp2TheStreamIsResetAndTheOthersGoOn(String policy) {
        TestGateway gateway = gateway(counting(), policy, "");
        try (Http2Client client = Http2Client.connect(gateway.address()).host("a")) {
            for (int i = 0; i < 20; i++) {
                isReset(client, client.request("GET", "/", true, "x-inject-fault", "1"));
                isReset(client, client.request("POST", "/s/m", i % 2 == 0, "content-type", "application/grpc", "te",
                        "trailers", "x-inject-fault", "1"));
                assertThat(client.get("/").status()).isEqualTo(201);
            }
        }
        assertThat(served).hasValue(20);
        assertThat(events(gateway, "reset")).isEqualTo(40);
        assertThat(gateway.metric("tidegate_grpc_calls_total", "grpc_status=\"UNAVAILABLE\"")).isEqualTo(20);
    }

    private static void isReset(Http2Client client, int stream) {
        Http2Response response = client.response(stream);
        assertThat(response.reset()).isEqualTo(INTERNAL_ERROR);
        assertThat(response.fields()).isEmpty();
    }

    @Test
    void theAccessLogTellsThatItWasInjected(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("access.log");
        TestGateway gateway = closed(TestGateway.start(yaml(counting(), POLICY, "").replace("to: none",
                "to: \"" + log + '"')));
        try (RawClient client = gateway.client()) {
            assertThat(client.send(ASKED).ending()).isEqualTo(RawClient.Ending.RESET);
        }
        Await.until("a line", () -> Files.exists(log) && lines(log) == 1);
        assertThat(Files.readString(log)).contains("/asked").contains("fault.injected").contains("\"status\":0");
    }

    private static long lines(Path file) {
        try {
            return Files.readString(file).lines().count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void policiesInFrontHearOfTheEnd() {
        TestGateway gateway = gateway(counting(), "idempotency: {} }, { " + POLICY, "");
        String request = "POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\n%sContent-Length: 2\r\n\r\nab";
        try (RawClient client = gateway.client()) {
            assertThat(client.send(request.formatted("X-Inject-Fault: 1\r\n")).ending())
                    .isEqualTo(RawClient.Ending.RESET);
        }
        // The key is free again.
        try (RawClient client = gateway.client()) {
            Await.until("it to be served", () -> client.exchange(request.formatted("")).status() == 201);
        }
        assertThat(served).hasValue(1);
    }

    @Test
    void whatOnlyObservesBreaksNothingOff() {
        TestGateway gateway = gateway(counting(), POLICY + ", mode: observe", "");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(ASKED).status()).isEqualTo(201);
        }
        assertThat(gateway.metric("tidegate_policy_observed_total", "")).isPositive();
    }
}
