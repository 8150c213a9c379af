package io.tidegate.identity.forwardauth;

import static io.tidegate.identity.remote.AskedServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Principal;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.forwardauth.ForwardAuthConfig.CacheConfig;
import io.tidegate.identity.forwardauth.ForwardAuthConfig.Method;
import io.tidegate.identity.forwardauth.ForwardAuthConfig.OnFailure;
import io.tidegate.identity.remote.AskedServer;
import io.tidegate.identity.remote.TestClock;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TesterResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that a service decides on.
class ForwardAuthTest {

    private static final Consumer ACME = new Consumer("acme", Set.of("partners"));
    private static final Consumers KNOWN = new Consumers() {
        @Override
        public @Nullable Consumer named(String name) {
            return name.equals("acme") ? ACME : null;
        }
    };

    private final AskedServer server = AskedServer.start();
    private final TestClock clock = new TestClock();
    private final List<PolicyTester> testers = new ArrayList<>();

    @AfterEach
    void closeAll() {
        testers.forEach(PolicyTester::close);
        server.close();
    }

    /// What tests set of a configuration.
    private final class Setup {
        private String url = server.url("/check");
        private Method method = Method.GET;
        private List<String> headers = List.of("Authorization", "Cookie");
        private @Nullable ByteSize body;
        private List<String> response = List.of();
        private boolean refusalBody;
        private @Nullable String consumer;
        private UnknownConsumer unknown = UnknownConsumer.REFUSE;
        private OnFailure onFailure = OnFailure.DENY;
        private @Nullable CacheConfig cache;
        private int waiting = 1000;
        private long millis = 20_000;

        ForwardAuthConfig config() {
            return new ForwardAuthConfig(url, method, headers, body, response,
                    List.of("WWW-Authenticate", "Location", "Set-Cookie"), refusalBody, consumer,
                    consumer == null ? null : "Remote-Groups", unknown, onFailure, cache, waiting,
                    AskedServer.http(millis));
        }

        PolicyTester tester() {
            PolicyTester tester = PolicyTester.at(clock).knowing(KNOWN).then(new ForwardAuthFactory(), config());
            testers.add(tester);
            return tester;
        }
    }

    @Test
    void theServiceIsToldOfTheRequestWhatTheGatewayKnows() {
        server.answers(answer(204, "", ""));

        TesterResult result = new Setup().tester().request("DELETE", "/a/b%20c?x=1&y").secure()
                .authority("shop.example.com:8443").header("Cookie", "a=b").header("X-Other", "no")
                .header("X-Forwarded-For", "6.6.6.6").header("X-Forwarded-Uri", "/public")
                .header("X-Forwarded-Method", "GET").send();

        assertThat(result.status()).as("%s", result).isEqualTo(200);
        RawRequest asked = server.request(0);
        assertThat(asked.line()).isEqualTo("GET /check HTTP/1.1");
        assertThat(asked.field("x-forwarded-method")).isEqualTo("DELETE");
        assertThat(asked.field("x-forwarded-proto")).isEqualTo("https");
        assertThat(asked.field("x-forwarded-host")).isEqualTo("shop.example.com:8443");
        assertThat(asked.field("x-forwarded-uri")).isEqualTo("/a/b%20c?x=1&y");
        assertThat(asked.field("x-forwarded-for")).isEqualTo("203.0.113.7");
        assertThat(asked.count("x-forwarded-for") + asked.count("x-forwarded-uri")).isEqualTo(2);
        assertThat(asked.field("cookie")).isEqualTo("a=b");
        assertThat(asked.field("x-other")).isNull();
    }

    @Test
    void onlyTheDeclaredFieldsOfAnAnswerGoOnAndThoseOfTheClientDoNot() {
        server.answers(answer(200, "X-User: ann\r\nX-Role: a\r\nX-Role: b\r\nX-Secret: s\r\n", ""));
        Setup setup = new Setup();
        setup.response = List.of("X-User", "X-Role", "X-Level");

        TesterResult result = setup.tester().get("/").header("X-User", "root").header("X-Level", "9").send();

        assertThat(result.sent().header("x-user")).isEqualTo("ann");
        assertThat(result.sent().header("x-role")).isEqualTo("a, b");
        assertThat(result.sent().header("x-level")).isNull();
        assertThat(result.sent().header("x-secret")).isNull();
        assertThat(new ForwardAuthFactory().ownHeaders(setup.config())).containsExactlyInAnyOrder("x-user", "x-role",
                "x-level");
        setup.response = List.of("Authorization");
        assertThat(new ForwardAuthFactory().ownHeaders(setup.config())).isEmpty();
        setup.consumer = "X-Caller";
        assertThat(new ForwardAuthFactory().ownHeaders(setup.config())).containsExactlyInAnyOrder("x-caller",
                "remote-groups");
    }

    @Test
    void refusalsAndRedirectsGoToTheClient() {
        PolicyTester tester = new Setup().tester();
        server.answers(answer(401, "WWW-Authenticate: Basic realm=\"x\"\r\nX-Secret: s\r\nContent-Type: text/html\r\n",
                "<login>"));
        TesterResult result = tester.get("/").send();
        assertThat(result.fault()).isEqualTo(AccessFaults.INVALID);
        assertThat(result.header("www-authenticate")).isEqualTo("Basic realm=\"x\"");
        assertThat(result.header("x-secret")).isNull();
        assertThat(result.text()).doesNotContain("<login>");

        server.answers(answer(403, "", ""));
        assertThat(tester.get("/").send().fault()).isEqualTo(AccessFaults.DENIED);

        server.answers(answer(302, "Location: https://login.example.com/\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n",
                ""));
        result = tester.get("/").send();
        assertThat(result.status()).isEqualTo(302);
        assertThat(result.header("location")).isEqualTo("https://login.example.com/");
        assertThat(result.headerValues("set-cookie")).containsExactly("a=1", "b=2");
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void theBodyOfARefusalMayGoToTheClient() {
        server.answers(answer(403, "Content-Type: text/html\r\n", "<sorry>"));
        Setup setup = new Setup();
        setup.refusalBody = true;

        TesterResult result = setup.tester().get("/").send();

        assertThat(result.status()).isEqualTo(403);
        assertThat(result.text()).isEqualTo("<sorry>");
        assertThat(result.header("content-type")).isEqualTo("text/html");
    }

    private static void assertUndecided(TesterResult result) {
        assertThat(result.fault()).isEqualTo(AccessFaults.DECISION_UNAVAILABLE);
        assertThat(result.status()).isEqualTo(503);
        assertThat(result.header("retry-after")).isEqualTo("1");
        assertThat(result.reachedUpstream()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 304, 400, 404, 407, 429, 500, 502, 503})
    void anyOtherAnswerDecidesNothing(int status) {
        server.answers(answer(status, "", ""));

        assertUndecided(new Setup().tester().get("/").send());
    }

    @Test
    void aServiceThatIsSilentHugeLyingOrGoneDecidesNothing() {
        Setup setup = new Setup();
        setup.millis = 50;
        assertUndecided(setup.tester().get("/").send());
        setup.millis = 20_000;
        server.answers(answer(200, "", "x".repeat(5000)));
        assertUndecided(setup.tester().get("/").send());
        server.answers(answer(302, "", ""));
        assertUndecided(setup.tester().get("/").send());
        setup.response = List.of("X-User");
        server.answers(answer(200, "X-User: " + "a".repeat(40_000) + "\r\n", ""));
        assertUndecided(setup.tester().get("/").send());
        setup.consumer = "Remote-User";
        server.answers(answer(200, "Remote-User: acme\r\nRemote-User: root\r\n", ""));
        assertUndecided(setup.tester().get("/").send());
        TestUpstream gone = TestUpstream.hello();
        gone.close();
        setup.url = gone.url();
        assertUndecided(setup.tester().get("/").send());
    }

    @Test
    void onlyWhereItIsAskedForByNameRequestsPassWithoutADecision() {
        server.answers(answer(500, "", ""));
        Setup setup = new Setup();
        setup.onFailure = OnFailure.ALLOW;
        setup.response = List.of("X-User");
        setup.consumer = "Remote-User";

        TesterResult result = setup.tester().get("/").header("X-User", "root").send();

        assertThat(result.status()).isEqualTo(200);
        assertThat(result.sent().header("x-user")).isNull();
        assertThat(result.principal()).isNull();
        assertThat(new ForwardAuthFactory().isOptional(setup.config())).isTrue();
        server.answers(answer(403, "", ""));
        assertThat(setup.tester().get("/").send().status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 413, 414, 429, 431})
    void noClientCanBringItAboutThatNothingIsDecided(int status) {
        server.answers(answer(status, "", ""));
        Setup setup = new Setup();
        setup.onFailure = OnFailure.ALLOW;
        assertUndecided(setup.tester().get("/").send());
        setup.cache = new CacheConfig(Duration.ofSeconds(30), List.of(), 10);
        assertUndecided(setup.tester().get("/").send());
    }

    @Test
    void theServiceMayNameWhoCalls() {
        server.answers(answer(200, "Remote-User: acme\r\nRemote-Groups: a, b,,\r\n", ""));
        Setup setup = new Setup();
        setup.consumer = "remote-user";

        TesterResult known = setup.tester().get("/").send();
        assertThat(known.principal()).isEqualTo(new Principal("forwardAuth", "acme", null, ACME,
                Set.of("a", "b", "partners"), Set.of(), Map.of()));
        server.answers(answer(200, "Remote-User: stranger\r\n", ""));
        assertThat(setup.tester().get("/").send().fault()).isEqualTo(AccessFaults.UNKNOWN_CONSUMER);
        server.answers(answer(200, "", ""));
        assertThat(setup.tester().get("/").send().fault()).isEqualTo(AccessFaults.UNKNOWN_CONSUMER);
        setup.unknown = UnknownConsumer.ALLOW;
        server.answers(answer(200, "Remote-User: stranger\r\n", ""));
        Principal stranger = setup.tester().get("/").send().principal();
        assertThat(stranger == null ? "" : stranger.subject()).isEqualTo("stranger");
    }

    @Test
    void theBodyGoesAlongWhereThatIsDeclared() {
        server.answers(answer(200, "", ""));
        Setup setup = new Setup();
        setup.body = new ByteSize(10);
        setup.headers = List.of("Content-Type");
        PolicyTester tester = setup.tester();

        TesterResult result = tester.post("/").header("Content-Type", "text/plain").body("0123456789").send();

        assertThat(result.sent().text()).isEqualTo("0123456789");
        assertThat(server.request(0).line()).isEqualTo("POST /check HTTP/1.1");
        assertThat(server.request(0).body()).isEqualTo("0123456789");
        assertThat(server.request(0).field("content-type")).isEqualTo("text/plain");
        assertThat(tester.post("/").body("0123456789a").send().status()).isEqualTo(413);
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void anAnswerIsKeptForWhatItDependsOnAndRefusalsAreNot() {
        server.answers(answer(200, "", ""));
        Setup setup = new Setup();
        setup.cache = new CacheConfig(Duration.ofSeconds(30), List.of("path", "header.X-Tenant"), 10);
        PolicyTester tester = setup.tester();
        tester.get("/a?1").header("Authorization", "x").send();
        tester.get("/a?2").header("Authorization", "x").send();
        assertThat(server.calls()).isEqualTo(1);
        assertThat(tester.gauge("cached_answers")).isEqualTo(1);

        server.answers(answer(403, "", ""));
        assertThat(tester.get("/a").header("Authorization", "y").send().status()).isEqualTo(403);
        assertThat(tester.get("/a").header("Cookie", "x").send().status()).isEqualTo(403);
        assertThat(tester.get("/a").send().status()).isEqualTo(403);
        assertThat(tester.get("/a").send().status()).isEqualTo(403);
        assertThat(tester.get("/b").header("Authorization", "x").send().status()).isEqualTo(403);
        assertThat(tester.get("/a").header("Authorization", "x").header("X-Tenant", "t").send().status())
                .isEqualTo(403);
        assertThat(server.calls()).isEqualTo(7);
        clock.pass(Duration.ofSeconds(30));
        assertThat(tester.get("/a").header("Authorization", "x").send().status()).isEqualTo(403);
    }

    @Test
    void aFloodMakesOneCallAndEachRefusedClientGetsItsOwnAnswer() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        server.answers(request -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return request.field("authorization") == null
                    ? answer(302, "Location: /login\r\nSet-Cookie: state=" + request.field("x-request-id") + "\r\n", "")
                    : answer(200, "", "");
        });
        Setup setup = new Setup();
        setup.cache = new CacheConfig(Duration.ofSeconds(30), List.of(), 10);
        PolicyTester tester = setup.tester();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TesterResult>> good = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                good.add(threads.submit(() -> tester.get("/").header("Authorization", "x").send()));
            }
            Future<TesterResult> first = threads.submit(() -> tester.get("/").id("one").send());
            Future<TesterResult> second = threads.submit(() -> tester.get("/").id("two").send());
            Await.until("both calls", () -> server.calls() == 2);
            go.countDown();
            for (Future<TesterResult> each : good) {
                assertThat(each.get().status()).isEqualTo(200);
            }
            assertThat(first.get().header("set-cookie")).isEqualTo("state=one");
            assertThat(second.get().header("set-cookie")).isEqualTo("state=two");
        }
        assertThat(server.calls()).isEqualTo(3);
    }

    @Test
    void noMoreThanABoundedNumberWaits() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        server.answers(_ -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return answer(200, "", "");
        });
        Setup setup = new Setup();
        setup.waiting = 1;
        PolicyTester tester = setup.tester();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TesterResult> first = threads.submit(() -> tester.get("/").send());
            Await.until("the call", () -> server.calls() == 1);

            assertUndecided(tester.get("/").send());

            go.countDown();
            assertThat(first.get().status()).isEqualTo(200);
        }
        assertThat(server.calls()).isEqualTo(1);
        assertThat(tester.get("/").send().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "Host", "Connection", "content-length", "a b", ""})
    void fieldsThatTheGatewayWritesCanNotBeDeclared(String name) {
        Setup setup = new Setup();
        setup.headers = List.of(name);
        assertThatThrownBy(setup::config).isInstanceOf(ConfigException.class);
        setup.headers = List.of();
        setup.response = List.of(name);
        assertThatThrownBy(setup::config).isInstanceOf(ConfigException.class);
    }
}
