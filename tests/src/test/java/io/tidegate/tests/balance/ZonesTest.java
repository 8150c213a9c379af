package io.tidegate.tests.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Zones, subsets and slow starts.
class ZonesTest extends BalanceFixture {

    private static final int REQUESTS = 300;

    /// The first half of the services in one zone, the others in another.
    private GatewayYaml zoned(String gatewayZone) {
        List<String> endpoints = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            endpoints.add("{ url: %s, zone: %s }".formatted(url(i), i < services.size() / 2 ? "a" : "b"));
        }
        return GatewayYaml.toEndpoints(String.join(", ", endpoints)).with("gateway: { zone: " + gatewayZone + " }");
    }

    private Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        RawClient client = client();
        for (int i = 0; i < REQUESTS; i++) {
            counts.merge(who(client, "/"), 1, Integer::sum);
        }
        return counts;
    }

    private double spilled() {
        return gateway.metric("tidegate_upstream_spilled_total", "");
    }

    private void drain(int service) {
        gateway.engine().upstreams().values().forEach(
                health -> assertThat(health.drain("127.0.0.1:" + service(service).port(), true)).isTrue());
    }

    @Test
    void requestsStayInTheZoneOfTheGateway() {
        services(4);
        gateway = TestGateway.start(zoned("b").text());
        assertThat(counts()).containsOnlyKeys("s2", "s3");
        assertThat(spilled()).isZero();
        gateway.apply(zoned("a").text());
        assertThat(counts()).containsOnlyKeys("s0", "s1");
        gateway.apply(zoned("a").upstream("zonePreference: false").text());
        assertThat(counts()).containsOnlyKeys("s0", "s1", "s2", "s3");
    }

    @Test
    void requestsSpillInTheMeasureInWhichTheZoneFallsShort() {
        services(8);
        gateway = TestGateway.start(zoned("a").upstream("panicThreshold: 0%").text());
        drain(0);
        assertThat(counts()).as("three of four are enough").containsOnlyKeys("s1", "s2", "s3");
        drain(1);
        Map<String, Integer> half = counts();
        int stayed = half.getOrDefault("s2", 0) + half.getOrDefault("s3", 0);
        // 50 of 70 %, and six standard deviations.
        assertThat(stayed).isBetween(REQUESTS * 5 / 7 - 47, REQUESTS * 5 / 7 + 47);
        assertThat(spilled()).isEqualTo(REQUESTS - stayed);
        drain(2);
        drain(3);
        assertThat(counts()).containsOnlyKeys("s4", "s5", "s6", "s7");
    }

    @Test
    void aFullZoneSpills() {
        services(2);
        service(0).script(TestUpstream.silent());
        gateway = TestGateway.start(zoned("a").upstream("connections: { maxPerEndpoint: 2 }").text());
        for (int i = 1; i <= 2; i++) {
            client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            int sent = i;
            Await.until("the request to arrive", () -> service(0).requestCount() == sent);
        }
        assertThat(who(client(), "/")).isEqualTo("s1");
    }

    @Test
    void eachGatewayUsesItsPartAndTogetherTheyUseAll() {
        services(6);
        Set<String> used = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            gateway = TestGateway.start(GatewayYaml.to(all()).upstream("subset: { size: 2 }")
                    .with("gateway: { id: gateway-" + i + " }").text());
            Set<String> mine = counts().keySet();
            assertThat(mine).hasSize(2);
            mine.forEach(name -> assertThat(used.add(name)).as(name).isTrue());
            closeGateway();
        }
        assertThat(used).hasSize(6);
    }

    @Test
    void anEndpointThatIsAddedBeginsWithATenth() {
        services(3);
        gateway = TestGateway.start(GatewayYaml.to(service(0), service(1)).text());
        gateway.apply(GatewayYaml.to(all()).upstream("slowStart: 1h").text());
        // A twenty-first of them, and six standard deviations.
        assertThat(counts().getOrDefault("s2", 0)).isBetween(0, REQUESTS / 21 + 25);
        assertThat(counts().keySet()).contains("s2");
    }

    @Test
    void anEndpointThatComesBackBeginsWithATenth() {
        services(2);
        gateway = TestGateway.start(GatewayYaml.to(all()).upstream("slowStart: 1h").text());
        assertThat(counts().get("s0")).as("all are new").isBetween(REQUESTS / 2 - 60, REQUESTS / 2 + 60);
        drain(0);
        assertThat(counts()).containsOnlyKeys("s1");
        gateway.engine().upstreams().values().forEach(health -> health.drain("127.0.0.1:" + service(0).port(), false));
        assertThat(counts().getOrDefault("s0", 0)).isBetween(1, REQUESTS / 11 + 32);
    }

    @Test
    void aStartIsOverInItsTime() {
        services(2);
        gateway = TestGateway.start(GatewayYaml.to(service(0)).upstream("slowStart: 200ms, loadBalancing: roundRobin")
                .text());
        gateway.apply(GatewayYaml.to(all()).upstream("slowStart: 200ms, loadBalancing: roundRobin").text());
        RawClient client = client();
        // In turns, as with equal weights: the tenth part is long over.
        Await.until("both to be used in turns", () -> {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 20; i += 2) {
                seen.add(who(client, "/") + who(client, "/"));
            }
            return seen.equals(Set.of("s0s1")) || seen.equals(Set.of("s1s0"));
        });
    }
}
