package io.tidegate.identity.exchange;

import static io.tidegate.identity.remote.AskedServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Reply;
import io.tidegate.identity.exchange.TokenExchangeConfig.Grant;
import io.tidegate.identity.remote.AskedServer;
import io.tidegate.identity.remote.OAuthClientConfig;
import io.tidegate.identity.remote.TestClock;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens for services.
class TokenExchangeTest {

    private final AskedServer server = AskedServer.start();
    private final TestClock clock = new TestClock();
    private final AtomicInteger number = new AtomicInteger();
    private final List<PolicyTester> testers = new ArrayList<>();

    @AfterEach
    void closeAll() {
        testers.forEach(PolicyTester::close);
        server.close();
    }

    private TokenExchangeConfig config(Grant grant, boolean optional, long millis) {
        boolean exchange = grant == Grant.TOKEN_EXCHANGE;
        return new TokenExchangeConfig(grant, server.url("/token"), null,
                new OAuthClientConfig("gw", "s", null, null), List.of("read", "write"), List.of("orders"),
                exchange ? List.of("https://orders.internal") : List.of(), Map.of("tenant", "a b"),
                "urn:ietf:params:oauth:token-type:access_token",
                exchange ? "urn:ietf:params:oauth:token-type:jwt" : null, optional, Duration.ofSeconds(30),
                Duration.ofMinutes(1), Duration.ofSeconds(5), 100, 1000, AskedServer.http(millis));
    }

    private PolicyTester tester(Grant grant) {
        return tester(config(grant, false, 20_000), clock);
    }

    private PolicyTester tester(TokenExchangeConfig config, InstantSource by) {
        PolicyTester tester = PolicyTester.at(by).then(new TokenExchangeFactory(), config);
        testers.add(tester);
        return tester;
    }

    private static TesterResult send(PolicyTester tester, String token) {
        return tester.get("/").header("Authorization", "Bearer " + token).send();
    }

    /// The server gives out tokens with numbers.
    private void numbers(long expiresIn) {
        server.answers(_ -> json("{\"access_token\":\"t" + number.incrementAndGet()
                + "\",\"token_type\":\"bearer\",\"expires_in\":" + expiresIn + "}"));
    }

    @Test
    void theGatewaysOwnTokenTakesThePlaceOfTheClients() {
        numbers(300);
        PolicyTester tester = tester(Grant.CLIENT_CREDENTIALS);

        assertThat(send(tester, "clients").sent().header("authorization")).isEqualTo("Bearer t1");
        assertThat(tester.get("/").send().sent().header("authorization")).isEqualTo("Bearer t1");

        assertThat(server.calls()).isEqualTo(1);
        assertThat(server.request(0).body())
                .isEqualTo("grant_type=client_credentials&scope=read+write&audience=orders&tenant=a+b");
        assertThat(server.request(0).field("authorization")).isEqualTo("Basic Z3c6cw==");
    }

    @Test
    void aTokenIsUsedUntilHalfAMinuteBeforeItsEnd() {
        numbers(300);
        PolicyTester tester = tester(Grant.CLIENT_CREDENTIALS);
        tester.get("/").send();
        clock.pass(Duration.ofMillis(269_999));
        assertThat(tester.get("/").send().sent().header("authorization")).isEqualTo("Bearer t1");

        clock.pass(Duration.ofMillis(1));

        assertThat(tester.get("/").send().sent().header("authorization")).isEqualTo("Bearer t2");
    }

    @Test
    void theGatewaysOwnTokenIsReplacedByItselfWhileItIsUsed() {
        numbers(1);
        PolicyTester tester = tester(config(Grant.CLIENT_CREDENTIALS, false, 20_000), InstantSource.system());
        tester.get("/").send();

        Await.until("a second token", () -> server.calls() == 2);
    }

    @Test
    void theGatewaysOwnTokenIsSharedByPoliciesOfTheSameKind() {
        numbers(300);
        TokenExchangeConfig config = config(Grant.CLIENT_CREDENTIALS, false, 20_000);
        PolicyTester both = tester(config, clock).then(new TokenExchangeFactory(), config);

        assertThat(both.get("/").send().sent().header("authorization")).isEqualTo("Bearer t1");
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void theCallersTokenIsExchangedOnce() {
        numbers(300);
        PolicyTester tester = tester(Grant.TOKEN_EXCHANGE);

        assertThat(send(tester, "a+b").sent().header("authorization")).isEqualTo("Bearer t1");
        assertThat(send(tester, "other").sent().header("authorization")).isEqualTo("Bearer t2");
        assertThat(send(tester, "a+b").sent().header("authorization")).isEqualTo("Bearer t1");

        assertThat(server.calls()).isEqualTo(2);
        assertThat(server.request(0).body()).isEqualTo(
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&scope=read+write&audience=orders"
                        + "&resource=https%3A%2F%2Forders.internal&tenant=a+b"
                        + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token"
                        + "&requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt&subject_token=a%2Bb");
        assertThat(tester.gauge("cached_tokens")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLIENT_CREDENTIALS", "TOKEN_EXCHANGE"})
    void aTokenThatTheServiceDoesNotTakeIsNotShownAgain(Grant grant) {
        numbers(300);
        PolicyTester tester = tester(grant);
        send(tester, "abc");
        clock.pass(Duration.ofSeconds(2));
        tester.get("/").header("Authorization", "Bearer abc").upstream(Reply.of(401)).send();

        assertThat(send(tester, "abc").sent().header("authorization")).isEqualTo("Bearer t2");
        // One that was got just now would be got again: a service that takes none causes no flood.
        for (int i = 0; i < 10; i++) {
            tester.get("/").header("Authorization", "Bearer abc").upstream(Reply.of(401)).send();
        }
        assertThat(server.calls()).isEqualTo(2);
        assertThat(tester.count("dropped")).isEqualTo(1);
    }

    @Test
    void aCallerWhoseTokenIsNotExchangedIsNotAskedForAgainAtOnce() {
        server.answers(AskedServer.answer(400, "", "{\"error\":\"invalid_grant\"}"));
        PolicyTester tester = tester(Grant.TOKEN_EXCHANGE);

        for (int i = 0; i < 5; i++) {
            TesterResult result = send(tester, "abc");
            assertThat(result.fault()).isEqualTo(AccessFaults.TOKEN_EXCHANGE);
            assertThat(result.status()).isEqualTo(502);
        }
        assertThat(server.calls()).isEqualTo(1);
        clock.pass(Duration.ofSeconds(5));
        numbers(300);
        assertThat(send(tester, "abc").sent().header("authorization")).isEqualTo("Bearer t1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no", "{}", "{\"access_token\":\"a\"}",
        "{\"access_token\":1,\"token_type\":\"Bearer\"}",
        "{\"access_token\":\"\",\"token_type\":\"Bearer\"}",
        "{\"access_token\":\"a\\r\\nb\",\"token_type\":\"Bearer\"}",
        "{\"access_token\":\"a b\",\"token_type\":\"Bearer\"}", "{\"access_token\":\"a\",\"token_type\":\"N_A\"}",
        "{\"access_token\":\"a\",\"token_type\":\"DPoP\"}",
        "{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\"}",
        "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":\"300\"}",
        "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":-1}"})
    void whatIsNoTokenIsNotSent(String answer) {
        server.answers(json(answer));

        assertFailed(tester(Grant.CLIENT_CREDENTIALS).get("/").send());
        assertFailed(send(tester(Grant.TOKEN_EXCHANGE), "abc"));
    }

    private static void assertFailed(TesterResult result) {
        assertThat(result.fault()).isEqualTo(AccessFaults.TOKEN_EXCHANGE);
        assertThat(result.header("retry-after")).isEqualTo("1");
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void aServerThatIsSilentOrBrokenFailsTheRequest() {
        assertFailed(tester(config(Grant.CLIENT_CREDENTIALS, false, 50), clock).get("/").send());
        for (int status : new int[]{201, 302, 401, 500}) {
            server.answers(AskedServer.answer(status, "", ""));
            assertFailed(tester(Grant.CLIENT_CREDENTIALS).get("/").send());
        }
        server.answers(AskedServer.answer(400, "", "{\"error\":\"invalid_grant\"}"));
        assertFailed(tester(Grant.CLIENT_CREDENTIALS).get("/").send());
        server.answers(AskedServer.answer(400, "", "{\"error\":\"invalid_scope\"}"));
        assertFailed(send(tester(Grant.TOKEN_EXCHANGE), "abc"));
        server.answers(json("{\"access_token\":\"" + "a".repeat(5000) + "\",\"token_type\":\"Bearer\"}"));
        assertFailed(tester(Grant.CLIENT_CREDENTIALS).get("/").send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLIENT_CREDENTIALS", "TOKEN_EXCHANGE"})
    void aCallWhoseConnectionBreaksIsSentOnceMore(Grant grant) {
        server.answers(AskedServer.BREAK);

        assertFailed(send(tester(grant), "abc"));

        assertThat(server.calls()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLIENT_CREDENTIALS", "TOKEN_EXCHANGE"})
    void aFloodMakesOneCall(Grant grant) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        server.answers(_ -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return json("{\"access_token\":\"one\",\"token_type\":\"Bearer\"}");
        });
        PolicyTester tester = tester(grant);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TesterResult>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(threads.submit(() -> send(tester, "abc")));
            }
            Await.until("the call", () -> server.calls() == 1);
            go.countDown();
            for (Future<TesterResult> each : all) {
                assertThat(each.get().sent().header("authorization")).isEqualTo("Bearer one");
            }
        }
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void withoutATokenThereIsNothingToExchange() {
        TesterResult refused = tester(Grant.TOKEN_EXCHANGE).get("/").send();
        TesterResult passed = tester(config(Grant.TOKEN_EXCHANGE, true, 20_000), clock).get("/")
                .header("Authorization", "Basic YTpi").send();

        assertThat(refused.fault()).isEqualTo(AccessFaults.MISSING);
        assertThat(refused.header("www-authenticate")).isEqualTo("Bearer");
        assertThat(passed.sent().header("authorization")).isNull();
        assertThat(server.calls()).isZero();
    }
}
