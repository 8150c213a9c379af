package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Principal;
import io.tidegate.identity.oidc.OidcConfig.ClientAuthentication;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Logins of browsers that go as they should, and those of several at a time.
class OidcLoginTest extends OidcFixture {

    private static String location(TesterResult result) {
        return Objects.requireNonNull(result.header("location"));
    }

    @Test
    void aPageWithoutASessionLeadsToTheProvider() {
        TesterResult result = browser(settings -> settings.parameters = Map.of("acr_values", "mfa & more"))
                .open("/orders?id=1&x=%26");

        assertThat(result.status()).isEqualTo(302);
        assertThat(location(result)).startsWith(provider.issuer() + "/authorize?");
        Map<String, String> question = TestProvider.parameters(URI.create(location(result)).getRawQuery());
        assertThat(question).containsEntry("response_type", "code").containsEntry("client_id", "shop")
                .containsEntry("redirect_uri", "https://shop.test/oidc/callback")
                .containsEntry("scope", "openid profile email").containsEntry("code_challenge_method", "S256")
                .containsEntry("acr_values", "mfa & more");
        assertThat(question.get("state")).hasSize(43);
        assertThat(question.get("nonce")).hasSize(43).isNotEqualTo(question.get("state"));
        assertThat(question.get("code_challenge")).hasSize(43);
        assertThat(result.header("cache-control")).isEqualTo("no-store");
        assertThat(result.headerValues("set-cookie")).singleElement().asString()
                .startsWith("__Host-tidegate_login_")
                .endsWith("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600")
                .doesNotContain(question.get("state"), "orders");
        assertThat(result.principal()).isNull();
    }

    @Test
    void aLoginEndsAtThePageThatWasAskedForWithASession() {
        Browser browser = browser(settings -> settings.groupsClaim = "roles");
        browser.cookies.put("theme", "dark");

        TesterResult back = browser.logIn("/orders?id=1&x=%26");

        assertThat(back.status()).isEqualTo(303);
        assertThat(location(back)).isEqualTo("/orders?id=1&x=%26");
        assertThat(back.header("cache-control")).isEqualTo("no-store");
        assertThat(back.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(browser.cookies.keySet()).containsExactly("theme", "__Host-tidegate");
        assertThat(back.headerValues("set-cookie")).anySatisfy(field -> assertThat(field)
                .startsWith("__Host-tidegate=1.").endsWith("; Path=/; Secure; HttpOnly; SameSite=Lax"));
        TesterResult page = browser.open("/orders?id=1");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.sent().header("cookie")).isEqualTo("theme=dark");
        assertThat(page.sent().header("authorization")).isNull();
        assertThat(page.headerValues("set-cookie")).isEmpty();
        Principal principal = Objects.requireNonNull(page.principal());
        assertThat(principal.method()).isEqualTo("oidc");
        assertThat(principal.subject()).isEqualTo("u-1");
        assertThat(principal.issuer()).isEqualTo(provider.issuer());
        assertThat(principal.consumer()).isNull();
        assertThat(principal.groups()).containsExactlyInAnyOrder("admin", "user");
        assertThat(principal.scopes()).containsExactlyInAnyOrder("openid", "profile");
        assertThat(principal.claims()).containsEntry("preferred_username", "ada");
        assertThat(browser.fetch("/api").sent().header("cookie")).isEqualTo("theme=dark");
        assertThat(provider.grants).singleElement().satisfies(grant -> assertThat(grant)
                .containsEntry("redirect_uri", "https://shop.test/oidc/callback").containsKey("code_verifier"));
    }

    private static Stream<Arguments> whatIsNoPage() {
        return Stream.of(
                Arguments.of("a script", "GET", List.of("accept", "*/*", "sec-fetch-mode", "cors")),
                Arguments.of("a script that asks for HTML", "GET",
                        List.of("accept", "text/html", "sec-fetch-mode", "same-origin")),
                Arguments.of("an old script", "GET",
                        List.of("accept", "text/html", "x-requested-with", "XMLHttpRequest")),
                Arguments.of("a form", "POST", List.of("accept", "text/html", "sec-fetch-mode", "navigate")),
                Arguments.of("a head", "HEAD", List.of("accept", "text/html")),
                Arguments.of("a picture", "GET", List.of("accept", "image/*", "sec-fetch-mode", "no-cors")),
                Arguments.of("a prefetch", "GET", List.of("accept", "text/html", "sec-purpose", "prefetch;prerender")),
                Arguments.of("a command", "GET", List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsNoPage")
    void whatIsNoPageIsRefused(String name, String method, List<String> fields) {
        TesterRequest request = browser().request(method, "/");
        for (int i = 0; i < fields.size(); i += 2) {
            request.header(fields.get(i), fields.get(i + 1));
        }

        TesterResult result = request.send();

        assertThat(result.status()).isEqualTo(401);
        assertThat(result.fault()).isEqualTo(AccessFaults.MISSING);
        assertThat(result.header("www-authenticate")).isEqualTo("Cookie realm=\"tidegate\"");
        assertThat(result.header("cache-control")).isEqualTo("no-store");
        assertThat(result.headerValues("set-cookie")).isEmpty();
    }

    @Test
    void severalTabsLogInAtATime() {
        Browser browser = browser();
        String first = location(browser.open("/first"));
        String second = location(browser.open("/second"));

        assertThat(location(browser.back(second))).isEqualTo("/second");
        assertThat(location(browser.back(first))).isEqualTo("/first");
        assertThat(browser.open("/").status()).isEqualTo(200);
        assertThat(browser.cookies.keySet()).containsExactly("__Host-tidegate");
    }

    @Test
    void loginsThatBeganLongAgoAreForgotten() {
        Browser browser = browser();
        String oldest = location(browser.open("/0"));
        for (int i = 1; i <= Logins.MOST; i++) {
            after(Duration.ofSeconds(1));
            browser.open("/" + i);
        }
        assertThat(browser.cookies).hasSize(Logins.MOST);
        assertThat(browser.back(oldest).fault()).isEqualTo(AccessFaults.OIDC_STATE);

        after(Duration.ofMinutes(11));
        browser.open("/later");
        assertThat(browser.cookies).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.test", "/\\evil.test", "https://evil.test/", "javascript:alert(1)", "", "\\\\evil",
        "/a\r\nSet-Cookie: x=y", "/\u00e4", "/\tevil"})
    void onlyAPathIsATarget(String target) {
        assertThat(Targets.safe(target)).isEqualTo("/");
    }

    @Test
    void aPathThatLooksLikeAnotherHostLeadsNowhereElse() {
        Browser browser = browser();

        assertThat(location(browser.logIn("//evil.test/x"))).isEqualTo("/evil.test/x");
        assertThat(location(browser().logIn("/?to=//evil.test"))).isEqualTo("/?to=//evil.test");
        assertThat(location(browser().logIn("/a?" + "x".repeat(2000)))).isEqualTo("/a");
        assertThat(location(browser().logIn("/" + "x".repeat(2000)))).isEqualTo("/");
    }

    @Test
    void theWholeUriThatIsRegisteredIsUsedWhateverTheHost() {
        Browser browser = browser(settings -> settings.redirectUri = "https://other.test/back/here");
        String location = location(browser.open("/"));

        assertThat(TestProvider.parameters(URI.create(location).getRawQuery()))
                .containsEntry("redirect_uri", "https://other.test/back/here");
        assertThat(browser.back(location).status()).isEqualTo(303);
        assertThat(browser.open("/").status()).isEqualTo(200);
    }

    @Test
    void theClientProvesItselfAsItIsConfigured() {
        browser(settings -> settings.authentication = ClientAuthentication.POST).logIn("/");
        assertThat(provider.authorizations).containsExactly("");
        assertThat(provider.grants.getFirst()).containsEntry("client_secret", TestProvider.SECRET);

        provider.clientSecret = "";
        Browser open = browser(settings -> {
            settings.authentication = ClientAuthentication.NONE;
            settings.clientSecret = null;
        });
        assertThat(open.logIn("/").status()).isEqualTo(303);
        assertThat(provider.grants.getLast()).containsEntry("client_id", "shop").doesNotContainKey("client_secret");
    }

    @Test
    void withoutTlsCookiesHaveNoPrefixWhereThatIsAllowed() {
        TesterResult result = browser(settings -> settings.cookie = new CookieConfig("s", "/", false)).open("/");
        assertThat(result.headerValues("set-cookie").getFirst()).startsWith("s_login_")
                .contains("; Path=/; HttpOnly; SameSite=Lax;").doesNotContain("Secure");

        TesterResult below = browser(settings -> settings.cookie = new CookieConfig("s", "/app", true)).open("/app");
        assertThat(below.headerValues("set-cookie").getFirst()).startsWith("__Secure-s_login_")
                .contains("; Path=/app; Secure;");
    }

    @Test
    void whoNeedNotLogInDoesSoAtAPathOfItsOwn() {
        Browser browser = browser(settings -> {
            settings.optional = true;
            settings.loginPath = "/login";
        });
        TesterResult nobody = browser.open("/page");
        assertThat(nobody.status()).isEqualTo(200);
        assertThat(nobody.principal()).isNull();

        assertThat(browser.logIn("/login").status()).isEqualTo(303);
        assertThat(Objects.requireNonNull(browser.open("/page").principal()).subject()).isEqualTo("u-1");
        browser.cookies.replace("__Host-tidegate", "1.forged");
        TesterResult forged = browser.open("/page");
        assertThat(forged.principal()).isNull();
        assertThat(forged.sent().header("cookie")).isNull();
        assertThat(browser.cookies).isEmpty();
    }

    @Test
    void aNewKeyOfTheProviderIsWaitedFor() {
        Browser browser = browser();
        String location = location(browser.open("/"));
        provider.rotate("k2");
        after(Duration.ofSeconds(2));

        assertThat(browser.back(location).status()).isEqualTo(303);
    }
}
