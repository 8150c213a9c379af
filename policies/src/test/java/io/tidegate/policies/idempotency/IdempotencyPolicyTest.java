package io.tidegate.policies.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Consumer;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Policy;
import io.tidegate.api.Principal;
import io.tidegate.api.Reply;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyPolicyTest {

    private final AtomicInteger served = new AtomicInteger();

    private static IdempotencyConfig config(String scope, List<String> statuses, String maxBody, String... without) {
        return new IdempotencyConfig("Idempotency-Key", List.of("POST"), false, 20, scope, Duration.ofHours(24),
                Duration.ofSeconds(60), statuses, ByteSize.parse("1KiB"), ByteSize.parse(maxBody), List.of(without));
    }

    private static PolicyTester tester() {
        return PolicyTester.of(new IdempotencyFactory(),
                config("authorization", List.of("2xx", "4xx"), "100B", "x-secret"));
    }

    private TesterRequest post(PolicyTester tester, String key) {
        return tester.post("/a?b=c").header("Idempotency-Key", key).body("body")
                .upstream(_ -> Reply.of(201).withBody("text/plain", "number " + served.incrementAndGet()));
    }

    private static boolean isReplayed(TesterResult result) {
        return "true".equals(result.header("idempotent-replayed"));
    }

    @Test
    void replaysStatusFieldsAndBody() {
        try (PolicyTester tester = tester()) {
            TesterRequest request = tester.post("/").header("idempotency-key", "k").upstream(_ -> {
                served.incrementAndGet();
                return Reply.of(202).withHeader("x-a", "1").withHeader("x-a", "2").withHeader("X-Secret", "s")
                        .withHeader("set-cookie", "c=1").withBody("text/plain", "done");
            });
            assertThat(isReplayed(request.send())).isFalse();

            TesterResult second = request.send();

            assertThat(second.status()).isEqualTo(202);
            assertThat(second.headerValues("x-a")).containsExactly("1", "2");
            assertThat(second.header("content-type")).isEqualTo("text/plain");
            assertThat(second.text()).isEqualTo("done");
            assertThat(second.header("x-secret")).isNull();
            assertThat(second.header("set-cookie")).isNull();
            assertThat(isReplayed(second)).isTrue();
            assertThat(served).hasValue(1);
            assertThat(tester.count("kept")).isEqualTo(1);
            assertThat(tester.count("replayed")).isEqualTo(1);
        }
    }

    @Test
    void anAnswerWithoutABodyAndOneOfUnknownLengthAreKept() {
        try (PolicyTester tester = tester()) {
            post(tester, "empty").upstream(Reply.of(204)).send();
            assertThat(post(tester, "empty").send().status()).isEqualTo(204);

            post(tester, "stream").upstreamStreams().upstreamTrailer("x-sum", "1").chunksOf(3).send();
            TesterResult again = post(tester, "stream").send();
            assertThat(again.text()).isEqualTo("number 1");
            assertThat(isReplayed(again)).isTrue();
        }
    }

    @Test
    void aCopiedStreamPassesWithItsTrailers() {
        try (PolicyTester tester = tester()) {
            TesterResult first = post(tester, "stream").upstreamStreams().upstreamTrailer("x-sum", "1").send();
            assertThat(first.text()).isEqualTo("number 1");
            assertThat(first.trailers()).hasSize(1);
        }
    }

    @Test
    void keysOfDifferentCallersRoutesAndAddressesAreDifferentKeys() {
        try (PolicyTester tester = tester()) {
            post(tester, "k").header("authorization", "Bearer a").send();
            assertThat(isReplayed(post(tester, "k").header("authorization", "Bearer b").send())).isFalse();
            assertThat(isReplayed(post(tester, "k").header("authorization", "Bearer a").from("192.0.2.1").send()))
                    .isTrue();
            assertThat(isReplayed(post(tester, "k").header("authorization", "Bearer a").route("other").send()))
                    .isFalse();
            post(tester, "k").send();
            assertThat(isReplayed(post(tester, "k").from("192.0.2.1").send())).isFalse();
            assertThat(isReplayed(post(tester, "k").send())).isTrue();
        }
    }

    @Test
    void callersWhoAreKnownHaveKeysOfTheirOwnWhateverTheyShowed() {
        Policy known = new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                String name = String.valueOf(exchange.request().headers().get("x-api-key"));
                exchange.identify(Principal.of("apiKey", new Consumer(name, Set.of())));
                exchange.request().headers().remove("x-api-key");
                return Decision.next();
            }
        };
        try (PolicyTester tester = PolicyTester.of(known).then(new IdempotencyFactory(),
                config("authorization", List.of("2xx"), "100B"))) {
            post(tester, "k").header("x-api-key", "acme").send();
            assertThat(isReplayed(post(tester, "k").header("x-api-key", "other").send())).isFalse();
            assertThat(isReplayed(post(tester, "k").header("x-api-key", "acme").from("192.0.2.1").send())).isTrue();
        }
    }

    @Test
    void theScopeCanBeAFieldOrTheAddress() {
        try (PolicyTester tester = PolicyTester.of(new IdempotencyFactory(),
                config("header.x-tenant", List.of("2xx"), "100B"))) {
            post(tester, "k").header("x-tenant", "a").header("authorization", "1").send();
            assertThat(isReplayed(post(tester, "k").header("x-tenant", "a").header("authorization", "2").send()))
                    .isTrue();
            assertThat(isReplayed(post(tester, "k").header("x-tenant", "b").send())).isFalse();
        }
        try (PolicyTester tester = PolicyTester.of(new IdempotencyFactory(),
                config("address", List.of("2xx"), "100B"))) {
            post(tester, "k").header("authorization", "1").send();
            assertThat(isReplayed(post(tester, "k").header("authorization", "2").send())).isTrue();
        }
    }

    @Test
    void anotherRequestWithTheKeyIsRefused() {
        try (PolicyTester tester = tester()) {
            post(tester, "k").send();

            assertThat(post(tester, "k").body("other").send().fault()).isEqualTo(Fault.IDEMPOTENCY_KEY_REUSED);
            assertThat(post(tester, "k").header("content-type", "a/b").send().status()).isEqualTo(422);
            assertThat(post(tester, "k").authority("other.test").send().status()).isEqualTo(422);
            assertThat(tester.post("/b").header("idempotency-key", "k").body("body").send().status()).isEqualTo(422);
            assertThat(isReplayed(post(tester, "k").chunked().send())).as("framing is no difference").isTrue();
            assertThat(tester.count("key_reused")).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a,b", "\"", "\"a\"b\"", "\"a\\\"", "123456789012345678901", "\"\"", "\"\\n\""})
    void refusesWhatIsNoKey(String key) {
        try (PolicyTester tester = tester()) {
            TesterResult result = post(tester, key).send();
            assertThat(result.fault()).isEqualTo(Fault.IDEMPOTENCY_KEY_SYNTAX);
            assertThat(served).hasValue(0);
        }
    }

    @Test
    void aStringOfStructuredFieldsIsTheKeyThatItHolds() {
        try (PolicyTester tester = tester()) {
            post(tester, "k\\").send();
            assertThat(isReplayed(post(tester, "\"k\\\\\"").send())).isTrue();
            post(tester, "\"with space\"").send();
            assertThat(isReplayed(post(tester, " \"with space\"").send())).isTrue();
        }
    }

    @Test
    void twoKeysAreNone() {
        try (PolicyTester tester = tester()) {
            assertThat(post(tester, "a").header("idempotency-key", "b").send().status()).isEqualTo(400);
        }
    }

    @Test
    void whatIsNotKeptLeavesTheKeyFree() {
        try (PolicyTester tester = tester()) {
            for (Reply reply : List.of(Reply.of(500), Reply.of(302), Reply.of(429), Reply.of(408),
                    Reply.of(200).withBody("text/event-stream", "data: a\n\n"),
                    Reply.of(200).withBody("text/plain", "x".repeat(101)))) {
                assertThat(post(tester, "k").upstream(reply).send().status()).isEqualTo(reply.status());
                assertThat(post(tester, "k").upstream(reply).upstreamStreams().send().status())
                        .isEqualTo(reply.status());
            }
            assertThat(tester.count("not_kept")).isEqualTo(12);
            assertThat(post(tester, "k").send().text()).isEqualTo("number 1");
            assertThat(isReplayed(post(tester, "k").send())).isTrue();
        }
    }

    @Test
    void aStatusThatAsksForARepeatIsKeptWhereItStandsByNumber() {
        try (PolicyTester tester = PolicyTester.of(new IdempotencyFactory(),
                config("authorization", List.of("429", "5xx"), "100B"))) {
            post(tester, "a").upstream(Reply.of(429)).send();
            assertThat(post(tester, "a").send().status()).isEqualTo(429);
            post(tester, "b").upstream(Reply.of(503)).send();
            assertThat(post(tester, "b").send().status()).isEqualTo(503);
        }
    }

    @Test
    void otherMethodsAndRequestsWithoutAKeyPass() {
        try (PolicyTester tester = tester()) {
            for (int i = 0; i < 2; i++) {
                assertThat(isReplayed(tester.request("PUT", "/").header("idempotency-key", "k").send())).isFalse();
                assertThat(isReplayed(tester.post("/").send())).isFalse();
            }
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() {
        try (PolicyTester tester = tester()) {
            assertThat(post(tester, "k").body("x".repeat(1025)).send().status()).isEqualTo(413);
        }
    }

    @Test
    void whatCannotBeReadCountsAsARequestThatIsBeingServed() {
        assertThat(Kept.read(new byte[]{9}).answer()).isNull();
        assertThat(Kept.read(new byte[]{9}).isOther(new byte[32])).isFalse();
        byte[] answer = new byte[40];
        answer[0] = 2;
        assertThat(Kept.read(answer).answer()).isNull();
    }

    @Test
    void refusesConfigurationsThatMeanNothing() {
        assertThatThrownBy(() -> config("cookie", List.of("2xx"), "1B")).hasMessageContaining("'scope' must be");
        assertThatThrownBy(() -> config("address", List.of("6xx"), "1B")).hasMessageContaining("'statuses' must");
        assertThatThrownBy(() -> config("address", List.of("2xx"), "2MiB")).hasMessageContaining("at most 1MiB");
        assertThatThrownBy(() -> new IdempotencyConfig("a", List.of("GET"), false, 1, "address", Duration.ofHours(1),
                Duration.ofSeconds(1), List.of("2xx"), new ByteSize(1), new ByteSize(1), List.of()))
                .hasMessageContaining("that change something (was 'GET')");
    }
}
