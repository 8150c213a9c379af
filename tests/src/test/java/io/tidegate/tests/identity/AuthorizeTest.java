package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.Loaded;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What who calls may do.
class AuthorizeTest extends AccessFixture {

    private RawResponse as(String caller) {
        return send(KnownCallers.by(caller));
    }

    @Test
    void letsPassWhoseCredentialsAreGoodForIt() {
        startKnowing(yaml("caller: {}", "authorize: { scopes: [write], groups: [partners], consumers: [shop, other],"
                + " claims: { email_verified: true, plan: { anyOf: [silver, gold] } }, realm: orders }"));

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(service.requestCount()).isEqualTo(1);
        RawResponse guest = as("guest");
        assertThat(guest.status()).isEqualTo(403);
        assertThat(guest.fault()).isEqualTo("access.denied");
        assertThat(guest.field("www-authenticate")).isNull();
        RawResponse nobody = send("");
        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.fault()).isEqualTo("auth.missing");
        assertThat(nobody.field("www-authenticate")).isEqualTo("Bearer realm=\"orders\"");
        assertThat(service.requestCount()).isEqualTo(1);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"consumer\"")).isEqualTo(1);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"nobody\"")).isEqualTo(1);
    }

    @Test
    void tellsWhichScopesAreMissing() {
        startKnowing(yaml("caller: {}", "authorize: { scopes: [read, write] }"));

        RawResponse guest = as("guest");
        assertThat(guest.status()).isEqualTo(403);
        assertThat(guest.fault()).isEqualTo("access.scope");
        assertThat(guest.field("www-authenticate"))
                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"read write\"");
        assertThat(as("shop").status()).isEqualTo(200);
    }

    @Test
    void decidesByACondition() {
        startKnowing(yaml("caller: {}",
                "authorize: { cel: \"'partners' in consumer.groups && token.email_verified == true\" }"));

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(as("guest").fault()).isEqualTo("access.denied");
    }

    @Test
    void takesAMissingClaimForNo() {
        startKnowing(yaml("caller: {}", "authorize: { cel: \"token.plan == 'gold'\" }"));

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(as("guest").status()).isEqualTo(403);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"condition_failed\"")).isEqualTo(1);
    }

    @Test
    void observesBeforeItIsEnforced() {
        startKnowing(yaml("caller: {}", "{ authorize: { groups: [partners] }, mode: observe }"));

        assertThat(as("guest").status()).isEqualTo(200);
        assertThat(send("").status()).isEqualTo(200);
        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(service.requestCount()).isEqualTo(3);
        assertThat(gateway.metric("tidegate_policy_observed_total", "")).isEqualTo(2);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"group\"")).isEqualTo(1);
    }

    @Test
    void whoeverIsFoundByAPolicyThatObservesIsKnownToThoseThatObserveAndToNobodyElse() {
        startKnowing(yaml("{ caller: {}, mode: observe }", "{ authorize: { groups: [partners] }, mode: observe }",
                "{ authorize: { groups: [partners] }, when: \"request.path == '/enforced'\" }"));

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(gateway.metric("tidegate_policy_observed_total", "")).isZero();
        assertThat(as("guest").status()).isEqualTo(200);
        assertThat(gateway.metric("tidegate_policy_observed_total", "")).isEqualTo(1);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/enforced", KnownCallers.by("shop"))).fault())
                    .isEqualTo("auth.missing");
        }
    }

    @Test
    void runsOnlyWhereAConditionOnWhoCallsHolds() {
        startKnowing(
                yaml("caller: {}", "{ authorize: { scopes: [write] }, when: \"!('partners' in consumer.groups)\" }"));

        assertThat(as("shop").status()).isEqualTo(200);
        assertThat(as("guest").fault()).isEqualTo("access.scope");
        assertThat(send("").fault()).isEqualTo("auth.missing");
    }

    @Test
    void aWrongConditionIsReportedWhereItStands() {
        Loaded loaded = KnownCallers.SHOP_AND_GUEST
                .load(yaml("caller: {}", "authorize: { cel: \"'partners' in consumer.grops\" }").text());

        assertThat(loaded).isInstanceOfSatisfying(Loaded.Rejected.class,
                rejected -> assertThat(rejected.problems()).singleElement().asString().startsWith(
                        "test.yaml:6:72 routes.all.policies[1].authorize.cel: column 15: there is no 'consumer.grops'"));
    }

    @Test
    void needsSomethingThatFindsOutWhoCalls() {
        Loaded loaded = KnownCallers.SHOP_AND_GUEST
                .load(yaml("authorize: { scopes: [a] }", "caller: {}").text());

        assertThat(loaded).isInstanceOfSatisfying(Loaded.Rejected.class,
                rejected -> assertThat(rejected.problems().stream().map(String::valueOf).toList())
                        .isEqualTo(List.of("test.yaml:6:36 routes.all.policies[0]: 'authorize' needs to know who calls,"
                                + " and no policy before it finds that out")));
    }
}
