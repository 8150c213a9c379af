package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // lines of YAML put together by a program
final class EffectivePoliciesTest {

    private static final String REST = """
            policies:
              - cors: { origins: [https://global.example] }
              - headers: { response: { remove: [server] } }
              - use: locked
                locked: true
            policySets:
              locked: [{ jwt: { issuer: global } }]
              partner:
                - quota: { requests: 5 }
                  when: request.path == "/a"
                - cors: {}
            """;

    private static GatewayConfig config(String policies) {
        Loaded loaded = new ConfigLoader(SamplePolicies.plugins(), name -> null).loadText("t.yaml",
                "upstreams: { a: { endpoints: ['http://10.0.0.1'] } }\nroutes:\n  r:\n    upstream: a\n" + policies
                        + REST);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        return ((Loaded.Accepted) loaded).config();
    }

    private static EffectivePolicies effective(GatewayConfig config) {
        return EffectivePolicies.of(config, Objects.requireNonNull(config.routes().get("r")));
    }

    private static List<String> paths(EffectivePolicies policies) {
        return policies.steps().stream().map(step -> step.type() + " " + step.path()).toList();
    }

    @Test
    void hasTheGlobalOnesWhereTheRouteHasNone() {
        EffectivePolicies policies = effective(config(""));
        assertThat(paths(policies)).containsExactly("cors policies[0]", "headers policies[1]",
                "jwt policySets.locked[0]");
        assertThat(policies.dropped()).isEmpty();
        assertThat(policies.steps().get(2).locked()).isTrue();
    }

    @Test
    void dropsAKindThatTheRouteListsItself() {
        EffectivePolicies policies = effective(config("    policies:\n      - respond: 204\n      - headers: {}\n"));
        assertThat(paths(policies)).containsExactly("cors policies[0]", "jwt policySets.locked[0]",
                "respond routes.r.policies[0]", "headers routes.r.policies[1]");
        assertThat(policies.dropped()).singleElement().satisfies(dropped -> {
            assertThat(dropped.policy().path()).isEqualTo("policies[1]");
            assertThat(dropped.reason()).isEqualTo("replaced by routes.r.policies[1]");
        });
    }

    @Test
    void switchesAKindOff() {
        EffectivePolicies policies = effective(config("    policies: [{ cors: false }]\n"));
        assertThat(paths(policies)).containsExactly("headers policies[1]", "jwt policySets.locked[0]");
        assertThat(policies.dropped()).extracting(EffectivePolicies.Dropped::reason)
                .containsExactly("switched off by routes.r.policies[0]");
    }

    @Test
    void putsASetWhereItIsUsedWithWhatStandsBesideTheUse() {
        EffectivePolicies policies = effective(
                config("""
                            policies:
                              - use: partner
                                when: request.method == "GET"
                                mode: observe
                              - cors: false
                        """));
        assertThat(paths(policies)).containsExactly("headers policies[1]", "jwt policySets.locked[0]",
                "quota policySets.partner[0]");
        PolicyConfig quota = policies.steps().get(2);
        assertThat(quota.when()).isEqualTo("(request.method == \"GET\") && (request.path == \"/a\")");
        assertThat(quota.observe()).isTrue();
        assertThat(policies.dropped()).extracting(EffectivePolicies.Dropped::reason).containsExactlyInAnyOrder(
                "replaced by policySets.partner[1]", "switched off by routes.r.policies[1]");
    }

    @Test
    void staysFiniteWhereSetsMultiply() {
        StringBuilder sets = new StringBuilder("policySets:\n  s0: [{ cors: {} }]\n");
        for (int i = 1; i < 12; i++) {
            sets.append("  s").append(i).append(": [").append(("{ use: s" + (i - 1) + " }, ").repeat(10)).append("]\n");
        }
        Loaded loaded = new ConfigLoader(SamplePolicies.plugins(), name -> null).loadText("t.yaml",
                "routes: { r: { policies: [{ use: s11 }, { respond: 204 }] } }\n" + sets);
        assertThat(loaded).isInstanceOfSatisfying(Loaded.Rejected.class, rejected -> assertThat(rejected.problems())
                .extracting(Problem::toString)
                .contains("t.yaml:6:3 policySets.s3: comes to 1000 policies or more"));
    }
}
