package io.tidegate.identity.authorize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ConditionConfig;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Policy;
import io.tidegate.api.Principal;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AuthorizePolicyTest {

    private static final Principal SHOP = new Principal("jwt", "u-1", "https://issuer.test",
            new Consumer("shop", Set.of("partners")), Set.of("partners", "eu"), Set.of("read", "write"),
            Map.of("email_verified", true, "level", 3L, "age", 41, "plan", "gold", "share", 0.5, "roles",
                    List.of("buyer", 7L, List.of("hidden"), Map.of("a", "b")), "realm_access",
                    Map.of("roles", List.of("admin"), "deep", Map.of("x", "y")), "https://example.com/role", "chief",
                    "a.b", "whole"));

    /// Says that this one calls.
    private static Policy by(@Nullable Principal principal) {
        return new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                if (principal != null) {
                    exchange.identify(principal);
                }
                return Decision.next();
            }
        };
    }

    private static AuthorizeConfig config(List<String> scopes, List<String> anyScope, List<String> groups,
            List<String> consumers) {
        return new AuthorizeConfig(scopes, anyScope, groups, consumers, Map.of(), null, "Bearer", null);
    }

    private static AuthorizeConfig claim(String name, ClaimConfig value) {
        return new AuthorizeConfig(List.of(), List.of(), List.of(), List.of(), Map.of(name, value), null, "Bearer",
                null);
    }

    private static AuthorizeConfig condition(ConditionConfig condition) {
        return new AuthorizeConfig(List.of(), List.of(), List.of(), List.of(), Map.of(), condition, "Bearer", null);
    }

    private static TesterResult send(AuthorizeConfig config, @Nullable Principal principal) {
        try (PolicyTester tester = PolicyTester.at(InstantSource.system()).then(by(principal))
                .then(new AuthorizeFactory(), config)) {
            return tester.get("/").send();
        }
    }

    private static List<String> list(@Nullable String names) {
        return names == null ? List.of() : List.of(names.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            read         | -          | -            | -          | -
            read write   | -          | -            | -          | -
            read admin   | -          | -            | -          | access.scope
            READ         | -          | -            | -          | access.scope
            -            | admin read | -            | -          | -
            -            | admin      | -            | -          | access.scope
            read         | admin      | -            | -          | access.scope
            -            | -          | others eu    | -          | -
            -            | -          | others       | -          | access.denied
            -            | -          | -            | other shop | -
            -            | -          | -            | other      | access.denied
            -            | -          | -            | u-1        | access.denied
            read         | write      | eu           | shop       | -
            read         | write      | others       | shop       | access.denied
            admin        | write      | eu           | shop       | access.scope
            """)
    void letsPassWhoHasAllThatIsAskedFor(@Nullable String scopes, @Nullable String anyScope, @Nullable String groups,
            @Nullable String consumers, @Nullable String fault) {
        TesterResult result = send(config(list(scopes), list(anyScope), list(groups), list(consumers)), SHOP);

        Fault refused = result.fault();
        assertThat(refused == null ? null : refused.code()).isEqualTo(fault);
        assertThat(result.reachedUpstream()).isEqualTo(fault == null);
        assertThat(result.status()).isEqualTo(fault == null ? 200 : 403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            email_verified           | true          | true
            email_verified           | false         | false
            level                    | 3             | true
            level                    | 03            | false
            level                    | 4             | false
            age                      | 41            | true
            plan                     | gold          | true
            plan                     | Gold          | false
            plan                     | silver,gold   | true
            share                    | 0.5           | true
            roles                    | buyer         | true
            roles                    | 7             | true
            roles                    | hidden        | false
            roles                    | [hidden]      | false
            roles                    | seller        | false
            realm_access.roles       | admin         | true
            realm_access.roles       | user          | false
            realm_access.deep.x      | y             | true
            realm_access.deep        | {x=y}         | false
            realm_access.none.x      | y             | false
            plan.x                   | gold          | false
            https://example.com/role | chief         | true
            a.b                      | whole         | true
            missing                  | null          | false
            """)
    void looksAtClaims(String name, String values, boolean passes) {
        TesterResult result = send(claim(name, new ClaimConfig(List.of(values.split(",", -1)))), SHOP);

        assertThat(result.reachedUpstream()).isEqualTo(passes);
        assertThat(result.fault()).isEqualTo(passes ? null : AccessFaults.DENIED);
    }

    @Test
    void tellsWhichScopesAreNeeded() {
        AuthorizeConfig config = new AuthorizeConfig(List.of("admin", "read"), List.of("eu", "read"), List.of(),
                List.of(), Map.of(), null, "Bearer", "orders");

        assertThat(send(config, SHOP).header("www-authenticate")).isEqualTo(
                "Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"admin read eu\"");
    }

    @Test
    void asksWhoIsNobodyForCredentials() {
        AuthorizeConfig config = new AuthorizeConfig(List.of("read"), List.of(), List.of(), List.of(), Map.of(), null,
                "ApiKey", "orders");
        TesterResult result = send(config, null);

        assertThat(result.status()).isEqualTo(401);
        assertThat(result.fault()).isEqualTo(AccessFaults.MISSING);
        assertThat(result.header("www-authenticate")).isEqualTo("ApiKey realm=\"orders\"");
    }

    @Test
    void takesAConditionThatCanNotBeEvaluatedForOneThatDoesNotHold() {
        ConditionConfig failing = new ConditionConfig("token.phone == 'x'", _ -> {
            throw new FaultException(Fault.CONDITION_FAILED);
        });
        assertThat(send(condition(failing), SHOP).fault()).isEqualTo(AccessFaults.DENIED);
        assertThat(send(condition(new ConditionConfig("false", _ -> false)), SHOP).fault())
                .isEqualTo(AccessFaults.DENIED);
        ConditionConfig host = new ConditionConfig("request.host == 'gateway.test'",
                exchange -> exchange.request().host().equals("gateway.test"));
        assertThat(send(condition(host), SHOP).reachedUpstream()).isTrue();
    }

    @Test
    void aCallerThatIsNoConsumerHasNoName() {
        Principal unknown = new Principal("jwt", "shop", null, null, Set.of(), Set.of(), Map.of());

        assertThat(send(config(List.of(), List.of(), List.of(), List.of("shop")), unknown).fault())
                .isEqualTo(AccessFaults.DENIED);
    }

    @Test
    void countsRefusalsByTheirReason() {
        try (PolicyTester tester = PolicyTester.at(InstantSource.system()).then(by(SHOP)).then(new AuthorizeFactory(),
                config(List.of("admin"), List.of(), List.of(), List.of()))) {
            tester.get("/").send();
            tester.get("/").send();
            assertThat(tester.count("scope")).isEqualTo(2);
            assertThat(tester.count("group")).isZero();
        }
    }

    @Test
    void refusesARuleThatLetsEverybodyPass() {
        assertThatThrownBy(() -> config(List.of(), List.of(), List.of(), List.of()))
                .isInstanceOf(ConfigException.class).hasMessageContaining("at least one of");
        assertThatThrownBy(() -> claim("", ClaimConfig.of(true))).isInstanceOf(ConfigException.class);
    }
}
