package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.identity.oidc.OidcConfig.Keeping;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Ends of sessions, by their users and by the provider.
class LogoutTest extends OidcFixture {

    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";

    private PolicyTester tester(Keeping keeping) {
        return tester(settings -> {
            settings.session = keeping;
            settings.logoutPath = "/logout";
            settings.postLogoutRedirectUri = "https://shop.test/bye";
            settings.backChannelLogoutPath = "/oidc/logout";
        });
    }

    private Browser loggedIn(PolicyTester tester) {
        Browser browser = new Browser(tester, provider);
        assertThat(browser.logIn("/").status()).isEqualTo(303);
        return browser;
    }

    private TesterResult tell(PolicyTester tester, String token) {
        return tester.post("/oidc/logout").secure().authority("shop.test")
                .header("content-type", "application/x-www-form-urlencoded;charset=UTF-8")
                .body("logout_token=" + token).send();
    }

    @ParameterizedTest
    @EnumSource
    void aUserLogsOutHereAndAtTheProvider(Keeping keeping) {
        PolicyTester tester = tester(keeping);
        Browser browser = loggedIn(tester);
        Browser stolen = browser.copy();

        TesterResult out = browser.open("/logout");
        assertThat(out.status()).isEqualTo(303);
        String location = Objects.requireNonNull(out.header("location"));
        assertThat(location).startsWith(provider.issuer() + "/logout?");
        Map<String, String> parameters = TestProvider.parameters(URI.create(location).getRawQuery());
        assertThat(parameters).containsEntry("client_id", "shop").containsEntry("post_logout_redirect_uri",
                "https://shop.test/bye");
        assertThat(parameters.get("id_token_hint")).matches("[^.]+\\.[^.]+\\.[^.]+");
        assertThat(out.header("cache-control")).isEqualTo("no-store");
        assertThat(browser.cookies).isEmpty();
        assertThat(stolen.fetch("/").fault()).isEqualTo(
                keeping == Keeping.COOKIE ? AccessFaults.EXPIRED : AccessFaults.MISSING);
        assertThat(tester.count("logout")).isEqualTo(1);
    }

    @Test
    void whoHasNoSessionGoesWhereTheOthersGoInTheEnd() {
        Browser browser = new Browser(tester(Keeping.COOKIE), provider);
        assertThat(browser.open("/logout").header("location")).isEqualTo("https://shop.test/bye");

        Browser nowhere = browser(settings -> settings.logoutPath = "/logout");
        assertThat(nowhere.open("/logout").status()).isEqualTo(204);
        assertThat(nowhere.take(nowhere.request("PUT", "/logout").send()).status()).isEqualTo(405);
    }

    @Test
    void aProviderWithoutLogoutHasNoPartInIt() {
        provider.metadata = members -> members.remove("end_session_endpoint");
        Browser browser = loggedIn(tester(Keeping.COOKIE));

        assertThat(browser.open("/logout").header("location")).isEqualTo("https://shop.test/bye");
        assertThat(browser.cookies).isEmpty();
    }

    @Test
    void anotherSiteCannotLogAUserOut() {
        Browser browser = loggedIn(tester(Keeping.COOKIE));

        TesterResult out = browser
                .take(browser.request("GET", "/logout").header("sec-fetch-site", "cross-site").send());
        assertThat(out.status()).isEqualTo(403);
        assertThat(browser.fetch("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void theProviderEndsTheSessionsOfOneOfItsOwn(Keeping keeping) {
        PolicyTester tester = tester(keeping);
        Browser first = loggedIn(tester);
        provider.sid = "sid-2";
        Browser second = loggedIn(tester);

        TesterResult told = tell(tester, provider.logoutToken("logout+jwt", claims -> claims.put("sid", "sid-1")));
        assertThat(told.status()).as(told.toString()).isEqualTo(200);
        assertThat(told.header("cache-control")).isEqualTo("no-store");
        assertThat(first.fetch("/").fault()).isEqualTo(AccessFaults.EXPIRED);
        assertThat(second.fetch("/").status()).isEqualTo(200);
        assertThat(tester.count("logout_by_provider")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void howeverLongTheNameOfTheProvidersSessionIs(Keeping keeping) {
        PolicyTester tester = tester(keeping);
        String ended = "s".repeat(2000) + "1";
        provider.sid = ended;
        Browser first = loggedIn(tester);
        provider.sid = "s".repeat(2000) + "2";
        Browser second = loggedIn(tester);

        assertThat(tell(tester, provider.logoutToken("logout+jwt", claims -> claims.put("sid", ended))).status())
                .isEqualTo(200);

        assertThat(first.fetch("/").fault()).isEqualTo(AccessFaults.EXPIRED);
        assertThat(second.fetch("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void theProviderEndsAllSessionsOfAUserThatHaveBegun(Keeping keeping) {
        PolicyTester tester = tester(keeping);
        Browser first = loggedIn(tester);
        provider.sid = "sid-2";
        Browser second = loggedIn(tester);
        provider.subject = "u-2";
        Browser other = loggedIn(tester);
        provider.subject = "u-1";

        assertThat(tell(tester, provider.logoutToken("JWT", claims -> claims.remove("sid"))).status()).isEqualTo(200);
        assertThat(first.fetch("/").status()).isEqualTo(401);
        assertThat(second.fetch("/").status()).isEqualTo(401);
        assertThat(other.fetch("/").status()).isEqualTo(200);

        after(Duration.ofSeconds(1));
        assertThat(loggedIn(tester).fetch("/").status()).isEqualTo(200);
    }

    @Test
    void aLogoutTokenIsTakenOnce() {
        PolicyTester tester = tester(Keeping.STORE);
        String token = provider.logoutToken("logout+jwt", _ -> {});

        assertThat(tell(tester, token).status()).isEqualTo(200);
        assertThat(tell(tester, token).fault()).isEqualTo(AccessFaults.OIDC_LOGOUT);
    }

    private static Arguments claims(String name, Consumer<Map<String, Object>> change) {
        return Arguments.of(name, change);
    }

    private static Stream<Arguments> badClaims() {
        return Stream.of(claims("another issuer", claims -> claims.put("iss", "https://evil.test")),
                claims("another audience", claims -> claims.put("aud", "other")),
                claims("no audience", claims -> claims.remove("aud")),
                claims("no iat", claims -> claims.remove("iat")),
                claims("issued long ago", claims -> claims.compute("iat", (_, iat) -> (Long) iat - 700)),
                claims("expired", claims -> claims.compute("exp", (_, exp) -> (Long) exp - 700)),
                claims("no exp", claims -> claims.remove("exp")), claims("no jti", claims -> claims.remove("jti")),
                claims("an empty jti", claims -> claims.put("jti", "")),
                claims("no events", claims -> claims.remove("events")),
                claims("another event", claims -> claims.put("events", Map.of("http://other", Map.of()))),
                claims("an event that is no object", claims -> claims.put("events", Map.of(EVENT, "yes"))),
                claims("events in a list", claims -> claims.put("events", List.of(EVENT))),
                claims("a nonce: it is an ID token", claims -> claims.put("nonce", "n")), claims("nobody", claims -> {
                    claims.remove("sid");
                    claims.remove("sub");
                }), claims("a sid that is a number", claims -> claims.put("sid", 1)),
                claims("a sub that is a list", claims -> claims.put("sub", List.of("u-1"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badClaims")
    void aLogoutTokenThatSaysSomethingWrongEndsNothing(String name, Consumer<Map<String, Object>> change) {
        PolicyTester tester = tester(Keeping.COOKIE);
        Browser browser = loggedIn(tester);

        TesterResult told = tell(tester, provider.logoutToken("logout+jwt", change));
        assertThat(told.fault()).as(told.toString()).isEqualTo(AccessFaults.OIDC_LOGOUT);
        assertThat(told.exception()).isNull();
        assertThat(told.header("cache-control")).isEqualTo("no-store");
        assertThat(browser.fetch("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "logout_token=", "logout_token=a.b.c", "logout_token=%zz", "id_token=x",
        "logout_token=x&logout_token=y", "{\"logout_token\":\"x\"}"})
    void whatIsNoMessageOfAProviderEndsNothing(String body) {
        TesterResult told = tester(Keeping.COOKIE).post("/oidc/logout")
                .header("content-type", "application/x-www-form-urlencoded").body(body).send();

        assertThat(told.fault()).as(told.toString()).isEqualTo(AccessFaults.OIDC_LOGOUT);
        assertThat(told.exception()).isNull();
    }

    @Test
    void aMessageIsAFormOfBoundedSize() {
        PolicyTester tester = tester(Keeping.COOKIE);
        String body = "logout_token=" + provider.logoutToken("logout+jwt", _ -> {});

        assertThat(tester.post("/oidc/logout").body(body).send().fault()).isEqualTo(AccessFaults.OIDC_LOGOUT);
        assertThat(tester.post("/oidc/logout").header("content-type", "application/json").body(body).send().fault())
                .isEqualTo(AccessFaults.OIDC_LOGOUT);
        assertThat(tester.get("/oidc/logout").send().status()).isEqualTo(405);
        assertThat(tell(tester, "x".repeat(40_000)).status()).isEqualTo(413);
    }

    @Test
    void logoutTokensOfStrangersLeadToOneFetchOfKeysInThirtySeconds() {
        PolicyTester tester = tester(Keeping.COOKIE);
        loggedIn(tester);
        int fetched = provider.keyCalls.get();
        provider.key = TestProvider.newKey("of a stranger");

        after(Duration.ofSeconds(5));
        assertThat(tell(tester, provider.logoutToken("logout+jwt", _ -> {})).fault())
                .isEqualTo(AccessFaults.OIDC_LOGOUT);
        assertThat(tell(tester, provider.logoutToken("JWT", _ -> {})).fault()).isEqualTo(AccessFaults.OIDC_LOGOUT);
        assertThat(provider.keyCalls).hasValue(fetched);

        after(Duration.ofSeconds(26));
        assertThat(tell(tester, provider.logoutToken("logout+jwt", _ -> {})).fault())
                .isEqualTo(AccessFaults.OIDC_LOGOUT);
        assertThat(provider.keyCalls).hasValue(fetched + 1);
    }

    @Test
    void aLogoutTokenThatTheProviderDidNotSignEndsNothing() {
        PolicyTester tester = tester(Keeping.COOKIE);
        Browser browser = loggedIn(tester);
        String token = provider.logoutToken("logout+jwt", _ -> {});
        provider.key = TestProvider.newKey(provider.key.getKeyID());
        String forged = provider.logoutToken("logout+jwt", _ -> {});

        assertThat(tell(tester, forged).status()).isEqualTo(400);
        assertThat(tell(tester, token.substring(0, token.lastIndexOf('.') + 1)).status()).isEqualTo(400);
        assertThat(browser.fetch("/").status()).isEqualTo(200);
    }
}
