package io.tidegate.identity.introspection;

import static io.tidegate.identity.remote.AskedServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ClientCertificate;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Fault;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import io.tidegate.api.TlsClient;
import io.tidegate.identity.TestIssuer;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.remote.AskedServer;
import io.tidegate.identity.remote.OAuthClientConfig;
import io.tidegate.identity.remote.TestClock;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TesterResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens that a server is asked about.
class IntrospectionTest {

    private static final String ISSUER = "https://id.example.com";
    private static final Consumer ACME = new Consumer("acme", Set.of("partners"));
    private static final Consumers KNOWN = new Consumers() {
        @Override
        public @Nullable Consumer identified(Identity identity) {
            return identity.equals(Identity.token(ISSUER, "acme-backend")) ? ACME : null;
        }
    };

    private static final TestIssuer KEY = TestIssuer.of("k1", "ES256");
    private static final String SIGNED = "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"token-introspection+jwt\"}";

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
        private @Nullable String url = server.url("/introspect");
        private @Nullable String issuer = ISSUER;
        private @Nullable OAuthClientConfig client = new OAuthClientConfig("gate way", "s:e&cret", null, null);
        private List<String> audience = List.of();
        private List<String> scopes = List.of();
        private Map<String, List<String>> claims = Map.of();
        private @Nullable String groups;
        private UnknownConsumer unknown = UnknownConsumer.REFUSE;
        private boolean optional;
        private boolean signed;
        private boolean hide;
        private int maxWaiting = 1000;
        private HttpClientConfig http = AskedServer.http(20_000);

        PolicyTester tester() {
            PolicyTester tester = PolicyTester.at(clock).knowing(KNOWN).then(new IntrospectionFactory(),
                    new IntrospectionConfig(url, issuer, client, signed, audience, scopes, claims, "sub", groups,
                            unknown,
                            optional, hide, "shop", Duration.ofMinutes(1), Duration.ofSeconds(5), 100, maxWaiting, 64,
                            http));
            testers.add(tester);
            return tester;
        }
    }

    private static TesterResult send(PolicyTester tester, String token) {
        return tester.get("/orders").header("Authorization", "Bearer " + token).send();
    }

    private static String good(String more) {
        return json("{\"active\":true,\"sub\":\"acme-backend\"" + more + "}");
    }

    @Test
    void aGoodTokenPassesAndItsHolderIsKnown() {
        server.answers(good(",\"scope\":\"read  write\",\"client_id\":\"c\",\"roles\":[\"a\",\"b\"]"));
        Setup setup = new Setup();
        setup.groups = "roles";

        TesterResult result = send(setup.tester(), "abc.DEF-1~2/3+4==");

        assertThat(result.status()).as("%s", result).isEqualTo(200);
        assertThat(result.principal()).isEqualTo(new Principal("oauth2Introspection", "acme-backend", ISSUER, ACME,
                Set.of("partners", "a", "b"), Set.of("read", "write"), Map.of("sub", "acme-backend", "scope",
                        "read  write", "client_id", "c", "roles", List.of("a", "b"))));
        assertThat(result.sent().header("authorization")).isEqualTo("Bearer abc.DEF-1~2/3+4==");
        RawRequest asked = server.request(0);
        assertThat(asked.line()).isEqualTo("POST /introspect HTTP/1.1");
        assertThat(asked.body()).isEqualTo("token=abc.DEF-1%7E2%2F3%2B4%3D%3D&token_type_hint=access_token");
        assertThat(asked.field("content-type")).isEqualTo("application/x-www-form-urlencoded");
        String login = String.valueOf(asked.field("authorization"));
        assertThat(new String(Base64.getDecoder().decode(login.substring(6)), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("gate+way:s%3Ae%26cret");
    }

    @Test
    void theSecretGoesIntoTheBodyOrATokenTakesItsPlace() {
        server.answers(good(""));
        Setup setup = new Setup();
        setup.client = new OAuthClientConfig("gate way", "s:e&cret", OAuthClientConfig.Method.POST, null);
        send(setup.tester(), "abc");
        setup.client = new OAuthClientConfig(null, null, null, "own.token");
        send(setup.tester(), "abc");
        setup.client = new OAuthClientConfig("gw", null, null, null);
        send(setup.tester(), "abc");

        assertThat(server.request(0).field("authorization")).isNull();
        assertThat(server.request(0).body()).endsWith("&client_id=gate+way&client_secret=s%3Ae%26cret");
        assertThat(server.request(1).field("authorization")).isEqualTo("Bearer own.token");
        assertThat(server.request(2).body()).endsWith("&client_id=gw");
        assertThat(setup.client.toString() + new OAuthClientConfig("a", "hidden", null, null))
                .doesNotContain("hidden");
    }

    @Test
    void anAnswerIsBelievedForAMinuteAndARefusalForFiveSeconds() {
        PolicyTester tester = new Setup().tester();
        server.answers(good(",\"exp\":" + clock.in(90)));
        send(tester, "abc");
        clock.pass(Duration.ofSeconds(59));
        assertThat(send(tester, "abc").status()).isEqualTo(200);
        assertThat(server.calls()).isEqualTo(1);
        assertThat(tester.gauge("cached_tokens")).isEqualTo(1);
        clock.pass(Duration.ofSeconds(1));
        send(tester, "abc");
        assertThat(server.calls()).isEqualTo(2);

        server.answers(json("{\"active\":false}"));
        clock.pass(Duration.ofSeconds(29));
        assertThat(send(tester, "abc").status()).isEqualTo(200);
        clock.pass(Duration.ofSeconds(1));
        assertThat(send(tester, "abc").status()).as("behind its exp").isEqualTo(401);
        clock.pass(Duration.ofMillis(4999));
        assertThat(send(tester, "abc").status()).isEqualTo(401);
        assertThat(server.calls()).isEqualTo(3);
        clock.pass(Duration.ofMillis(1));
        send(tester, "abc");
        assertThat(server.calls()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"active":false}                                            | token.inactive
            {"active":false,"sub":"acme-backend"}                       | token.inactive
            {"active":true,"sub":"acme-backend","exp":1}                | jwt.expired
            {"active":true,"sub":"acme-backend","nbf":99999999999}      | jwt.not_yet
            {"active":true,"sub":"acme-backend","iss":"https://evil"}   | jwt.issuer
            {"active":true,"sub":"acme-backend","iss":7}                | jwt.issuer
            {"active":true}                                             | jwt.audience
            {"active":true,"sub":"acme-backend","aud":"other"}          | jwt.audience
            {"active":true,"sub":"acme-backend","aud":["other",{}]}     | jwt.audience
            {"active":true,"sub":"acme-backend","aud":"orders"}         | jwt.claim
            {"active":true,"sub":"acme-backend","aud":"orders","tenant":"c"} | jwt.claim
            {"active":true,"aud":"orders","tenant":"a"}                 | jwt.claim
            {"active":true,"sub":"","aud":"orders","tenant":"a"}        | jwt.claim
            {"active":true,"sub":["acme-backend"],"aud":"orders","tenant":"a"} | jwt.claim
            {"active":true,"sub":"acme-backend","aud":"orders","tenant":"a","token_type":"DPoP"} | token.binding
            {"active":true,"sub":"acme-backend","aud":"orders","tenant":"a","cnf":{"jkt":"x"}} | token.binding
            {"active":true,"sub":"acme-backend","aud":"orders","tenant":"a","cnf":{"x5t#S256":"AAAA"}} | token.binding
            {"active":true,"sub":"acme-backend","aud":"orders","tenant":["x","b"],"scope":"read"} | access.scope
            {"active":true,"sub":"stranger","aud":["x","orders"],"tenant":"a","scope":"read write"} | auth.unknown_consumer
            """)
    void aTokenThatIsNotGoodForThisIsRefused(String answer, String fault) {
        server.answers(json(answer));
        Setup setup = new Setup();
        setup.audience = List.of("orders", "shop");
        setup.claims = Map.of("tenant", List.of("a", "b"));
        setup.scopes = List.of("read", "write");

        TesterResult result = send(setup.tester(), "abc");

        Fault why = result.fault();
        assertThat(why == null ? "none" : why.code()).isEqualTo(fault);
        assertThat(result.reachedUpstream()).isFalse();
        assertThat(result.principal()).isNull();
        if (result.status() == 401) {
            assertThat(result.header("www-authenticate"))
                    .isEqualTo("Bearer realm=\"shop\", error=\"invalid_token\"");
        }
        if (fault.equals("access.scope")) {
            assertThat(result.header("www-authenticate")).contains("insufficient_scope", "scope=\"read write\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no", "[]", "{}", "{\"active\":\"true\"}", "{\"active\":1}", "{\"active\":null}",
        "{\"active\":false,\"active\":true,\"sub\":\"acme-backend\"}", "{\"active\":true,\"sub\":\"acme-backend\"",
        "{\"active\":true,\"sub\":\"acme-backend\",\"exp\":\"tomorrow\"}",
        "{\"active\":true,\"sub\":\"acme-backend\",\"exp\":-1}",
        "{\"active\":true,\"sub\":\"acme-backend\",\"cnf\":\"x\"}"})
    void whatIsNoAnswerOfTheRfcLetsNobodyIn(String answer) {
        server.answers(json(answer));

        assertUnavailable(send(new Setup().tester(), "abc"));
    }

    private static void assertUnavailable(TesterResult result) {
        assertThat(result.fault()).isEqualTo(AccessFaults.UNAVAILABLE);
        assertThat(result.status()).isEqualTo(503);
        assertThat(result.reachedUpstream()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 302, 400, 401, 403, 500, 503})
    void anyOtherStatusThan200LetsNobodyIn(int status) {
        server.answers(AskedServer.answer(status, status == 302 ? "Location: /elsewhere\r\n" : "",
                status == 204 ? "" : "{\"active\":true,\"sub\":\"acme-backend\"}"));
        PolicyTester tester = new Setup().tester();

        assertUnavailable(send(tester, "abc"));
        assertThat(server.calls()).isEqualTo(1);
        server.answers(good(""));
        assertThat(send(tester, "abc").status()).as("not remembered").isEqualTo(200);
    }

    @Test
    void aServerThatIsSilentHugeOrGoneLetsNobodyIn() {
        Setup setup = new Setup();
        setup.http = AskedServer.http(50);
        assertUnavailable(send(setup.tester(), "abc"));

        server.answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "400\r\n" + " ".repeat(1024)
                + "\r\n" + "fff\r\n" + " ".repeat(4095) + "\r\n");
        setup.http = AskedServer.http(20_000);
        assertUnavailable(send(setup.tester(), "abc"));

        server.answers("\0\0\0 nonsense\r\n\r\n");
        assertUnavailable(send(setup.tester(), "abc"));

        TestUpstream gone = TestUpstream.hello();
        gone.close();
        setup.url = gone.url() + "/introspect";
        assertUnavailable(send(setup.tester(), "abc"));
    }

    @Test
    void aFloodWithOneTokenMakesOneCall() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        server.answers(_ -> {
            await(go);
            return good("");
        });
        PolicyTester tester = new Setup().tester();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TesterResult>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(threads.submit(() -> send(tester, "abc")));
            }
            Await.until("the call", () -> server.calls() == 1);
            go.countDown();
            for (Future<TesterResult> each : all) {
                assertThat(each.get().status()).isEqualTo(200);
            }
        }
        assertThat(server.calls()).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noMoreThanABoundedNumberWaitsOrCalls() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        server.answers(_ -> {
            await(go);
            return good("");
        });
        Setup setup = new Setup();
        setup.maxWaiting = 3;
        setup.http = AskedServer.http(20_000, 2);
        PolicyTester tester = setup.tester();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TesterResult> first = threads.submit(() -> send(tester, "abc"));
            Future<TesterResult> second = threads.submit(() -> send(tester, "other"));
            Await.until("both calls", () -> server.calls() == 2);

            assertUnavailable(send(tester, "a-third"));
            assertThat(server.calls()).as("maxCalls").isEqualTo(2);

            Future<TesterResult> third = threads.submit(() -> send(tester, "abc"));
            Await.until("one more to be turned away", () -> {
                if (third.isDone()) {
                    return true;
                }
                long before = tester.count("unavailable");
                threads.submit(() -> send(tester, "abc"));
                return tester.count("unavailable") > before;
            });
            go.countDown();
            assertThat(first.get().status()).isEqualTo(200);
            assertThat(second.get().status()).isEqualTo(200);
        }
        assertThat(server.calls()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer =", "Bearer a=b", "Bearer \"a\"",
        "bearer " + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Bearer é"})
    void whatIsNoTokenIsNotAskedAbout(String value) {
        server.answers(good(""));
        Setup setup = new Setup();
        setup.optional = true;

        TesterResult result = setup.tester().get("/").header("Authorization", value).send();

        assertThat(result.fault()).isEqualTo(AccessFaults.MALFORMED);
        assertThat(server.calls()).isZero();
    }

    @Test
    void aRequestWithoutATokenIsRefusedOrPassesAsNobody() {
        TesterResult refused = new Setup().tester().get("/").header("Authorization", "Basic YTpi").send();
        assertThat(refused.fault()).isEqualTo(AccessFaults.MISSING);
        assertThat(refused.header("www-authenticate")).isEqualTo("Bearer realm=\"shop\"");

        Setup setup = new Setup();
        setup.optional = true;
        TesterResult passed = setup.tester().get("/").send();

        assertThat(passed.status()).isEqualTo(200);
        assertThat(passed.principal()).isNull();
        assertThat(server.calls()).isZero();
    }

    @Test
    void aStrangerMayPassAndTheTokenMayStayHere() {
        server.answers(json("{\"active\":true,\"sub\":\"stranger\"}"));
        Setup setup = new Setup();
        setup.unknown = UnknownConsumer.ALLOW;
        setup.hide = true;
        setup.issuer = null;

        TesterResult result = send(setup.tester(), "abc");

        assertThat(result.sent().header("authorization")).isNull();
        Principal principal = result.principal();
        assertThat(principal == null ? null : principal.subject()).isEqualTo("stranger");
        assertThat(principal == null ? "" : principal.issuer()).isNull();
    }

    @Test
    void aTokenOfACertificateIsGoodWithThatCertificateAlone() {
        byte[] hash = new byte[32];
        hash[0] = 1;
        server.answers(good(",\"cnf\":{\"x5t#S256\":\""
                + Base64.getUrlEncoder().withoutPadding().encodeToString(hash) + "\"}"));
        PolicyTester tester = new Setup().tester();

        assertThat(send(tester, "abc").fault()).isEqualTo(AccessFaults.TOKEN_BINDING);
        TesterResult with = tester.get("/").header("Authorization", "Bearer abc").tls(tls(hash)).send();

        assertThat(with.status()).isEqualTo(200);
        assertThat(server.calls()).isEqualTo(1);
    }

    private static TlsClient tls(byte[] hash) {
        return new TlsClient("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null, new ClientCertificate("CN=a", "CN=b",
                "01", HexFormat.of().formatHex(hash), List.of(), List.of()));
    }

    /// A server that signs its answers, whatever they are.
    private PolicyTester signing(TestIssuer signer, String header, String payload, String type) {
        Setup setup = new Setup();
        setup.issuer = server.url("");
        setup.url = server.url("/introspect");
        setup.signed = true;
        setup.client = new OAuthClientConfig("gw", "s", null, null);
        setup.unknown = UnknownConsumer.ALLOW;
        server.answers(request -> switch (request.target()) {
            case "/.well-known/openid-configuration" -> json("{\"issuer\":\"" + server.url("")
                    + "\",\"jwks_uri\":\"" + server.url("/keys") + "\"}");
            case "/keys" -> json(TestIssuer.jwks(KEY));
            case "/introspect" -> AskedServer.answer(200, "Content-Type: " + type + "\r\n",
                    signer.sign(header, payload.replace("ISSUER", server.url(""))));
            default -> AskedServer.answer(404, "", "");
        });
        return setup.tester();
    }

    private String said(String more) {
        return "{\"iss\":\"ISSUER\",\"aud\":\"gw\",\"iat\":" + clock.in(0)
                + ",\"token_introspection\":{\"active\":true,\"sub\":\"u1\"" + more + "}}";
    }

    @Test
    void aSignedAnswerIsTakenFromItsIssuer() {
        PolicyTester tester = signing(KEY, SIGNED, said(""), "application/token-introspection+jwt; charset=utf-8");

        TesterResult result = send(tester, "abc");

        assertThat(result.status()).as("%s", result).isEqualTo(200);
        Principal principal = result.principal();
        assertThat(principal == null ? "" : principal.subject()).isEqualTo("u1");
        server.answers(good(""));
        assertThat(send(tester, "abc").status()).as("remembered").isEqualTo(200);
        assertUnavailable(send(tester, "not-signed"));
    }

    @Test
    void aSignedAnswerThatIsNotGoodLetsNobodyIn() {
        String type = "application/token-introspection+jwt";
        TestIssuer stranger = TestIssuer.of("k1", "ES256");
        assertUnavailable(send(signing(stranger, SIGNED, said(""), type), "abc"));
        assertUnavailable(send(signing(KEY, SIGNED, said(""), "application/json"), "abc"));
        assertUnavailable(
                send(signing(KEY, "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"JWT\"}", said(""), type), "abc"));
        assertUnavailable(send(signing(KEY, SIGNED, said("").replace("\"gw\"", "\"other\""), type), "abc"));
        assertUnavailable(send(signing(KEY, SIGNED, said("").replace("ISSUER", "https://evil"), type), "abc"));
        assertUnavailable(send(signing(KEY, SIGNED, said("").replace("iat", "iat2"), type), "abc"));
        assertUnavailable(
                send(signing(KEY, SIGNED, said("").replace("" + clock.in(0), "" + clock.in(-301)), type), "abc"));
        assertUnavailable(
                send(signing(KEY, SIGNED, said("").replace("" + clock.in(0), "" + clock.in(60)), type), "abc"));
        assertUnavailable(send(signing(KEY, SIGNED, said("").replace("token_introspection", "other"), type), "abc"));
        assertUnavailable(send(signing(KEY, SIGNED, said("").replace("true", "1"), type), "abc"));
    }

    @Test
    void theServerIsFoundByItsIssuer() {
        Setup setup = new Setup();
        setup.url = null;
        setup.issuer = server.url("/realm");
        setup.unknown = UnknownConsumer.ALLOW;
        server.answers(request -> switch (request.target()) {
            case "/.well-known/oauth-authorization-server/realm" -> json("{\"issuer\":\"" + server.url("/realm")
                    + "\",\"introspection_endpoint\":\"" + server.url("/ask") + "\"}");
            case "/ask" -> good("");
            default -> AskedServer.answer(404, "", "");
        });
        PolicyTester tester = setup.tester();

        assertThat(send(tester, "abc").status()).isEqualTo(200);
        assertThat(send(tester, "def").status()).isEqualTo(200);

        assertThat(server.calls()).isEqualTo(4);
        assertThat(server.request(0).target()).isEqualTo("/realm/.well-known/openid-configuration");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "no",
        "{\"issuer\":\"http://other\",\"introspection_endpoint\":\"http://127.0.0.1:1/\"}",
        "{\"issuer\":\"ISSUER\"}", "{\"issuer\":\"ISSUER\",\"introspection_endpoint\":\"file:///etc/passwd\"}",
        "{\"issuer\":\"ISSUER\",\"introspection_endpoint\":\"http://user@host/\"}"})
    void metadataThatCanNotBeBelievedLetsNobodyIn(String metadata) {
        Setup setup = new Setup();
        setup.url = null;
        setup.issuer = server.url("");
        server.answers(request -> request.target().startsWith("/.well-known/")
                ? json(metadata.replace("ISSUER", server.url("")))
                : good(""));

        assertUnavailable(send(setup.tester(), "abc"));
        assertThat(server.calls()).isEqualTo(2);
    }
}
