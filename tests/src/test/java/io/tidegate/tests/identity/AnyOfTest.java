package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumer;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Principal;
import io.tidegate.api.Reply;
import io.tidegate.engine.chain.AnyOf;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Policies of which one is enough.
class AnyOfTest {

    private static final int MOST_BODY = 100;

    private final List<String> heard = new ArrayList<>();

    /// A policy that decides as it is told.
    private Policy policy(String name, Function<Exchange, Decision> decision) {
        return new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                heard.add(name + " request");
                return decision.apply(exchange);
            }

            @Override
            public Decision onResponse(Exchange exchange) {
                heard.add(name + " response");
                return Decision.next();
            }

            @Override
            public void onEnd(Exchange exchange, Outcome outcome) {
                heard.add(name + " end");
            }
        };
    }

    private static Decision knows(Exchange exchange, String name) {
        exchange.identify(Principal.of("test", new Consumer(name, Set.of())));
        return Decision.next();
    }

    private static Decision refuses(Fault fault, String... challenges) {
        return Decision.fail(fault,
                Stream.of(challenges).map(challenge -> new Field("www-authenticate", challenge)).toList());
    }

    private static TesterResult send(Policy... policies) {
        AnyOf anyOf = new AnyOf(
                Stream.of(policies).map(policy -> new AnyOf.Member(policy, null)).toList());
        try (PolicyTester tester = PolicyTester.of(anyOf)) {
            return tester.post("/").body("body").send();
        }
    }

    @Test
    void theFirstThatKnowsWhoCallsIsEnough() {
        TesterResult result = send(policy("a", exchange -> refuses(AccessFaults.INVALID, "A")),
                policy("b", exchange -> knows(exchange, "acme")), policy("c", exchange -> refuses(Fault.INTERNAL)));

        assertThat(result.status()).isEqualTo(200);
        assertThat(result.principal()).isNotNull().extracting(Principal::name).isEqualTo("acme");
        assertThat(heard).containsExactly("a request", "b request", "b response", "b end", "a end");
    }

    @Test
    void allChallengesStandBesideEachOtherWhereNobodyDoes() {
        TesterResult result = send(policy("a", exchange -> refuses(AccessFaults.MISSING, "A realm=\"x\"")),
                policy("b", exchange -> refuses(AccessFaults.INVALID, "B")),
                policy("c", exchange -> refuses(AccessFaults.MISSING, "C")));

        assertThat(result.fault()).isEqualTo(AccessFaults.INVALID);
        assertThat(result.headerValues("www-authenticate")).containsExactly("A realm=\"x\"", "B", "C");
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void aCallerWhoIsKnownAndMayNotIsToldSoAndNotToShowOtherCredentials() {
        TesterResult result = send(policy("a", exchange -> refuses(AccessFaults.MISSING, "A")),
                policy("b", exchange -> refuses(AccessFaults.UNKNOWN_CONSUMER)));

        assertThat(result.fault()).isEqualTo(AccessFaults.UNKNOWN_CONSUMER);
        assertThat(result.header("www-authenticate")).isNull();
    }

    @Test
    void whatKeptTheGatewayFromFindingOutIsToldFirst() {
        TesterResult result = send(policy("a", exchange -> refuses(AccessFaults.UNAVAILABLE)),
                policy("b", exchange -> refuses(AccessFaults.MISSING, "B")));

        assertThat(result.status()).isEqualTo(503);
        assertThat(result.header("www-authenticate")).isNull();
    }

    @Test
    void theWayToALoginIsTheAnswerWhereNothingElseHelps() {
        TesterResult result = send(
                policy("a", exchange -> Decision.respond(Reply.of(302).withHeader("location", "/login"))),
                policy("b", exchange -> refuses(AccessFaults.MISSING, "B")));

        assertThat(result.status()).isEqualTo(302);
        assertThat(result.header("location")).isEqualTo("/login");
    }

    @Test
    void credentialsMayTakeTimeABodyOrAnotherThread() {
        TesterResult result = send(
                policy("a", exchange -> Decision.await(
                        CompletableFuture.supplyAsync(() -> refuses(AccessFaults.INVALID, "A")))),
                policy("b", exchange -> Decision.withBody(MOST_BODY,
                        body -> Decision.delay(Duration.ofMillis(1), refuses(AccessFaults.INVALID, "B")))),
                policy("c", exchange -> {
                    throw new FaultException(AccessFaults.MALFORMED);
                }), policy("d", exchange -> Decision.await(
                        CompletableFuture.supplyAsync(() -> Decision.resume(() -> knows(exchange, "acme"))))));

        assertThat(result.status()).as("%s", result).isEqualTo(200);
        assertThat(result.principal()).isNotNull();
    }

    @Test
    void nobodyPassesWhereOneIsOptionalUnlessSomethingWasWrong() {
        Policy optional = policy("a", exchange -> Decision.next());

        assertThat(send(optional, policy("b", exchange -> refuses(AccessFaults.MISSING, "B"))).status())
                .isEqualTo(200);
        assertThat(send(optional, policy("b", exchange -> refuses(AccessFaults.INVALID, "B"))).status())
                .isEqualTo(401);
    }

    @Test
    void nobodyPassesWhereOneIsOptionalAndAnotherAnswersThatTheCallerMayNot() {
        TesterResult result = send(policy("a", exchange -> Decision.respond(Reply.of(403))),
                policy("b", exchange -> Decision.next()));

        assertThat(result.status()).isEqualTo(403);
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void whoWasNotAskedHearsNothing() {
        AnyOf anyOf = new AnyOf(List.of(new AnyOf.Member(policy("a", exchange -> knows(exchange, "a")), _ -> false),
                new AnyOf.Member(policy("b", exchange -> knows(exchange, "b")), null)));
        try (PolicyTester tester = PolicyTester.of(anyOf)) {
            assertThat(tester.get("/").send().status()).isEqualTo(200);
        }
        assertThat(heard).containsExactly("b request", "b response", "b end");
    }

    @Test
    void credentialsOfAnyKindThatAreNotThereAreNotWrong() {
        Policy optional = policy("a", exchange -> Decision.next());
        for (Fault missing : List.of(AccessFaults.CERTIFICATE_MISSING, AccessFaults.SIGNATURE_MISSING)) {
            Policy other = policy("b", exchange -> refuses(missing, "B"));

            assertThat(send(optional, other).status()).isEqualTo(200);
            assertThat(send(other, policy("c", exchange -> refuses(AccessFaults.INVALID, "C"))).fault())
                    .isEqualTo(AccessFaults.INVALID);
            TesterResult none = send(other, policy("c", exchange -> refuses(AccessFaults.MISSING, "C")));
            assertThat(none.fault()).isEqualTo(AccessFaults.MISSING);
            assertThat(none.headerValues("www-authenticate")).containsExactly("B", "C");
        }
    }

    @Test
    void onePolicyThatFailsInTheEndKeepsNoOtherFromHearingOfIt() {
        Policy failing = new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                return refuses(AccessFaults.MISSING, "B");
            }

            @Override
            public void onEnd(Exchange exchange, Outcome outcome) {
                heard.add("b end");
                throw new IllegalStateException("broken");
            }
        };

        TesterResult result = send(policy("a", exchange -> refuses(AccessFaults.MISSING, "A")), failing,
                policy("c", exchange -> knows(exchange, "acme")));

        assertThat(result.status()).isEqualTo(200);
        assertThat(heard).containsExactly("a request", "c request", "c response", "c end", "b end", "a end");
    }

    @Test
    void aPolicyThatFailsLetsNobodyPass() {
        TesterResult result = send(policy("a", exchange -> {
            throw new IllegalStateException("broken");
        }), policy("b", exchange -> knows(exchange, "acme")));

        assertThat(result.status()).isEqualTo(500);
    }
}
