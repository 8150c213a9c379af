package io.tidegate.tests.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;

/// What is not sent once more, though it failed in a way that is listed.
class RefusalsTest extends RetryFixture {

    @Test
    void aMethodThatIsNotIdempotent() {
        service.script(steps(status(503), status(200)));
        retry("on: [503, reset], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(POST).body()).isEqualTo("503");
        }
        assertThat(service.requestCount()).isOne();
        assertThat(refused("unsafe")).isOne();
    }

    @Test
    void aMethodThatIsNotIdempotentWhoseConnectionBreaks() {
        service.script(steps(reset(), status(200)));
        retry("on: [503, reset], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").status())
                    .isEqualTo(502);
        }
        assertThat(service.requestCount()).isOne();
    }

    @Test
    void aResponseOfWhichTheFirstByteHasCome() {
        service.script(steps((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab");
            connection.reset();
        }, status(200)));
        retry("attempts: 3, on: [reset, timeout, 5xx], " + QUICK);
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange(GET);
            assertThat(response.status()).isIn(200, 502);
            assertThat(response.status() == 200 && response.complete()).isFalse();
        }
        assertThat(service.requestCount()).isOne();
    }

    @Test
    void aServiceThatAsksForMoreTimeThanThereIsBetweenTries() {
        service.script(steps(status(503, "Retry-After: 2"), status(200)));
        retry("on: [503], " + QUICK);
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange(GET);
            assertThat(response.body()).isEqualTo("503");
            assertThat(response.field("retry-after")).isEqualTo("2");
        }
        assertThat(service.requestCount()).isOne();
        assertThat(refused("retry_after")).isOne();
    }

    @Test
    void aRequestWithoutTheTimeForIt() {
        service.script(steps(status(503, "Retry-After: 30"), status(200)));
        gateway.apply(GatewayYaml.to(service).upstream("retry: { on: [503], backoff: { base: 1ms, max: 1m } }")
                .route("timeouts: { request: 20s }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("503");
        }
        assertThat(service.requestCount()).isOne();
        assertThat(refused("time")).isOne();
    }

    @Test
    void anythingWhereNoRepeatsAreAllowed() {
        service.script(steps(status(200), reset(), status(200)));
        retry("attempts: 0, on: [connectFailure, reset, 5xx]");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
            assertThat(client.exchange(GET).status()).as("on a connection that has served").isEqualTo(502);
        }
        assertThat(service.requestCount()).isEqualTo(2);
    }

    @Test
    void aConnectionThatCouldNotBeMadeWhereThatIsNotListed() {
        TestUpstream gone = TestUpstream.hello();
        gone.close();
        gateway.apply(GatewayYaml.to(gone, service).upstream("loadBalancing: roundRobin, retry: { on: [reset] }")
                .text());
        try (RawClient client = gateway.client()) {
            int failed = 0;
            for (int i = 0; i < 10; i++) {
                failed += client.exchange(GET).status() == 502 ? 1 : 0;
            }
            assertThat(failed).isEqualTo(5);
        }
    }

    @Test
    void whatIsOverloadOfTheGatewayItself() {
        service.script(TestUpstream.silent());
        gateway.apply(GatewayYaml.to(service).upstream("connections: { maxPerEndpoint: 1, maxWait: 100ms },"
                + " retry: { attempts: 5, on: [connectFailure, 5xx], " + QUICK + " }").text());
        try (RawClient first = gateway.client(); RawClient second = gateway.client()) {
            first.send(GET);
            service.request(0);
            assertThat(second.exchange(GET).fault()).isEqualTo("upstream.busy");
        }
        assertThat(gateway.metric("tidegate_upstream_pool_waits_total", "")).isOne();
    }

    @Test
    void aRequestWhoseClientHasLeft() {
        service.script(steps(status(503, "Retry-After: 60"), status(200)));
        retry("on: [503], backoff: { base: 1ms, max: 10m }");
        try (RawClient client = gateway.client()) {
            client.send(GET);
            Await.until("the first answer", () -> gateway.metric("tidegate_upstream_responses_total", "5xx") == 1);
        }
        Await.until("the exchange to end", () -> gateway.metric("tidegate_faults_total", "client.closed") == 1);
        assertThat(service.requestCount()).isOne();
        assertThat(repeats("status", "failed")).isOne();
    }

    @Test
    void theWorkOfAClientThatHasLeftIsGivenUpAtTheService() {
        service.script(steps(silence()));
        retry("attempts: 3, on: [reset, timeout, 5xx], " + QUICK);
        try (RawClient client = gateway.client()) {
            client.send(GET);
            service.request(0);
        }
        Await.until("the service's connection to end", () -> service.open() == 0);
        assertThat(service.connections()).isOne();
    }
}
