package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which policies run for which requests: lists, conditions, observing, locks and sets, in a gateway that runs.
class PolicyListsTest extends ProxyTest {

    private void routePolicies(String... policies) {
        gateway.apply(GatewayYaml.to(upstream).route("policies: [" + String.join(", ", policies) + "]").text());
    }

    private static String mark(String by) {
        return "{ headers: { request: { set: { x-by: \"%s\" } } } }".formatted(by);
    }

    private RawResponse ask(String request) {
        try (RawClient client = gateway.client()) {
            return client.exchange(request);
        }
    }

    private RawResponse ask(String line, String fields) {
        return ask(line + " HTTP/1.1\r\nHost: a.example:81\r\n" + fields + "\r\n");
    }

    /// What the service was told by the request for `path`.
    private String by(String path) {
        int before = upstream.requestCount();
        assertThat(ask("GET " + path, "").status()).isEqualTo(200);
        RawRequest request = upstream.request(before);
        return String.valueOf(request.field("x-by"));
    }

    private double observed(String policy) {
        return gateway.metric("tidegate_policy_observed_total", "policy=\"" + policy + "\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            request.method == "PUT"                                   | PUT /     |              | GET /    |
            request.path.startsWith("/a/")                            | GET /a/b  |              | GET /ab  |
            request.path == "/c"                                      | GET /b/../%63 |          | GET /%43 |
            request.query == "x=1"                                    | GET /?x=1 |              | GET /?x=2 |
            request.query == ""                                       | GET /     |              | GET /?a  |
            request.scheme == "http" && request.host == "a.example"   | GET /     |              | GET http://b.example/ | b
            "x-beta" in request.headers                               | GET /     | X-Beta:      | GET /    | X-Alpha: 1
            request.headers["x-t"] == "1, 2"                          | GET /     | X-T: 1;x-t: 2 | GET /   | x-t: 1
            request.headers[?"x-n"].orValue("none") == "none"         | GET /     |              | GET /    | x-n: 1
            client.address == "10.0.0.9"                              | GET /     | X-Forwarded-For: 10.0.0.9 | GET / |
            client.peerAddress == "127.0.0.1" && client.trusted && !client.secure && request.path == "/p" | GET /p | | GET /q |
            client.listener == "default" && route == "all" && request.method == "GET" | GET / |  | POST /   | Content-Length: 0
            """)
    void aConditionDecidesForEachRequest(String condition, String holds, String holdsWith, String not,
            String notWith) {
        gateway.apply(GatewayYaml.to(upstream).listener("trustedProxies: [127.0.0.1/32]")
                .route("policies: [{ respond: { status: 418 }, when: '" + condition + "' }]").text());

        assertThat(ask(holds, fields(holdsWith)).status()).as("where it holds").isEqualTo(418);
        assertThat(upstream.requestCount()).isZero();
        if ("b".equals(notWith)) {
            assertThat(ask(not + " HTTP/1.1\r\nHost: b.example\r\n\r\n").status()).isEqualTo(200);
        } else {
            assertThat(ask(not, fields(notWith)).status()).as("where it does not hold").isEqualTo(200);
        }
        assertThat(upstream.requestCount()).isEqualTo(1);
    }

    private static String fields(String separated) {
        return separated == null ? "" : separated.replace(";", "\r\n") + "\r\n";
    }

    @Test
    void aConditionOfAPolicyOfEveryRouteHoldsOnEveryRoute() {
        gateway.apply("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"] }
                policies:
                  - headers: { request: { set: { x-by: global } } }
                    when: request.path.endsWith("/in")
                routes:
                  one: { match: [{ path: "/one/**" }], upstream: all }
                  two: { match: [{ path: "/two/**" }], upstream: all }
                telemetry: { accessLog: { to: none } }
                """.formatted(upstream.url()));

        assertThat(by("/one/in")).isEqualTo("global");
        assertThat(by("/one/out")).isEqualTo("null");
        assertThat(by("/two/in")).isEqualTo("global");
        assertThat(by("/two/out")).isEqualTo("null");
    }

    @Test
    void aPolicyWhoseConditionDoesNotHoldDoesNotSeeTheResponse() {
        routePolicies("{ headers: { response: { set: { x-out: \"1\" } } }, when: 'request.path == \"/in\"' }");

        assertThat(ask("GET /in", "").field("x-out")).isEqualTo("1");
        assertThat(ask("GET /out", "").field("x-out")).isNull();
    }

    @Test
    void aConditionThatReadsAMissingHeaderFailsTheRequest() {
        routePolicies("{ respond: { status: 418 }, when: 'request.headers[\"x-none\"] == \"1\"' }");
        try (RawClient client = gateway.client()) {
            RawResponse failed = client.get("/");
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.fault()).isEqualTo("policy.condition");
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: a\r\nX-None: 2\r\n\r\n").status()).isEqualTo(200);
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: a\r\nX-None: 1\r\n\r\n").status()).isEqualTo(418);
        }
        assertThat(gateway.metric("tidegate_faults_total", "code=\"policy.condition\"")).isEqualTo(1);
    }

    @Test
    void aReloadPutsAnotherConditionInPlaceForTheSameConnection() {
        routePolicies("{ respond: { status: 418 }, when: 'request.path == \"/a\"' }");
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/a").status()).isEqualTo(418);
            assertThat(client.get("/b").status()).isEqualTo(200);

            routePolicies("{ respond: { status: 418 }, when: 'request.path == \"/b\"' }");

            assertThat(client.get("/a").status()).isEqualTo(200);
            assertThat(client.get("/b").status()).isEqualTo(418);
        }
    }

    @Test
    void policiesRunInTheirOrderAndResponsesPassThemInReverse() {
        gateway.apply(GatewayYaml.to(upstream).with("policies: [" + add("1") + ", " + add("2") + "]").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/").field("x-out")).isEqualTo("2, 1");
        }
        assertThat(upstream.request(0).field("x-in")).isEqualTo("1, 2");
    }

    private static String add(String by) {
        return "{ headers: { request: { add: { x-in: [\"%s\"] } }, response: { add: { x-out: [\"%s\"] } } } }"
                .formatted(by, by);
    }

    @Test
    void anObservingPolicyChangesNothingAndIsCounted() {
        routePolicies("{ headers: { request: { set: { x-by: it } }, response: { remove: [x-of] } }, mode: observe,"
                + " when: 'request.path != \"/out\"' }");
        answersWith("X-Of: service\r\n");

        RawResponse response = ask("GET /in", "");

        assertThat(response.field("x-of")).isEqualTo("service");
        assertThat(upstream.request(0).field("x-by")).isNull();
        assertThat(observed("routes.all.policies[0]")).as("changes of the request and of the response").isEqualTo(2);
        ask("GET /out", "");
        assertThat(observed("routes.all.policies[0]")).isEqualTo(2);
    }

    private void answersWith(String fields) {
        answers("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nok");
    }

    @Test
    void anObservingPolicyRefusesAndAnswersNothingAndIsCounted() {
        routePolicies("{ requestLimits: { maxQueryParameters: 1, maxBody: 10B }, mode: observe }",
                "{ respond: { status: 418 }, mode: observe, when: 'request.path == \"/answer\"' }");

        assertThat(ask("GET /?a=1", "").status()).isEqualTo(200);
        assertThat(observed("routes.all.policies[0]")).isZero();
        assertThat(ask("GET /?a=1&b=2", "").status()).isEqualTo(200);
        assertThat(observed("routes.all.policies[0]")).isEqualTo(1);
        assertThat(ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n12345678901").status()).isEqualTo(200);
        assertThat(observed("routes.all.policies[0]")).isEqualTo(2);
        assertThat(ask("GET /answer", "").body()).isEqualTo("hello");
        assertThat(observed("routes.all.policies[1]")).isEqualTo(1);
        assertThat(gateway.metric("tidegate_faults_total", "")).isZero();
        assertThat(upstream.requestCount()).isEqualTo(4);
    }

    @Test
    void anObservingPolicyThatWouldChangeNothingIsNotCounted() {
        routePolicies("{ headers: { request: { set: { x-same: \"1\" }, remove: [x-none] } }, mode: observe }");

        ask("GET /", "X-Same: 1\r\n");
        assertThat(observed("routes.all.policies[0]")).isZero();
        ask("GET /", "X-Same: 2\r\n");
        assertThat(observed("routes.all.policies[0]")).isEqualTo(1);
    }

    /// Three routes: one without policies, one with its own, one that switches off.
    private String global(String policies) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"] }
                policies: [%s]
                routes:
                  plain: { match: [{ path: /plain }], upstream: all }
                  own: { match: [{ path: /own }], upstream: all, policies: [%s] }
                  off: { match: [{ path: /off }], upstream: all, policies: [{ headers: false }] }
                telemetry: { accessLog: { to: none } }
                """.formatted(upstream.url(), policies,
                "{ headers: { request: { add: { x-by: [route] } } } }");
    }

    @Test
    void aRouteReplacesOrSwitchesOffWhatEveryRouteHas() {
        gateway.apply(global("{ headers: { request: { add: { x-by: [global] } } } }"));

        assertThat(by("/plain")).isEqualTo("global");
        assertThat(by("/own")).isEqualTo("route");
        assertThat(by("/off")).isEqualTo("null");
    }

    @Test
    void whatIsLockedRunsOnEveryRouteAndNoneReplacesItOrSwitchesItOff() {
        String locked = global("{ headers: { request: { add: { x-by: [global] } } }, locked: true }");
        String replacing = locked.replace(", policies: [{ headers: false }]", "");
        String off = locked.replace(", policies: [{ headers: { request: { add: { x-by: [route] } } } }]", "");
        gateway.apply(off.replace(", policies: [{ headers: false }]", ""));

        assertThat(catchRefusal(replacing)).contains("routes.own.policies[0]: 'headers' is locked by policies[0]");
        assertThat(catchRefusal(off)).contains("routes.off.policies[0]: 'headers' is locked by policies[0]");

        for (String path : new String[]{"/plain", "/own", "/off"}) {
            assertThat(by(path)).as(path).isEqualTo("global");
        }
    }

    private String catchRefusal(String yaml) {
        try {
            gateway.apply(yaml);
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage());
        }
        return "";
    }

    @Test
    void aSetIsPutInWithTheConditionAndTheModeBesideIt() {
        gateway.apply("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"] }
                policySets:
                  inner: [{ headers: { request: { add: { x-by: [inner] } } }, when: 'request.path.endsWith("1")' }]
                  partner:
                    - use: inner
                    - headers: { request: { add: { x-by: [partner] } } }
                routes:
                  always: { match: [{ path: "/always/**" }], upstream: all, policies: [{ use: partner }] }
                  beta:
                    match: [{ path: "/beta/**" }]
                    upstream: all
                    policies: [{ use: partner, when: 'request.query == "beta"' }]
                  watch:
                    match: [{ path: "/watch/**" }]
                    upstream: all
                    policies: [{ use: partner, mode: observe }]
                telemetry: { accessLog: { to: none } }
                """.formatted(upstream.url()));

        assertThat(by("/always/1")).isEqualTo("inner, partner");
        assertThat(by("/always/2")).isEqualTo("partner");
        assertThat(by("/beta/1")).isEqualTo("null");
        assertThat(by("/beta/1?beta")).isEqualTo("inner, partner");
        assertThat(by("/beta/2?beta")).isEqualTo("partner");
        assertThat(observed("")).isZero();
        assertThat(by("/watch/1")).isEqualTo("null");
        assertThat(gateway.metric("tidegate_policy_observed_total", "policySets.")).isEqualTo(2);
        assertThat(by("/watch/2")).isEqualTo("null");
        assertThat(gateway.metric("tidegate_policy_observed_total", "policySets.")).isEqualTo(3);
    }

    @Test
    void theFirstThatAnswersEndsTheListForARequest() {
        routePolicies("{ respond: { status: 418 }, when: 'request.path == \"/tea\"' }", mark("behind"));

        assertThat(ask("GET /tea", "").status()).isEqualTo(418);
        assertThat(by("/coffee")).isEqualTo("behind");
        assertThat(upstream.requests()).extracting(RawRequest::target).containsExactly("/coffee");
    }
}
