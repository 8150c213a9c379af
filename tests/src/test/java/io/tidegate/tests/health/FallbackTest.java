package io.tidegate.tests.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Upstreams that stand in for others.
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class FallbackTest extends HealthFixture {

    private static final String OTHER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother";

    private void run(String keys, TestUpstream main, TestUpstream other) {
        gateway = TestGateway.start(setup, """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  main: { endpoints: ["%s"], fallback: other, %s }
                  other: { endpoints: ["%s"] }
                routes:
                  all: { upstream: main }
                telemetry: { accessLog: { to: none } }
                """.formatted(main.url(), keys, other.url()));
    }

    private double inUse() {
        return gateway.metric("tidegate_upstream_fallback_used", "upstream=\"main\"");
    }

    @Test
    void anUpstreamThatTakesNoConnectionsIsStoodInForUntilItIsBack() {
        TestUpstream main = hello();
        TestUpstream other = service(TestUpstream.answering(OTHER));
        run("outlierDetection: { ejectFor: 200ms }", main, other);
        serve(10);
        assertThat(other.requestCount()).isZero();
        assertThat(inUse()).isZero();

        main.kill();
        getUntil(main, false);
        assertThat(inUse()).isEqualTo(1);
        Await.until("the other one to answer", () -> get().body().equals("other"));

        back(main);
        Await.until("the first one to answer again", () -> get().body().equals("hello"));
        serve(5);
    }

    @Test
    void anUpstreamIsTriedWhereTheOneThatStandsInIsDownToo() {
        TestUpstream main = hello();
        TestUpstream other = service(TestUpstream.answering(OTHER));
        run("outlierDetection: { ejectFor: 1h, maxEjectFor: 1h }", main, other);
        serve(5);
        other.kill();
        main.kill();
        getUntil(main, false);
        getUntil(other, false);

        back(main);

        Await.until("the first one to answer again", () -> get().body().equals("hello"));
        serve(5);
    }

    @Test
    void anUpstreamThatAnswersWithErrorsIsStoodInFor() {
        TestUpstream main = service(TestUpstream.answering(UNAVAILABLE));
        TestUpstream other = service(TestUpstream.answering(OTHER));
        run("outlierDetection: { ejectFor: 1h, maxEjectFor: 1h }", main, other);
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 20; i++) {
                RawResponse response = client.get("/");
                assertThat(response.status()).isEqualTo(i < 5 ? 503 : 200);
            }
        }
        assertThat(main.requestCount()).isEqualTo(5);
    }

    @Test
    void anUpstreamWhoseChecksFailIsStoodInForAndWhereBothAreDownItIsA503() {
        TestUpstream main = service(TestUpstream.answering(UNAVAILABLE));
        TestUpstream other = service(TestUpstream.answering(OTHER));
        run("healthCheck: { interval: 50ms, timeout: 10s }", main, other);
        await(main, false);
        int checks = main.requestCount();
        Await.until("the other one to answer", () -> get().body().equals("other"));

        other.kill();
        Await.until("requests to be turned away", () -> get().fault().equals("upstream.unavailable"));
        main.script(TestUpstream.answering(HELLO));
        await(main, true);
        serve(5);
        assertThat(main.requestCount()).isGreaterThan(checks);
    }
}
