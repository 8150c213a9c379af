package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import org.junit.jupiter.api.Test;

/// Requests that an agent decides on.
class OpaTest extends AccessFixture {

    private TestUpstream agent() {
        return asked(request -> request.body().contains("\"path\":[\"public\"]")
                ? json("{\"result\":{\"allow\":true,\"headers\":{\"X-Level\":\"1\"}}}")
                : json("{\"decision_id\":\"d\"}"));
    }

    private static String policy(TestUpstream agent, String more) {
        return "{ opa: { url: \"" + agent.url() + "\", path: gateway/allow, requestHeaders: [X-Level],"
                + " http: { timeout: 20s }" + more + " } }";
    }

    @Test
    void theAgentDecides() {
        TestUpstream agent = agent();
        start(policy(agent, ", cacheFor: 1m"));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/public", "X-Level: 9\r\n")).status()).isEqualTo(200);
            assertThat(client.exchange(request("/public", "")).status()).isEqualTo(200);
            RawResponse denied = client.exchange(request("/private", ""));
            assertThat(denied.status()).isEqualTo(403);
            assertThat(denied.fault()).isEqualTo("access.denied");
        }
        assertThat(agent.requestCount()).isEqualTo(2);
        assertThat(agent.request(0).line()).isEqualTo("POST /v1/data/gateway/allow HTTP/1.1");
        assertThat(agent.request(0).body()).isEqualTo("{\"input\":{\"principal\":null,\"address\":\"127.0.0.1\","
                + "\"host\":\"shop\",\"method\":\"GET\",\"path\":[\"public\"],\"query\":{},\"scheme\":\"http\"}}");
        assertThat(service.requestCount()).isEqualTo(2);
        assertThat(service.request(0).field("x-level")).isEqualTo("1");
        assertThat(service.request(0).count("x-level")).isEqualTo(1);
    }

    @Test
    void anAgentThatIsDownLetsNobodyIn() {
        TestUpstream agent = agent();
        start(policy(agent, ""));
        agent.close();

        RawResponse response = get("/public");

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.fault()).isEqualTo("access.unavailable");
        assertThat(response.field("Retry-After")).isEqualTo("1");
        assertThat(service.requestCount()).isZero();
    }

    @Test
    void whoOnlyObservesRefusesNobody() {
        TestUpstream agent = agent();
        start(policy(agent, "").replace("{ opa", "{ mode: observe, opa"));

        assertThat(get("/private").status()).isEqualTo(200);

        assertThat(agent.requestCount()).isEqualTo(1);
        assertThat(service.requestCount()).isEqualTo(1);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"denied\"")).isEqualTo(1);
    }
}
