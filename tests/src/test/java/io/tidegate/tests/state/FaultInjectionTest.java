package io.tidegate.tests.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import org.junit.jupiter.api.Test;

/// Requests that are delayed and made to fail on purpose.
class FaultInjectionTest extends StateFixture {

    private static final String ASKED = "GET / HTTP/1.1\r\nHost: a\r\nX-Inject-Fault: yes\r\n\r\n";

    @Test
    void onlyRequestsThatAskForItFail() {
        TestGateway gateway = gateway(counting(), "faultInjection: { delay: { time: 20ms }, abort: { status: 504 } }",
                "");
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/").status()).isEqualTo(201);
            RawResponse failed = client.exchange(ASKED);
            assertThat(failed.status()).isEqualTo(504);
            assertThat(failed.fault()).isEqualTo("fault.injected");
            assertThat(failed.field("X-Fault-Injected")).isEqualTo("delay, abort");
            assertThat(client.get("/").field("X-Fault-Injected")).isNull();
        }
        assertThat(served).hasValue(2);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"aborted\"")).isEqualTo(1);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"delayed\"")).isEqualTo(1);
    }

    @Test
    void aDelayHoldsNobodyElseAndEndsWithItsClient() {
        TestGateway gateway = closed(TestGateway.start(
                yaml(counting(), "faultInjection: { delay: { time: 30s } }", "")));
        try (RawClient delayed = gateway.client(); RawClient other = gateway.client()) {
            delayed.send(ASKED);
            assertThat(other.get("/").status()).isEqualTo(201);
        }
        // That the gateway closes means that the delayed exchange is over.
    }

    @Test
    void aRequestThatWasDelayedGoesOnToTheService() {
        TestGateway gateway = gateway(counting(), "faultInjection: { everyRequest: true, delay: { time: 1ms } }", "");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
            assertThat(response.status()).isEqualTo(201);
            assertThat(response.field("X-Fault-Injected")).isEqualTo("delay");
        }
    }

    @Test
    void aCallOfGrpcFailsByItsStatus() {
        TestGateway gateway = gateway(counting(),
                "faultInjection: { everyRequest: true, abort: { grpcStatus: resourceExhausted } }", "");
        try (Http2Client client = Http2Client.connect(gateway.address()).host("a")) {
            Http2Response call = client.response(client.request("POST", "/s/m", true, "content-type",
                    "application/grpc", "te", "trailers"));
            assertThat(call.status()).isEqualTo(200);
            assertThat(call.field("grpc-status")).isEqualTo("8");
            assertThat(call.field("content-type")).isEqualTo("application/grpc");
        }
        assertThat(served).hasValue(0);
    }

    @Test
    void whatOnlyObservesDelaysAndFailsNothing() {
        TestGateway gateway = gateway(counting(),
                "faultInjection: { delay: { time: 30s }, abort: {} }, mode: observe", "");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange(ASKED);
            assertThat(response.status()).isEqualTo(201);
            assertThat(response.field("X-Fault-Injected")).isNull();
        }
        assertThat(gateway.metric("tidegate_policy_observed_total", "")).isPositive();
    }
}
