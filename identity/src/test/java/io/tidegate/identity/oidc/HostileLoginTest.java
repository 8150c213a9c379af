package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import io.tidegate.api.AccessFaults;
import io.tidegate.api.ByteSize;
import io.tidegate.api.Fault;
import io.tidegate.identity.oidc.TestProvider.TokenAnswer;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TesterResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Logins that somebody interferes with, and providers that misbehave.
class HostileLoginTest extends OidcFixture {

    private static String location(TesterResult result) {
        return Objects.requireNonNull(result.header("location"));
    }

    private void assertRefused(TesterResult result, Fault fault) {
        assertThat(result.fault()).as(result.toString()).isEqualTo(fault);
        assertThat(result.exception()).isNull();
        assertThat(result.header("location")).isNull();
        assertThat(result.header("cache-control")).isEqualTo("no-store");
        assertThat(result.headerValues("set-cookie")).allSatisfy(field -> assertThat(field).endsWith("Max-Age=0"));
        assertThat(result.reachedUpstream()).isFalse();
        assertThat(result.principal()).isNull();
    }

    private static Arguments change(String name, BiFunction<String, TestProvider, String> change, Fault fault) {
        return Arguments.of(name, change, fault);
    }

    private static Stream<Arguments> answersThroughTheBrowser() {
        Fault state = AccessFaults.OIDC_STATE;
        return Stream.of(
                change("no state", (query, _) -> query.replaceAll("&state=[^&]*", ""), state),
                change("another state", (query, _) -> query.replaceAll("state=.", "state=~"), state),
                change("an empty state", (query, _) -> query.replaceAll("state=[^&]*", "state="), state),
                change("a state twice", (query, _) -> query + "&state=x", state),
                change("a long state", (query, _) -> query.replace("state=", "state=" + "x".repeat(5000)), state),
                change("no code", (query, _) -> query.replaceAll("code=[^&]*&", ""), state),
                change("two codes", (query, _) -> query + "&code=x", state),
                change("no issuer (RFC 9207)", (query, _) -> query.replaceAll("&iss=[^&]*", ""), state),
                change("the other issuer (mix-up)",
                        (query, _) -> query.replaceAll("&iss=[^&]*", "&iss=https://evil.test"), state),
                change("two issuers", (query, _) -> query + "&iss=https://evil.test", state),
                change("an issuer with a slash more", (query, _) -> query + "/", state),
                change("an error", (query, _) -> query.replaceAll("code=[^&]*", "error=access_denied"),
                        AccessFaults.OIDC_REFUSED),
                change("an error beside a code", (query, _) -> query + "&error=access_denied",
                        AccessFaults.OIDC_REFUSED),
                change("an error that passes", (query, _) -> query + "&error=temporarily_unavailable",
                        AccessFaults.OIDC_PROVIDER),
                change("an error of the other issuer",
                        (query, _) -> query.replaceAll("iss=[^&]*", "iss=x&error=access_denied"), state),
                change("a code that was never given", (query, _) -> query.replaceAll("code=[^&]*", "code=guessed"),
                        AccessFaults.OIDC_REFUSED),
                change("the code of somebody else's login", (query, provider) -> {
                    String other = provider.authorize(provider.issuer() + "/authorize?client_id=shop&response_type=code"
                            + "&code_challenge_method=S256&code_challenge=x&state=y&redirect_uri="
                            + "https%3A%2F%2Fshop.test%2Foidc%2Fcallback");
                    return query.replaceAll("code=[^&]*", other.substring(0, other.indexOf('&')));
                }, AccessFaults.OIDC_REFUSED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answersThroughTheBrowser")
    void anAnswerThatIsNotTheProvidersEndsTheLogin(String name, BiFunction<String, TestProvider, String> change,
            Fault fault) {
        Browser browser = browser();
        String location = location(browser.open("/"));

        assertRefused(browser.open("/oidc/callback?" + change.apply(provider.authorize(location), provider)), fault);
        assertThat(browser.open("/").status()).isEqualTo(302);
    }

    @Test
    void aLoginCannotBeCompletedByAnotherBrowser() {
        Browser attacker = browser();
        String location = location(attacker.open("/"));
        String query = provider.authorize(location);
        Browser victim = attacker.copy();
        victim.cookies.clear();

        assertRefused(victim.open("/oidc/callback?" + query), AccessFaults.OIDC_STATE);
        victim.open("/");
        assertRefused(victim.open("/oidc/callback?" + query), AccessFaults.OIDC_STATE);
        assertThat(provider.tokenCalls).hasValue(0);
    }

    @Test
    void aLoginIsCompletedOnce() {
        Browser browser = browser();
        String location = location(browser.open("/"));
        Browser before = browser.copy();
        assertThat(browser.back(location).status()).isEqualTo(303);

        assertRefused(before.back(location), AccessFaults.OIDC_STATE);
        assertThat(provider.tokenCalls).hasValue(1);
    }

    @Test
    void aLoginThatTookTooLongIsOver() {
        Browser browser = browser();
        String location = location(browser.open("/"));
        after(Duration.ofMinutes(10).plusMillis(1));

        assertRefused(browser.back(location), AccessFaults.OIDC_STATE);
    }

    @Test
    void cookiesOfALoginCannotBeChangedOrUsedElsewhere() {
        Browser browser = browser();
        String location = location(browser.open("/"));
        String name = browser.cookies.keySet().iterator().next();
        String value = Objects.requireNonNull(browser.cookies.get(name));
        for (int i = 0; i < value.length(); i += 7) {
            Browser changed = browser.copy();
            char other = value.charAt(i) == 'A' ? 'B' : 'A';
            changed.cookies.put(name, value.substring(0, i) + other + value.substring(i + 1));
            assertRefused(changed.back(location), AccessFaults.OIDC_STATE);
        }
        Browser session = browser.copy();
        session.cookies.clear();
        session.cookies.put("__Host-tidegate", "1." + value);
        assertThat(session.open("/").status()).isEqualTo(302);

        Browser otherClient = browser.before(tester(settings -> settings.clientId = "other"));
        assertRefused(otherClient.open("/oidc/callback?" + provider.authorize(location)), AccessFaults.OIDC_STATE);
        Browser otherSecret = browser.before(tester(settings -> settings.secrets = List.of("x".repeat(32))));
        assertRefused(otherSecret.open("/oidc/callback?" + provider.authorize(location)), AccessFaults.OIDC_STATE);
        assertThat(browser.before(tester(settings -> settings.secrets = List.of("x".repeat(32), Settings.OLD)))
                .back(location).status()).isEqualTo(303);
    }

    @Test
    void ofManyCookiesOfLoginsAFewAreOpened() {
        Browser browser = browser();
        browser.open("/");
        Map.Entry<String, String> login = Map.copyOf(browser.cookies).entrySet().iterator().next();
        for (int before : List.of(7, 8, 100)) {
            browser.cookies.clear();
            for (int i = 0; i < before; i++) {
                browser.cookies.put("__Host-tidegate_login_" + (1_000_000_000_000_000L + i), login.getValue());
            }
            browser.cookies.put(login.getKey(), login.getValue());

            browser.open("/");
            assertThat(browser.cookies).hasSize(before == 7 ? 2 : 1);
            assertThat(browser.cookies.containsKey(login.getKey())).isEqualTo(before == 7);
        }
    }

    private static Arguments claims(String name, Consumer<Map<String, Object>> change) {
        return Arguments.of(name, change);
    }

    private static Stream<Arguments> badClaims() {
        return Stream.of(claims("another nonce", claims -> claims.put("nonce", "other")),
                claims("no nonce", claims -> claims.remove("nonce")),
                claims("a nonce that is a number", claims -> claims.put("nonce", 1)),
                claims("another issuer", claims -> claims.put("iss", "https://evil.test")),
                claims("no issuer", claims -> claims.remove("iss")),
                claims("another audience", claims -> claims.put("aud", "other")),
                claims("no audience", claims -> claims.remove("aud")),
                claims("several audiences and no azp", claims -> claims.put("aud", List.of("shop", "other"))),
                claims("another azp", claims -> claims.put("azp", "other")),
                claims("several audiences and another azp", claims -> {
                    claims.put("aud", List.of("shop", "other"));
                    claims.put("azp", "other");
                }),
                claims("expired", claims -> claims.computeIfPresent("exp", (_, _) -> 1_000_000)),
                claims("no exp", claims -> claims.remove("exp")), claims("no iat", claims -> claims.remove("iat")),
                claims("issued in the future", claims -> claims.put("iat", 4_000_000_000L)),
                claims("not yet good", claims -> claims.put("nbf", 4_000_000_000L)),
                claims("another access token", claims -> claims.put("at_hash", TestProvider.hash("other"))),
                claims("no subject", claims -> claims.remove("sub")),
                claims("an empty subject", claims -> claims.put("sub", "")),
                claims("a long subject", claims -> claims.put("sub", "x".repeat(256))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badClaims")
    void anIdTokenThatSaysSomethingWrongIsRefused(String name, Consumer<Map<String, Object>> change) {
        provider.idTokenClaims = change;

        assertRefused(browser().logIn("/"), AccessFaults.OIDC_PROVIDER);
    }

    @Test
    void aUserWhoWasToLogInAnewHasDoneSo() {
        Browser browser = browser(settings -> settings.parameters = Map.of("max_age", "60"));
        long now = clock.millis() / 1000;
        for (Object time : java.util.Arrays.asList(null, "now", now - 91)) {
            provider.idTokenClaims = claims -> claims.put("auth_time", time);
            assertRefused(browser.logIn("/"), AccessFaults.OIDC_PROVIDER);
        }

        provider.idTokenClaims = claims -> claims.put("auth_time", now - 60);
        assertThat(browser.logIn("/").status()).isEqualTo(303);
        after(Duration.ofSeconds(280));
        assertThat(browser.fetch("/").status()).isEqualTo(200);
    }

    @Test
    void anIdTokenForSeveralIsTakenWhereTheGatewayIsTheOneThatAsked() {
        provider.idTokenClaims = claims -> {
            claims.put("aud", List.of("shop", "other"));
            claims.put("azp", "shop");
            claims.remove("at_hash");
        };

        assertThat(browser().logIn("/").status()).isEqualTo(303);
    }

    private static String unsigned(String token) {
        String header = Base64.getUrlEncoder().withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        return header + token.substring(token.indexOf('.'), token.lastIndexOf('.') + 1);
    }

    @Test
    void anIdTokenThatTheProviderDidNotSignIsRefused() {
        Browser browser = browser();
        provider.idToken = HostileLoginTest::unsigned;
        assertRefused(browser.logIn("/"), AccessFaults.OIDC_PROVIDER);
        provider.idToken = token -> token.substring(0, token.length() - 4) + "AAAA";
        assertRefused(browser.logIn("/"), AccessFaults.OIDC_PROVIDER);
        provider.idToken = _ -> "no.token";
        assertRefused(browser.logIn("/"), AccessFaults.OIDC_PROVIDER);
        provider.idToken = token -> token + "x".repeat(20_000);
        assertRefused(browser.logIn("/"), AccessFaults.OIDC_PROVIDER);

        provider.idToken = java.util.function.UnaryOperator.identity();
        ECKey real = provider.key;
        provider.key = TestProvider.newKey(real.getKeyID());
        assertRefused(browser.logIn("/"), AccessFaults.OIDC_PROVIDER);
        provider.key = real;
        assertThat(browser.logIn("/").status()).isEqualTo(303);
    }

    @Test
    void aLogoutTokenIsNoIdToken() {
        provider.idToken = _ -> provider.logoutToken("logout+jwt", _ -> {});

        assertRefused(browser().logIn("/"), AccessFaults.OIDC_PROVIDER);
    }

    private static Stream<Arguments> tokenAnswers() {
        Fault provider = AccessFaults.OIDC_PROVIDER;
        return Stream.of(Arguments.of("a failure", new TokenAnswer(500, ""), provider),
                Arguments.of("too busy", new TokenAnswer(429, ""), provider),
                Arguments.of("a redirect", new TokenAnswer(302, ""), provider),
                Arguments.of("a page", new TokenAnswer(200, "<html>"), provider),
                Arguments.of("a list", new TokenAnswer(200, "[]"), provider),
                Arguments.of("nothing", new TokenAnswer(200, ""), provider),
                Arguments.of("no tokens", new TokenAnswer(200, "{\"token_type\":\"Bearer\"}"), provider),
                Arguments.of("no ID token",
                        new TokenAnswer(200, "{\"token_type\":\"Bearer\",\"access_token\":\"a\"}"), provider),
                Arguments.of("another type",
                        new TokenAnswer(200, "{\"token_type\":\"DPoP\",\"access_token\":\"a\",\"id_token\":\"a\"}"),
                        provider),
                Arguments.of("an unknown client", new TokenAnswer(401, "{\"error\":\"invalid_client\"}"), provider),
                Arguments.of("a code that is over", new TokenAnswer(400, "{\"error\":\"invalid_grant\"}"),
                        AccessFaults.OIDC_REFUSED),
                Arguments.of("an error that is none", new TokenAnswer(400, "{\"error\":{\"a\":1}}"), provider),
                Arguments.of("far too much", new TokenAnswer(200, "x".repeat(1 << 20)), provider));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokenAnswers")
    void anAnswerOfTheTokenEndpointThatCannotBeUsedEndsTheLogin(String name, TokenAnswer answer, Fault fault) {
        Browser browser = browser(settings -> settings.maxBody = new ByteSize(64 << 10));
        provider.tokenAnswer = answer;
        assertRefused(browser.logIn("/"), fault);

        provider.tokenAnswer = null;
        assertThat(browser.logIn("/").status()).isEqualTo(303);
    }

    @Test
    void aTokenEndpointThatDoesNotAnswerEndsTheLogin() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        Browser browser = browser(settings -> settings.timeout = Duration.ofMillis(500));
        String location = location(browser.open("/"));
        provider.beforeToken = gate::pass;
        try {
            assertRefused(browser.back(location), AccessFaults.OIDC_PROVIDER);
        } finally {
            gate.open();
        }
        Browser again = browser.copy();
        provider.close();
        assertRefused(again.open("/oidc/callback?state=x"), AccessFaults.OIDC_STATE);
    }

    @Test
    void aProviderThatIsSomebodyElseOrOutOfReachIsNotUsed() {
        provider.metadata = members -> members.put("issuer", "https://evil.test");
        assertThat(browser().open("/").fault()).isEqualTo(AccessFaults.UNAVAILABLE);

        provider.metadata = members -> members.remove("authorization_endpoint");
        assertThat(browser().open("/").fault()).isEqualTo(AccessFaults.OIDC_PROVIDER);

        provider.metadata = members -> members.put("authorization_endpoint", "javascript:alert(1)");
        assertThat(browser().open("/").fault()).isEqualTo(AccessFaults.OIDC_PROVIDER);

        provider.metadata = _ -> {};
        Settings settings = new Settings(provider);
        provider.close();
        TesterResult down = new Browser(closed(io.tidegate.testkit.PolicyTester.at(clock).then(new OidcFactory(),
                settings.config())), provider).open("/");
        assertThat(down.fault()).isEqualTo(AccessFaults.UNAVAILABLE);
        assertThat(down.header("retry-after")).isEqualTo("1");
    }

    @Test
    void whatTheUserInfoEndpointSaysIsOfTheSameUser() {
        Browser browser = browser(settings -> {
            settings.userInfo = true;
            settings.claimsToHeaders = Map.of("email", "x-mail", "preferred_username", "x-user");
        });
        provider.userInfo = "{\"sub\":\"somebody-else\",\"email\":\"a@b.test\"}";
        assertRefused(browser.logIn("/"), AccessFaults.OIDC_PROVIDER);
        provider.userInfo = "<html>";
        assertRefused(browser.logIn("/"), AccessFaults.OIDC_PROVIDER);

        provider.userInfo = "{\"sub\":\"u-1\",\"email\":\"a@b.test\",\"preferred_username\":\"eve\"}";
        assertThat(browser.logIn("/").status()).isEqualTo(303);
        TesterResult page = browser.open("/");
        assertThat(page.sent().header("x-mail")).isEqualTo("a@b.test");
        assertThat(page.sent().header("x-user")).isEqualTo("ada");
    }

    @Test
    void theCallbackTakesNothingButReturns() {
        Browser browser = browser();

        assertThat(browser.request("POST", "/oidc/callback").body("code=a&state=b").send().status()).isEqualTo(405);
        assertRefused(browser.open("/oidc/callback"), AccessFaults.OIDC_STATE);
        assertThat(browser.open("/oidc/callback/x").status()).isEqualTo(302);
    }
}
