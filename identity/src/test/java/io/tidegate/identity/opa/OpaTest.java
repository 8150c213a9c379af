package io.tidegate.identity.opa;

import static io.tidegate.identity.remote.AskedServer.answer;
import static io.tidegate.identity.remote.AskedServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.api.Principal;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.remote.AskedServer;
import io.tidegate.identity.remote.TestClock;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TesterResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that an agent decides on.
class OpaTest {

    private static final String ALLOWED = json("{\"result\":true}");

    private final AskedServer agent = AskedServer.start();
    private final TestClock clock = new TestClock();
    private final List<PolicyTester> testers = new ArrayList<>();

    @AfterEach
    void closeAll() {
        testers.forEach(PolicyTester::close);
        agent.close();
    }

    private OpaConfig config(String url, Duration cacheFor, long millis) {
        return new OpaConfig(url, "gateway/allow", EnumSet.allOf(OpaConfig.Part.class), List.of("X-Tenant", "Accept"),
                List.of("X-User"), List.of("WWW-Authenticate", "Location"), "to.ken", cacheFor, 100, 1000,
                AskedServer.http(millis));
    }

    private PolicyTester tester(OpaConfig config, @Nullable Principal caller) {
        PolicyTester tester = PolicyTester.at(clock);
        if (caller != null) {
            tester = tester.then(new Policy() {
                @Override
                public Decision onRequest(Exchange exchange) {
                    exchange.identify(caller);
                    return Decision.next();
                }
            });
        }
        tester = tester.then(new OpaFactory(), config);
        testers.add(tester);
        return tester;
    }

    private PolicyTester tester() {
        return tester(config(agent.url(""), Duration.ZERO, 20_000), null);
    }

    @Test
    void theAgentIsToldWhatIsKnown() throws StrictJson.MalformedException {
        agent.answers(ALLOWED);
        Principal caller = new Principal("jwt", "u1", "https://id", new Consumer("acme", Set.of()), Set.of("b", "a"),
                Set.of("read"), Map.of("tier", 3L, "roles", List.of("x")));

        TesterResult result = tester(config(agent.url("/"), Duration.ZERO, 20_000), caller)
                .request("PUT", "/orders/a%20b/%C3%A9/?x=1&x=a+b%26&y").header("X-Tenant", "t")
                .header("x-tenant", "\"u\"")
                .header("X-Unseen", "1").send();

        assertThat(result.status()).as("%s", result).isEqualTo(200);
        assertThat(agent.request(0).line()).isEqualTo("POST /v1/data/gateway/allow HTTP/1.1");
        assertThat(agent.request(0).field("authorization")).isEqualTo("Bearer to.ken");
        assertThat(StrictJson.object(agent.request(0).body().getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo(StrictJson
                        .object("""
                                {"input": {"method": "PUT", "path": ["orders", "a b", "é", ""], "query": {"x": ["1", "a b&"], "y": [""]},
                                  "host": "gateway.test", "scheme": "http", "address": "203.0.113.7", "route": "test",
                                  "headers": {"x-tenant": ["t", "\\"u\\""]},
                                  "principal": {"method": "jwt", "subject": "u1", "issuer": "https://id", "consumer": "acme",
                                    "groups": ["a", "b"], "scopes": ["read"], "claims": {"tier": 3, "roles": ["x"]}}}}
                                """));
    }

    @Test
    void theAgentIsToldThatNobodyIsKnown() {
        agent.answers(ALLOWED);

        tester().get("/").send();

        assertThat(agent.request(0).body()).contains("\"principal\":null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"result\":null}", "{\"result\":false}", "{\"result\":{\"allow\":false}}",
        "{\"result\":{\"allow\":false,\"status\":403,\"reason\":\"no\",\"headers\":{\"X-Other\":\"a\"}}}"})
    void whatDoesNotAllowRefuses(String answer) {
        agent.answers(json(answer));

        TesterResult result = tester().get("/").send();

        assertThat(result.fault()).isEqualTo(AccessFaults.DENIED);
        assertThat(result.header("x-other")).isNull();
        assertThat(result.reachedUpstream()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "true", "[]", "no", "{\"result\":\"true\"}", "{\"result\":1}", "{\"result\":{}}",
        "{\"result\":[true]}", "{\"result\":{\"allow\":\"true\"}}", "{\"result\":false,\"result\":true}",
        "{\"result\":{\"allow\":false,\"allow\":true}}", "{\"result\":{\"allow\":false,\"status\":200}}",
        "{\"result\":{\"allow\":false,\"status\":\"403\"}}", "{\"result\":{\"allow\":false,\"status\":304}}",
        "{\"result\":{\"allow\":true,\"headers\":[]}}",
        "{\"result\":{\"allow\":true,\"headers\":{\"X-User\":\"a\\r\\nb\"}}}",
        "{\"result\":{\"allow\":true,\"headers\":{\"x-user\":7}}}"})
    void whatIsNoDecisionLetsNobodyIn(String answer) {
        agent.answers(json(answer));

        assertUndecided(tester().get("/").send());
    }

    private static void assertUndecided(TesterResult result) {
        assertThat(result.fault()).isEqualTo(AccessFaults.DECISION_UNAVAILABLE);
        assertThat(result.status()).isEqualTo(503);
        assertThat(result.header("retry-after")).isEqualTo("1");
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void anAgentThatIsSilentHugeBrokenOrGoneLetsNobodyIn() {
        assertUndecided(tester(config(agent.url(""), Duration.ZERO, 50), null).get("/").send());
        agent.answers(answer(500, "", "{\"result\":true}"));
        assertUndecided(tester().get("/").send());
        agent.answers(json("{\"result\":true,\"x\":\"" + "x".repeat(5000) + "\"}"));
        assertUndecided(tester().get("/").send());
        TestUpstream gone = TestUpstream.hello();
        gone.close();
        assertUndecided(tester(config(gone.url(), Duration.ZERO, 20_000), null).get("/").send());
    }

    @Test
    void theAgentMayWriteTheFieldsThatAreDeclared() {
        agent.answers(json("{\"result\":{\"allow\":true,\"headers\":{\"X-User\":[\"a\",\"b\"],\"X-Root\":\"yes\"}}}"));
        PolicyTester tester = tester();

        TesterResult result = tester.get("/").header("X-User", "root").send();

        assertThat(result.sent().header("x-user")).isEqualTo("a, b");
        assertThat(result.sent().header("x-root")).isNull();
        agent.answers(ALLOWED);
        assertThat(tester.get("/").header("X-User", "root").send().sent().header("x-user")).isNull();
        assertThat(new OpaFactory().ownHeaders(config(agent.url(""), Duration.ZERO, 1))).containsExactly("x-user");
    }

    @Test
    void theAgentMayChooseTheAnswer() {
        agent.answers(json("{\"result\":{\"allow\":false,\"status\":302,\"headers\":{\"location\":\"/login\"}}}"));
        TesterResult redirect = tester().get("/").send();
        assertThat(redirect.status()).isEqualTo(302);
        assertThat(redirect.header("location")).isEqualTo("/login");

        agent.answers(
                json("{\"result\":{\"allow\":false,\"status\":401,\"headers\":{\"WWW-Authenticate\":\"Bearer\"}}}"));
        TesterResult login = tester().get("/").send();
        assertThat(login.fault()).isEqualTo(AccessFaults.INVALID);
        assertThat(login.header("www-authenticate")).isEqualTo("Bearer");
    }

    @Test
    void aDecisionIsKeptForRequestsOfWhichTheAgentWouldBeToldTheSame() {
        agent.answers(ALLOWED);
        PolicyTester tester = tester(config(agent.url(""), Duration.ofSeconds(10), 20_000), null);
        tester.get("/a?x=1").header("X-Tenant", "t").send();
        tester.get("/a?x=1").header("X-Tenant", "t").header("X-Unseen", "1").send();
        assertThat(agent.calls()).isEqualTo(1);

        agent.answers(json("{\"result\":false}"));
        assertThat(tester.get("/a?x=2").header("X-Tenant", "t").send().status()).isEqualTo(403);
        assertThat(tester.get("/b?x=1").header("X-Tenant", "t").send().status()).isEqualTo(403);
        assertThat(tester.get("/a?x=1").header("X-Tenant", "u").send().status()).isEqualTo(403);
        assertThat(tester.get("/a?x=1").send().status()).isEqualTo(403);
        assertThat(tester.post("/a?x=1").header("X-Tenant", "t").send().status()).isEqualTo(403);
        assertThat(tester.get("/a?x=1").header("X-Tenant", "t").from("203.0.113.8").send().status()).isEqualTo(403);
        assertThat(tester.get("/a?x=1").header("X-Tenant", "t").secure().send().status()).isEqualTo(403);
        assertThat(tester.get("/a?x=1").header("X-Tenant", "t").send().status()).isEqualTo(200);
        assertThat(tester.gauge("cached_decisions")).isEqualTo(8);
        clock.pass(Duration.ofSeconds(10));
        assertThat(tester.get("/a?x=1").header("X-Tenant", "t").send().status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b", "a?b", "../a b"})
    void whatIsNoDocumentCanNotBeAsked(String path) {
        assertThatThrownBy(() -> new OpaConfig("http://127.0.0.1:8181", path, EnumSet.of(OpaConfig.Part.PATH),
                List.of(), List.of(), List.of(), null, Duration.ZERO, 1, 1, AskedServer.http(1)))
                .isInstanceOf(ConfigException.class).message().contains("document");
    }
}
