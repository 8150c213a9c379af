package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import io.tidegate.identity.apikey.KeyHash;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.ServicesFixture;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests that go one way or another by who calls.
class SteeringTest extends ServicesFixture {

    private static final int CALLERS = 24;
    private static final int TENANTS = 12;
    private static final ECKey KEY = KeyServer.key("first");

    private final KeyServer issuer = KeyServer.start(KEY);

    @AfterEach
    void end() {
        issuer.close();
    }

    /// Services that answer with their names: `s0`, `s1` and so on.
    private void services(int count) {
        for (int i = 0; i < count; i++) {
            String name = "s" + i;
            service(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + name));
        }
    }

    private String url(int service) {
        return '"' + services.get(service).url() + '"';
    }

    private String jwt(String more) {
        return "jwt: { issuer: \"" + issuer.issuer() + "\", audience: orders" + more + " }";
    }

    private static String key(int caller) {
        return "the-key-of-" + caller;
    }

    /// `c-0`, `c-1` and so on, who have keys; the first of whom is of the group `beta`.
    private static String consumers() {
        return IntStream.range(0, CALLERS)
                .mapToObj(
                        i -> "  c-%s: { groups: [%s], apiKeys: [ { name: old, sha256: %s }, { name: new, sha256: %s } ] }"
                                .formatted(i, i == 0 ? "beta" : "all", KeyHash.hexOf(key(i)),
                                        KeyHash.hexOf("new-" + key(i))))
                .collect(Collectors.joining("\n", "consumers:\n", "\n"));
    }

    private void run(String upstreams, String routes) {
        gateway = TestGateway.start(AccessFixture.TWO_LOOPS, """
                listeners:
                  default: { address: "127.0.0.1:0" }
                telemetry: { accessLog: { to: none } }
                upstreams:
                %s
                routes:
                %s
                %s""".formatted(upstreams.indent(2), routes.indent(2), consumers()));
    }

    private void split(String route) {
        services(2);
        run("blue: { endpoints: [" + url(0) + "] }\ngreen: { endpoints: [" + url(1) + "] }", "all: { " + route + " }");
    }

    private String who(String path, String fields) {
        try (RawClient client = gateway.client()) {
            return client.exchange(AccessFixture.request(path, fields)).body();
        }
    }

    private static String showing(String key) {
        return "X-API-Key: " + key + "\r\n";
    }

    private String bearing(String subject, Map<String, Object> claims) {
        return "Authorization: Bearer " + issuer.token(KEY, subject, claims) + "\r\n";
    }

    /// Who answers each of the callers, the same one each time.
    private Map<Integer, String> homes(String path, IntFunction<String> fields) {
        Map<Integer, String> homes = new TreeMap<>();
        for (int i = 0; i < CALLERS; i++) {
            String shown = fields.apply(i);
            homes.put(i, who(path, shown));
            for (int again = 0; again < 2; again++) {
                assertThat(who(path, shown)).as("caller %s", i).isEqualTo(homes.get(i));
            }
        }
        return homes;
    }

    private Set<String> seen(String path, String fields) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            seen.add(who(path, fields));
        }
        return seen;
    }

    @Test
    void aConsumerStaysOnItsSideWhicheverKeyItShows() {
        split("upstreams: { blue: 1, green: 1 }, splitBy: consumer, policies: [ { apiKey: {} } ]");
        Map<Integer, String> homes = homes("/", i -> showing(key(i)));
        assertThat(homes.values()).contains("s0", "s1");
        assertThat(homes("/", i -> showing("new-" + key(i)))).isEqualTo(homes);
    }

    @Test
    void aCallerWhoIsNoConsumerStaysTooAndIsNotTakenForOneOfThatName() {
        services(2);
        run("blue: { endpoints: [" + url(0) + "] }\ngreen: { endpoints: [" + url(1) + "] }",
                """
                        keys: { match: [ { path: /keys } ], upstreams: { blue: 1, green: 1 }, splitBy: consumer, policies: [ { apiKey: {} } ] }
                        tokens: { match: [ { path: /tokens } ], upstreams: { blue: 1, green: 1 }, splitBy: consumer, policies: [ { %s } ] }
                        """
                        .formatted(jwt("")));
        Map<Integer, String> consumers = homes("/keys", i -> showing(key(i)));
        Map<Integer, String> subjects = homes("/tokens", i -> bearing("c-" + i, Map.of()));
        assertThat(subjects.values()).contains("s0", "s1");
        assertThat(subjects).isNotEqualTo(consumers);
    }

    @Test
    void aClaimIsAKeyWhereItIsATextANumberOrATruthValue() {
        split("upstreams: { blue: 1, green: 1 }, splitBy: claim.org.id, policies: [ { " + jwt("") + " } ]");
        Map<Integer, String> texts = homes("/", i -> bearing("ann", Map.of("org", Map.of("id", "o-" + i))));
        assertThat(texts.values()).contains("s0", "s1");
        assertThat(homes("/", i -> bearing("bob", Map.of("org.id", "o-" + i)))).as("by its whole name")
                .isEqualTo(texts);
        assertThat(homes("/", i -> bearing("ann", Map.of("org", Map.of("id", 1000 + i)))).values())
                .contains("s0", "s1");
        assertThat(homes("/", i -> bearing("ann", Map.of("org", Map.of("id", i % 2 == 0))))).hasSize(CALLERS);
        assertThat(seen("/", bearing("ann", Map.of("org", Map.of("id", List.of("a")))))).as("a list is none")
                .hasSize(2);
        assertThat(seen("/", bearing("ann", Map.of("org", "a")))).as("nothing is none").hasSize(2);
    }

    @Test
    void aRingGoesByTheConsumerWhereThereIsOneAndByLoadElse() {
        services(3);
        run("all: { endpoints: [" + url(0) + ", " + url(1) + ", " + url(2)
                + "], loadBalancing: { ringHash: { key: consumer, loadFactor: 0 }, method: random } }",
                """
                        keys: { match: [ { path: /keys } ], upstream: all, policies: [ { apiKey: { optional: true } } ] }
                        open: { match: [ { path: /open } ], upstream: all }
                        """);
        assertThat(Set.copyOf(homes("/keys", i -> showing(key(i))).values())).hasSize(3);
        assertThat(seen("/keys", "")).as("nobody").hasSize(3);
        assertThat(seen("/open", showing(key(1)))).as("nobody is asked").hasSize(3);
    }

    @Test
    void aRingGoesByAClaim() {
        services(3);
        run("all: { endpoints: [" + url(0) + ", " + url(1) + ", " + url(2)
                + "], loadBalancing: { ringHash: { key: claim.tenant, loadFactor: 0 } } }",
                "all: { upstream: all, policies: [ { " + jwt("") + " } ] }");
        Map<Integer, String> homes = homes("/", i -> bearing("ann-" + i, Map.of("tenant", i % TENANTS)));
        // Where each is at home is by chance, as ports are; that all are at one place is not.
        assertThat(Set.copyOf(homes.values())).hasSizeGreaterThan(1);
        for (int i = TENANTS; i < CALLERS; i++) {
            assertThat(homes.get(i)).isEqualTo(homes.get(i % TENANTS));
        }
    }

    @Test
    void aGroupGoesToTheCanaryWhateverTheShares() {
        split("upstreams: { blue: 1, green: { when: 'consumer.groups.exists(g, g == \"beta\")' } },"
                + " policies: [ { apiKey: {} } ]");
        assertThat(seen("/", showing(key(0)))).containsExactly("s1");
        assertThat(seen("/", showing(key(1)))).containsExactly("s0");
        assertThat(who("/", "")).contains("auth.missing");
    }

    @Test
    void aCanaryHasItsShareOfTheOthersToo() {
        split("upstreams: { blue: 1, green: { weight: 1, when: '\"beta\" in consumer.groups' } },"
                + " policies: [ { apiKey: {} } ]");
        assertThat(seen("/", showing(key(0)))).containsExactly("s1");
        assertThat(seen("/", showing(key(1)))).hasSize(2);
    }

    @Test
    void theFirstConditionThatHoldsWins() {
        services(3);
        run("blue: { endpoints: [" + url(0) + "] }\ngreen: { endpoints: [" + url(1) + "] }\nred: { endpoints: ["
                + url(2) + "] }",
                """
                        one: { match: [ { path: /one } ], upstreams: { blue: 1, red: { when: '"x-red" in request.headers' }, green: { when: '"x-green" in request.headers' } } }
                        two: { match: [ { path: /two } ], upstreams: { green: { when: '"x-green" in request.headers' }, red: { when: '"x-red" in request.headers' }, blue: 1 } }
                        """);
        assertThat(who("/one", "X-Green: 1\r\n")).isEqualTo("s1");
        assertThat(who("/one", "X-Red: 1\r\n")).isEqualTo("s2");
        assertThat(who("/one", "X-Red: 1\r\nX-Green: 1\r\n")).isEqualTo("s2");
        assertThat(who("/two", "X-Red: 1\r\nX-Green: 1\r\n")).isEqualTo("s1");
        assertThat(who("/two", "")).isEqualTo("s0");
    }

    @Test
    void whatCannotBeEvaluatedDoesNotHoldAndIsCounted() {
        split("upstreams: { blue: 1, green: { when: 'token.plan == \"gold\"' } }, policies: [ { " + jwt("") + " } ]");
        assertThat(who("/", bearing("ann", Map.of("plan", "gold")))).isEqualTo("s1");
        assertThat(who("/", bearing("ann", Map.of("plan", "tin")))).isEqualTo("s0");
        assertThat(gateway.metric("tidegate_split_conditions_failed_total", "route=\"all\"")).isZero();
        assertThat(seen("/", bearing("ann", Map.of()))).containsExactly("s0");
        assertThat(gateway.metric("tidegate_split_conditions_failed_total", "route=\"all\"")).isEqualTo(60);
    }

    @Test
    void aConditionSeesTheRequestAsPoliciesHaveLeftIt() {
        split("upstreams: { blue: 1, green: { when: 'request.headers[\"x-side\"] == \"green\"' } },"
                + " policies: [ { apiKey: {} }, { headers: { request: { set: { x-side: green } } },"
                + " when: '\"beta\" in consumer.groups' } ]");
        assertThat(who("/", showing(key(0)))).isEqualTo("s1");
        assertThat(who("/", showing(key(1)) + "X-Side: green\r\n")).isEqualTo("s1");
        assertThat(who("/", showing(key(1)) + "X-Side: blue\r\n")).isEqualTo("s0");
    }
}
