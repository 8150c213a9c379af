package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.Loaded;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What who calls may do.
class AuthorizeTest extends AccessFixture {

    @Test
    void letsPassWhoseCredentialsAreGoodForIt() {
        start("caller: {}", "authorize: { scopes: [write], groups: [partners], consumers: [shop, other],"
                + " claims: { email_verified: true, plan: { anyOf: [silver, gold] } }, realm: orders }");

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(got).hasSize(1);
        RawResponse guest = as("guest");
        assertThat(guest.status()).isEqualTo(403);
        assertThat(guest.fault()).isEqualTo("access.denied");
        assertThat(guest.field("www-authenticate")).isNull();
        RawResponse nobody = send("");
        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.fault()).isEqualTo("auth.missing");
        assertThat(nobody.field("www-authenticate")).isEqualTo("Bearer realm=\"orders\"");
        assertThat(got).hasSize(1);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"consumer\"")).isEqualTo(1);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"nobody\"")).isEqualTo(1);
    }

    @Test
    void tellsWhichScopesAreMissing() {
        start("caller: {}", "authorize: { scopes: [read, write] }");

        RawResponse guest = as("guest");
        assertThat(guest.status()).isEqualTo(403);
        assertThat(guest.fault()).isEqualTo("access.scope");
        assertThat(guest.field("www-authenticate"))
                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"read write\"");
        assertThat(as("shop").status()).isEqualTo(200);
    }

    @Test
    void decidesByACondition() {
        start("caller: {}",
                "authorize: { cel: \"'partners' in consumer.groups && token.email_verified == true\" }");

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(as("guest").fault()).isEqualTo("access.denied");
    }

    @Test
    void takesAMissingClaimForNo() {
        start("caller: {}", "authorize: { cel: \"token.plan == 'gold'\" }");

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(as("guest").status()).isEqualTo(403);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"condition_failed\"")).isEqualTo(1);
    }

    @Test
    void observesBeforeItIsEnforced() {
        start("caller: {}", "{ authorize: { groups: [partners] }, mode: observe }");

        assertThat(as("guest").status()).isEqualTo(200);
        assertThat(send("").status()).isEqualTo(200);
        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(got).hasSize(3);
        assertThat(gateway.metric("tidegate_policy_observed_total", "")).isEqualTo(2);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"group\"")).isEqualTo(1);
    }

    @Test
    void whoeverIsFoundByAPolicyThatObservesIsKnownToThoseThatObserveAndToNobodyElse() {
        start("{ caller: {}, mode: observe }", "{ authorize: { groups: [partners] }, mode: observe }",
                "{ authorize: { groups: [partners] }, when: \"request.path == '/enforced'\" }");

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(gateway.metric("tidegate_policy_observed_total", "")).isZero();
        assertThat(as("guest").status()).isEqualTo(200);
        assertThat(gateway.metric("tidegate_policy_observed_total", "")).isEqualTo(1);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("GET /enforced HTTP/1.1\r\nHost: a\r\nX-Caller: shop\r\n\r\n").fault())
                    .isEqualTo("auth.missing");
        }
    }

    @Test
    void runsOnlyWhereAConditionOnWhoCallsHolds() {
        start("caller: {}", "{ authorize: { scopes: [write] }, when: \"!('partners' in consumer.groups)\" }");

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(as("guest").fault()).isEqualTo("access.scope");
        assertThat(send("").fault()).isEqualTo("auth.missing");
    }

    @Test
    void aWrongConditionIsReportedWhereItStands() {
        Loaded loaded = callers.load(yaml(hello(), "", "caller: {}",
                "authorize: { cel: \"'partners' in consumer.grops\" }"));

        assertThat(loaded).isInstanceOfSatisfying(Loaded.Rejected.class,
                rejected -> assertThat(rejected.problems()).singleElement().asString().startsWith(
                        "test.yaml:11:27 routes.all.policies[1].authorize.cel: column 15: there is no 'consumer.grops'"));
    }

    @Test
    void needsSomethingThatFindsOutWhoCalls() {
        Loaded loaded = callers.load(yaml(hello(), "", "authorize: { scopes: [a] }", "caller: {}"));

        assertThat(loaded).isInstanceOfSatisfying(Loaded.Rejected.class,
                rejected -> assertThat(rejected.problems().stream().map(String::valueOf).toList())
                        .isEqualTo(List.of("test.yaml:10:9 routes.all.policies[0]: 'authorize' needs to know who calls,"
                                + " and no policy before it finds that out")));
    }
}
