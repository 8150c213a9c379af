package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Which endpoint, and which upstream, gets how much.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class BalancingTest {

    private static final int REQUESTS = 600;

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    private TestUpstream one;
    private TestUpstream two;

    @BeforeEach
    void start() {
        one = TestUpstream.hello();
        two = TestUpstream.hello();
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private void run(String yaml) {
        try (TestGateway gateway = TestGateway.start(setup, yaml); RawClient client = gateway.client()) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(client.get("/").body()).isEqualTo("hello");
            }
        }
        assertThat(one.requestCount() + two.requestCount()).isEqualTo(REQUESTS);
    }

    private String weighted() {
        return "{ url: \"%s\", weight: 1 }, { url: \"%s\", weight: 2 }".formatted(one.url(), two.url());
    }

    @Test
    void inTurnEveryEndpointGetsExactlyItsShare() {
        run(GatewayYaml.toEndpoints(weighted()).upstream("loadBalancing: roundRobin").text());

        assertThat(one.requestCount()).isEqualTo(REQUESTS / 3);
    }

    @Test
    void atRandomEveryEndpointGetsAboutItsShare() {
        run(GatewayYaml.toEndpoints(weighted()).upstream("loadBalancing: random").text());

        // Seven standard deviations around a third.
        assertThat(one.requestCount()).isBetween(REQUESTS / 3 - 81, REQUESTS / 3 + 81);
    }

    @Test
    void theLessBusyEndpointGetsMore() {
        run(GatewayYaml.to(one, two).text());

        assertThat(one.requestCount()).isBetween(REQUESTS / 2 - 86, REQUESTS / 2 + 86);
    }

    @Test
    void aBusyEndpointGetsLess() {
        TestUpstream busy = TestUpstream.start(TestUpstream.silent());
        List<RawClient> clients = new ArrayList<>();
        try (busy; TestGateway gateway = TestGateway.start(setup, GatewayYaml.to(busy, two).text())) {
            for (int i = 1; i <= 100; i++) {
                RawClient client = gateway.client();
                clients.add(client);
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                int sent = i;
                Await.until("the request to arrive", () -> busy.requestCount() + two.requestCount() == sent);
            }
            // Of two endpoints drawn with replacement the busy one is twice itself in a quarter of the draws.
            assertThat(busy.requestCount()).isBetween(1, 50);
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void anEndpointWithoutWeightGetsNothing() {
        run(GatewayYaml.toEndpoints("\"%s\", { url: \"%s\", weight: 0 }".formatted(one.url(), two.url())).text());

        assertThat(two.requestCount()).isZero();
    }

    @Test
    void upstreamsShareARouteByTheirWeights() {
        run("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  blue: { endpoints: ["%s"] }
                  green: { endpoints: ["%s"] }
                routes:
                  all: { upstreams: { blue: 90, green: 10 } }
                """.formatted(one.url(), two.url()));

        assertThat(two.requestCount()).isBetween(REQUESTS / 10 - 52, REQUESTS / 10 + 52);
    }

    @Test
    void namesAreResolved() {
        run(GatewayYaml.to("http://localhost:" + one.port()).text());

        assertThat(one.requestCount()).isEqualTo(REQUESTS);
    }
}
