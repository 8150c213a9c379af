package io.tidegate.tests.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Services that are left in peace since they fail.
class CircuitBreakerTest extends LimitsFixture {

    private static final String OF_UPSTREAM = "circuitBreaker: { scope: upstream, minRequests: 10, openFor: 1h }";

    private double state() {
        return gateway.metric("tidegate_upstream_breaker_state", "");
    }

    private void fail(int times) {
        answer = BROKEN;
        for (int i = 0; i < times; i++) {
            assertThat(get().fault()).as("the service's own answer").isEmpty();
        }
    }

    @Test
    void requestsAreAnsweredAtOnceWhileItIsOpen() {
        TestUpstream service = moody();
        run(OF_UPSTREAM, service);
        fail(10);

        for (int i = 0; i < 100; i++) {
            RawResponse refused = get();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.fault()).isEqualTo("upstream.circuit_open");
            assertThat(refused.field("retry-after")).isEqualTo("3600");
        }
        assertThat(service.requestCount()).isEqualTo(10);
        assertThat(state()).isEqualTo(2);
        assertThat(gateway.metric("tidegate_upstream_breaker_refused_total", "")).isEqualTo(100);
        assertThat(gateway.metric("tidegate_upstream_breaker_openings_total", "")).isEqualTo(1);
    }

    @Test
    void itClosesOnceTheServiceIsWellAgain() {
        TestUpstream service = moody();
        run("circuitBreaker: { minRequests: 10, openFor: 100ms, halfOpenRequests: 2 }", service);
        fail(10);
        assertThat(get().status()).isEqualTo(503);

        // For as long as it is ill, two requests at a time find that out.
        Await.until("a test that fails", () -> {
            get();
            return gateway.metric("tidegate_upstream_breaker_openings_total", "") >= 3;
        });
        assertThat(service.requestCount()).isLessThan(20);
        answer = HELLO;
        Await.until("it to close", () -> {
            get();
            return state() == 0;
        });
        for (int i = 0; i < 20; i++) {
            assertThat(get().status()).isEqualTo(200);
        }
    }

    @Test
    void theFallbackIsUsedWhileItIsOpen() {
        TestUpstream service = moody();
        TestUpstream other = service(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"));
        run("""
                listeners: { default: { address: "127.0.0.1:0" } }
                upstreams:
                  all: { endpoints: ["%s"], fallback: other, %s }
                  other: { endpoints: ["%s"] }
                routes: { all: { upstream: all } }
                telemetry: { accessLog: { to: none } }
                """.formatted(service.url(), OF_UPSTREAM, other.url()));
        fail(10);

        for (int i = 0; i < 20; i++) {
            assertThat(get().body()).isEqualTo("other");
        }
        assertThat(service.requestCount()).isEqualTo(10);
        assertThat(gateway.metric("tidegate_upstream_fallback_used", "")).isEqualTo(1);
    }

    @Test
    void theBreakerOfAnEndpointTakesItOut() {
        TestUpstream ill = moody();
        TestUpstream well = hello();
        run("loadBalancing: roundRobin, circuitBreaker: { scope: endpoint, minRequests: 10, openFor: 1h }", ill, well);
        answer = BROKEN;
        for (int i = 0; i < 20; i++) {
            get();
        }
        int asked = ill.requestCount();
        assertThat(asked).isBetween(10, 20);

        Await.until("it to be left out", () -> gateway.metric("tidegate_upstream_endpoint_breaker_state",
                "127.0.0.1:" + ill.port()) == 2);
        int then = ill.requestCount();
        for (int i = 0; i < 40; i++) {
            assertThat(get().status()).isEqualTo(200);
        }
        assertThat(ill.requestCount()).isEqualTo(then);
        assertThat(gateway.metric("tidegate_upstream_endpoint_healthy", "127.0.0.1:" + ill.port())).isZero();
    }

    @Test
    void theBreakerOfTheOnlyEndpointTurnsRequestsAway() {
        TestUpstream ill = moody();
        run("circuitBreaker: { scope: endpoint, minRequests: 10, openFor: 1h }", ill);
        fail(10);

        for (int i = 0; i < 20; i++) {
            RawResponse refused = get();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.field("retry-after")).isNotNull();
        }
        assertThat(ill.requestCount()).isEqualTo(10);
    }

    @Test
    void slowAnswersOpenItWhereThatIsAskedFor() {
        TestUpstream slow = service(connection -> {
            while (connection.request() != null) {
                LockSupport.parkNanos(Duration.ofMillis(60).toNanos());
                connection.send(HELLO);
            }
        });
        run("circuitBreaker: { slowCallRate: 50%, slowCall: 10ms, minRequests: 4, openFor: 1h }", slow);
        for (int i = 0; i < 4; i++) {
            assertThat(get().status()).isEqualTo(200);
        }

        assertThat(get().fault()).isEqualTo("upstream.circuit_open");
        assertThat(slow.requestCount()).isEqualTo(4);
    }

    @Test
    void responsesThatBreakOffAreFailures() {
        TestUpstream breaking = service(connection -> {
            if (connection.request() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
            }
        });
        run(OF_UPSTREAM, breaking);
        for (int i = 0; i < 10; i++) {
            assertThat(get().complete()).isFalse();
        }

        assertThat(get().fault()).isEqualTo("upstream.circuit_open");
    }

    @Test
    void whatClientsDoIsNoFailure() {
        TestUpstream silent = service(TestUpstream.silent());
        run(OF_UPSTREAM, silent);
        for (int i = 1; i <= 15; i++) {
            int now = i;
            try (var client = gateway.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                Await.until("the request", () -> silent.requestCount() == now);
                client.reset();
            }
        }

        assertThat(state()).isZero();
    }

    @Test
    void whereAllAreDownRequestsAreAnsweredAtOnce() {
        TestUpstream one = hello();
        TestUpstream two = hello();
        run("circuitBreaker: {}", one, two);
        one.kill();
        two.kill();
        Await.until("both to be left out", () -> {
            get();
            return gateway.metric("tidegate_upstream_endpoint_healthy", "") == 0;
        });
        double tried = gateway.metric("tidegate_upstream_faults_total", "");

        int refused = 0;
        for (int i = 0; i < 200; i++) {
            RawResponse response = get();
            assertThat(response.status()).isIn(502, 503);
            if (response.status() == 503) {
                assertThat(response.field("retry-after")).isNotNull();
                refused++;
            }
        }
        double tries = gateway.metric("tidegate_upstream_faults_total", "") - tried;
        assertThat(refused).as("but for a try now and then").isGreaterThanOrEqualTo(200 - (int) tries)
                .isGreaterThan(150);
    }
}
