package io.tidegate.tests.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Requests that go by a key of their own.
class KeysTest extends BalanceFixture {

    private static final int KEYS = 60;

    private void run(String key, String route) {
        gateway = TestGateway.start(GatewayYaml.to(all()).upstream("loadBalancing: { ringHash: { key: " + key + " } }")
                .route(route).listener("trustedProxies: [127.0.0.0/8]").text());
    }

    private void run(String key) {
        run(key, "preserveHost: true");
    }

    private Map<Integer, String> homes(RawClient client) {
        Map<Integer, String> homes = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            homes.put(i, who(client, "/", "X-User: user-" + i));
        }
        return homes;
    }

    @Test
    void aKeyGoesToTheSameEndpointOnEveryConnectionAndLoop() {
        services(3);
        gateway = TestGateway.start(new Setup(Setup.PLAIN.transport(), 3), GatewayYaml.to(all())
                .upstream("loadBalancing: { ringHash: { key: header.x-user } }").text());
        Map<Integer, String> homes = homes(client());
        for (int i = 0; i < 6; i++) {
            assertThat(homes(client())).isEqualTo(homes);
        }
        assertThat(new HashSet<>(homes.values())).hasSize(3);
    }

    @Test
    void everyKindOfKeyIsRead() {
        services(4);
        Map<String, String[]> kinds = Map.of(
                "cookie.user", new String[]{"/", "Cookie: a=b; user=%s"},
                "query.user", new String[]{"/?x=1&user=%s", "X: y"},
                "path", new String[]{"/of/%s?any=thing", "X: y"},
                "client", new String[]{"/", "X-Forwarded-For: 10.1.%s.7"});
        kinds.forEach((key, request) -> {
            run(key);
            RawClient client = client();
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 24; i++) {
                String target = request[0].formatted(i);
                String field = request[1].formatted(i);
                String home = who(client, target, field);
                seen.add(home);
                for (int again = 0; again < 3; again++) {
                    assertThat(who(client, target, field)).as("%s %s", key, i).isEqualTo(home);
                }
            }
            assertThat(seen).as(key).hasSizeGreaterThan(2);
            closeGateway();
        });
    }

    @Test
    void theKeyIsThatOfTheRequestAsItGoesOut() {
        services(4);
        run("header.x-user", "policies: [ { headers: { request: { set: { x-user: fixed } } } } ]");
        RawClient client = client();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            seen.add(who(client, "/", "X-User: user-" + i));
        }
        assertThat(seen).hasSize(1);
    }

    @Test
    void requestsWithoutTheKeyAreSpread() {
        services(3);
        run("header.x-user");
        RawClient client = client();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            seen.add(who(client, "/", i % 2 == 0 ? "X-User:" : "X-Other: a"));
        }
        assertThat(seen).hasSize(3);
    }

    @Test
    void anEndpointThatIsAddedTakesKeysFromTheOthersAndMovesNone() {
        services(4);
        String by = "loadBalancing: { ringHash: { key: header.x-user } }";
        gateway = TestGateway.start(GatewayYaml.to(service(0), service(1), service(2)).upstream(by).text());
        Map<Integer, String> before = homes(client());
        gateway.apply(GatewayYaml.to(all()).upstream(by).text());
        Map<Integer, String> after = homes(client());
        after.forEach((key, home) -> assertThat(home).isIn("s3", before.get(key)));
        assertThat(after.values()).contains("s3");
    }

    @Test
    void whatFailsGoesToTheNextOnTheRing() {
        services(3);
        run("header.x-user");
        Map<Integer, String> before = homes(client());
        service(1).close();
        Map<Integer, String> after = homes(client());
        assertThat(before.values()).contains("s1");
        before.forEach((key, home) -> assertThat(after.get(key)).isIn(
                home.equals("s1") ? List.of("s0", "s2") : List.of(home)));
        assertThat(homes(client())).as("by the next on the ring, and not by chance").isEqualTo(after);
    }

    @Test
    void aKeyThatEverybodySendsIsSharedOnceItsEndpointIsFull() {
        services(2);
        services.forEach(service -> service.script(TestUpstream.silent()));
        run("header.x-user");
        for (int i = 1; i <= 20; i++) {
            client().send("GET / HTTP/1.1\r\nHost: a\r\nX-User: all\r\n\r\n");
            int sent = i;
            Await.until("the request to arrive", () -> service(0).requestCount() + service(1).requestCount() == sent);
        }
        int home = Math.max(service(0).requestCount(), service(1).requestCount());
        // Of n requests each has room for 1.25 times half of them.
        assertThat(home).isBetween(11, 13);
        assertThat(gateway.metric("tidegate_upstream_ring_passed_total", "")).isEqualTo(20 - home);
    }
}
