package io.tidegate.tests.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// How long a request may take, as its client says it and its service is told.
class DeadlinesTest extends RetryFixture {

    private static String get(String timeout) {
        return "GET /p HTTP/1.1\r\nHost: a\r\nX-Request-Timeout: " + timeout + "\r\n\r\n";
    }

    private void timeouts(String route) {
        gateway.apply(
                GatewayYaml.to(service).upstream("timeouts: { response: 1h }").route("timeouts: { " + route + " }")
                        .text());
    }

    private long told(int request) {
        RawRequest received = service.request(request);
        assertThat(received.count("x-request-timeout")).isOne();
        return Long.parseLong(Objects.requireNonNull(received.field("x-request-timeout")));
    }

    @Test
    void theServiceIsToldWhatTheRouteLeavesIt() {
        timeouts("request: 20s, header: X-Request-Timeout");
        try (RawClient client = gateway.client()) {
            client.exchange(GET);
            client.exchange(get("60000"));
        }
        assertThat(told(0)).isBetween(1L, 20_000L);
        assertThat(told(1)).as("the client may not lengthen it").isBetween(1L, 20_000L);
    }

    @Test
    void aClientMayWaitLess() {
        timeouts("request: 20m, header: X-Request-Timeout");
        try (RawClient client = gateway.client()) {
            client.exchange(get("20000"));
        }
        assertThat(told(0)).isBetween(1L, 20_000L);
    }

    @Test
    void aClientThatWaitsForALimitedTimeGetsAnAnswerWithinIt() {
        service.script(TestUpstream.silent());
        timeouts("header: X-Request-Timeout");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(get("150")).fault()).isEqualTo("upstream.timeout");
        }
        assertThat(told(0)).isBetween(1L, 150L);
    }

    @Test
    void whatIsNoNumberOfMillisecondsSaysNothing() {
        timeouts("request: 20s, header: X-Request-Timeout");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(get("soon")).status()).isEqualTo(200);
            assertThat(client.exchange(get("-1")).status()).isEqualTo(200);
            assertThat(client.exchange(get("99999999999999999999")).status()).isEqualTo(200);
        }
        assertThat(told(2)).isBetween(1L, 20_000L);
    }

    @Test
    void withoutTheHeaderTheFieldIsAnyOther() {
        timeouts("request: 20s");
        try (RawClient client = gateway.client()) {
            client.exchange(get("7"));
        }
        assertThat(told(0)).isEqualTo(7);
    }

    @Test
    void aRepeatIsToldWhatIsLeftThen() {
        service.script(steps(status(503, "Retry-After: 1"), status(200)));
        gateway.apply(GatewayYaml.to(service).upstream("retry: { on: [503], backoff: { base: 1ms, max: 5s } }")
                .route("timeouts: { request: 10s, header: X-Request-Timeout }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
        }
        assertThat(told(0) - told(1)).isBetween(1000L, 10_000L);
    }

    @Test
    void noTryBeginsForWhichThereIsNoTime() {
        service.script(steps(silence(), status(200)));
        gateway.apply(
                GatewayYaml.to(service).upstream("retry: { attempts: 9, on: [timeout], budget: 100%, " + QUICK + " }")
                        .route("timeouts: { request: 200ms, perTry: 199ms }").text());
        try (RawClient client = gateway.client()) {
            // By whichever clock it ends, what is left is less than a try is given.
            assertThat(client.exchange(GET).fault()).isEqualTo("upstream.timeout");
        }
        assertThat(service.requestCount()).isOne();
    }
}
