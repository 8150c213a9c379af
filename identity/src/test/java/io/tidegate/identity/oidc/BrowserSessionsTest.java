package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Identity;
import io.tidegate.identity.RecordingState;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.oidc.OidcConfig.Keeping;
import io.tidegate.identity.oidc.TestProvider.TokenAnswer;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TesterResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sessions of browsers, kept by the browser and kept here.
class BrowserSessionsTest extends OidcFixture {

    private static final String COOKIE = "__Host-tidegate";

    private Browser loggedIn(java.util.function.Consumer<Settings> change) {
        Browser browser = browser(change);
        assertThat(browser.logIn("/").status()).isEqualTo(303);
        return browser;
    }

    @ParameterizedTest
    @EnumSource
    void aSessionEndsWithItsLife(Keeping keeping) {
        provider.expiresIn = 0;
        Browser browser = loggedIn(settings -> {
            settings.session = keeping;
            settings.lifetime = Duration.ofHours(2);
            settings.idleTimeout = Duration.ofHours(1);
        });
        for (int i = 0; i < 4; i++) {
            after(Duration.ofMinutes(25));
            assertThat(browser.fetch("/").status()).isEqualTo(200);
        }
        after(Duration.ofMinutes(20));

        TesterResult over = browser.fetch("/");
        assertThat(over.fault()).isEqualTo(AccessFaults.EXPIRED);
        assertThat(browser.cookies).isEmpty();
        assertThat(browser.open("/").status()).isEqualTo(302);
    }

    @ParameterizedTest
    @EnumSource
    void aSessionThatNobodyUsesEnds(Keeping keeping) {
        provider.expiresIn = 0;
        Browser browser = loggedIn(settings -> {
            settings.session = keeping;
            settings.idleTimeout = Duration.ofMinutes(30);
        });
        after(Duration.ofMinutes(2));
        assertThat(browser.fetch("/").headerValues("set-cookie")).isEmpty();
        after(Duration.ofMinutes(20));
        TesterResult touched = browser.take(browser.request("GET", "/").upstream(io.tidegate.api.Reply.of(200)
                .withHeader("cache-control", "public, max-age=60")).send());
        assertThat(touched.headerValues("set-cookie")).hasSize(keeping == Keeping.COOKIE ? 1 : 0);
        assertThat(touched.header("cache-control"))
                .isEqualTo(keeping == Keeping.COOKIE ? "no-store" : "public, max-age=60");
        after(Duration.ofMinutes(29));
        assertThat(browser.fetch("/").status()).isEqualTo(200);
        after(Duration.ofMinutes(30));

        assertThat(browser.fetch("/").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource
    void tokensAreGotAnewBeforeTheyEndAndTheOldCookieStaysGoodForAWhile(Keeping keeping) {
        Browser browser = loggedIn(settings -> {
            settings.session = keeping;
            settings.forwardAccessToken = true;
        });
        String first = browser.fetch("/").sent().header("authorization");
        after(Duration.ofSeconds(271));
        Browser tab = browser.copy();

        TesterResult renewed = browser.fetch("/");
        assertThat(renewed.status()).isEqualTo(200);
        assertThat(renewed.sent().header("authorization")).startsWith("Bearer access-").isNotEqualTo(first);
        assertThat(renewed.headerValues("set-cookie")).hasSize(keeping == Keeping.COOKIE ? 1 : 0);
        assertThat(tab.fetch("/").sent().header("authorization")).isEqualTo(renewed.sent().header("authorization"));
        assertThat(provider.tokenCalls).hasValue(2);
        assertThat(provider.reuses).hasValue(0);

        after(Duration.ofSeconds(271));
        assertThat(browser.fetch("/").status()).isEqualTo(200);
        assertThat(provider.tokenCalls).hasValue(3);
        assertThat(provider.reuses).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void manyRequestsAtATimeLeadToOneRefresh(Keeping keeping) throws Exception {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        PolicyTester tester = tester(settings -> settings.session = keeping);
        Browser browser = new Browser(tester, provider);
        browser.logIn("/");
        after(Duration.ofMinutes(10));
        provider.beforeToken = gate::pass;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Callable<Integer> request = () -> browser.copy().fetch("/").status();
                statuses.add(threads.submit(request));
            }
            Await.until("the provider to be asked", () -> provider.tokenCalls.get() == 2);
            gate.open();
            for (Future<Integer> status : statuses) {
                assertThat(status.get()).isEqualTo(200);
            }
        }
        assertThat(provider.tokenCalls).hasValue(2);
        assertThat(provider.reuses).hasValue(0);
        assertThat(tester.count("renewed")).isEqualTo(20);
    }

    @ParameterizedTest
    @EnumSource
    void ofGatewaysThatShareAStoreOneAsksTheProvider(Keeping keeping) throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        RecordingState state = new RecordingState();
        provider.expiresIn = 20; // due at once
        List<Browser> browsers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            browsers.add(new Browser(closed(PolicyTester.with(state).then(new OidcFactory(),
                    config(settings -> settings.session = keeping))), provider));
        }
        browsers.getFirst().logIn("/");
        browsers.getLast().cookies.putAll(browsers.getFirst().cookies);
        provider.beforeToken = () -> await(gate);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TesterResult> first = threads.submit(() -> browsers.getFirst().fetch("/"));
            Await.until("the provider to be asked", () -> provider.tokenCalls.get() == 2);
            Future<TesterResult> second = threads.submit(() -> browsers.getLast().fetch("/"));
            Await.until("the other gateway to look", () -> state.looks("refresh.") >= 2);
            gate.countDown();
            assertThat(first.get().status()).isEqualTo(200);
            assertThat(second.get().status()).isEqualTo(200);
        }
        assertThat(provider.tokenCalls).hasValue(2);
        assertThat(provider.reuses).hasValue(0);
    }

    private static void await(CountDownLatch gate) throws IOException {
        try {
            if (!gate.await(Await.GUARD.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("nobody opened the gate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSessionIsOverWhereTheProviderSaysSo(Keeping keeping) {
        Browser browser = loggedIn(settings -> settings.session = keeping);
        after(Duration.ofSeconds(280));
        provider.tokenAnswer = new TokenAnswer(400, "{\"error\":\"invalid_grant\"}");

        assertThat(browser.copy().fetch("/").fault()).isEqualTo(AccessFaults.EXPIRED);
        provider.tokenAnswer = null;
        assertThat(browser.open("/").status()).isEqualTo(302);
    }

    @ParameterizedTest
    @EnumSource
    void aProviderThatCannotBeAskedEndsNoSessionButHoldsUpThoseThatAreDue(Keeping keeping) {
        Browser browser = loggedIn(settings -> settings.session = keeping);
        provider.tokenAnswer = new TokenAnswer(503, "");
        after(Duration.ofSeconds(280));
        assertThat(browser.fetch("/").status()).isEqualTo(200);
        after(Duration.ofSeconds(21));

        TesterResult held = browser.open("/");
        assertThat(held.fault()).isEqualTo(AccessFaults.UNAVAILABLE);
        assertThat(held.header("retry-after")).isEqualTo("1");
        provider.tokenAnswer = null;
        after(Duration.ofSeconds(2));
        assertThat(browser.fetch("/").status()).isEqualTo(200);
    }

    @Test
    void newTokensOfSomebodyElseEndTheSession() {
        Browser browser = loggedIn(_ -> {});
        after(Duration.ofSeconds(280));
        provider.idTokenClaims = claims -> claims.put("sub", "u-2");

        assertThat(browser.fetch("/").fault()).isEqualTo(AccessFaults.EXPIRED);
    }

    @Test
    void anAccessTokenThatIsOverIsNotSent() {
        provider.tokenMembers = members -> members.put("refresh_token", null);
        Browser browser = loggedIn(settings -> settings.forwardAccessToken = true);
        assertThat(browser.fetch("/").sent().header("authorization")).startsWith("Bearer access-");
        after(Duration.ofMinutes(5));

        assertThat(browser.fetch("/").fault()).isEqualTo(AccessFaults.EXPIRED);
    }

    @Test
    void largeSessionsAreSpreadOverCookiesUpToABound() {
        provider.idTokenClaims = claims -> claims.put("more", "x".repeat(4000));
        Browser browser = loggedIn(_ -> {});
        assertThat(browser.cookies.keySet()).containsExactly(COOKIE, COOKIE + ".1");
        assertThat(browser.cookies.entrySet()).allSatisfy(
                cookie -> assertThat(cookie.getKey().length() + cookie.getValue().length()).isLessThanOrEqualTo(3800));
        assertThat(browser.fetch("/").sent().header("cookie")).isNull();

        Browser half = browser.copy();
        half.cookies.remove(COOKIE + ".1");
        assertThat(half.fetch("/").status()).isEqualTo(401);

        provider.idTokenClaims = _ -> {};
        after(Duration.ofSeconds(280));
        assertThat(browser.fetch("/").status()).isEqualTo(200);
        assertThat(browser.cookies.keySet()).containsExactly(COOKIE);
        assertThat(browser.fetch("/").status()).isEqualTo(200);

        provider.idTokenClaims = claims -> claims.put("more", "x".repeat(8000));
        assertThat(browser(_ -> {}).logIn("/").fault()).isEqualTo(AccessFaults.OIDC_PROVIDER);
        assertThat(browser(settings -> settings.session = Keeping.STORE).logIn("/").status()).isEqualTo(303);
    }

    @ParameterizedTest
    @EnumSource
    void aCookieThatWasChangedIsNoSession(Keeping keeping) {
        Browser browser = loggedIn(settings -> settings.session = keeping);
        String value = Objects.requireNonNull(browser.cookies.get(COOKIE));
        for (int i = 0; i < value.length(); i += 11) {
            Browser changed = browser.copy();
            char other = value.charAt(i) == 'A' ? 'B' : 'A';
            changed.cookies.put(COOKIE, value.substring(0, i) + other + value.substring(i + 1));
            assertThat(changed.fetch("/").status()).as("character %s", i).isEqualTo(401);
        }
        assertThat(browser.fetch("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.", "0.a", "4.a", "9.a", "1.a.b", "=", "1.\"a\"", "2.a"})
    void whatIsNoSessionIsForgotten(String value) {
        Browser browser = browser();
        browser.cookies.put(COOKIE, value);
        browser.cookies.put(COOKIE + ".7", value);
        browser.cookies.put(COOKIE + ".x; evil", value);

        assertThat(browser.fetch("/").status()).isEqualTo(401);
        assertThat(browser.cookies.keySet()).containsExactly(COOKIE + ".x; evil");
    }

    @Test
    void aCookieThatStandsThereTwiceIsNoSession() {
        Browser browser = loggedIn(_ -> {});
        String cookie = COOKIE + "=" + browser.cookies.get(COOKIE);

        for (String field : List.of(cookie + "; " + cookie, cookie + "; a=b; " + COOKIE + "=x")) {
            assertThat(browser.request("GET", "/").header("cookie", field).send().status()).isEqualTo(401);
        }
    }

    @Test
    void aNewSecretTakesWhatTheOldOneMade() {
        provider.expiresIn = 0;
        Browser browser = loggedIn(_ -> {});
        String fresh = "a new secret of 32 bytes and more";
        Browser rotated = browser.before(tester(settings -> settings.secrets = List.of(fresh, Settings.OLD)));
        assertThat(rotated.fetch("/").status()).isEqualTo(200);
        assertThat(rotated.before(tester(settings -> settings.secrets = List.of(fresh))).fetch("/").status())
                .isEqualTo(401);

        after(Duration.ofMinutes(20));
        assertThat(rotated.fetch("/").status()).isEqualTo(200);
        assertThat(rotated.before(tester(settings -> settings.secrets = List.of(fresh))).fetch("/").status())
                .isEqualTo(200);
        assertThat(rotated.before(tester(_ -> {})).fetch("/").status()).isEqualTo(401);
    }

    @Test
    void gatewaysThatShareAStoreShareSessionsAndWhoReadsItCannotUseThem() {
        RecordingState state = new RecordingState();
        Browser browser = new Browser(closed(PolicyTester.with(state).then(new OidcFactory(),
                config(settings -> settings.session = Keeping.STORE))), provider);
        assertThat(browser.logIn("/").status()).isEqualTo(303);
        Browser elsewhere = browser.before(closed(PolicyTester.with(state).then(new OidcFactory(),
                config(settings -> settings.session = Keeping.STORE))));
        assertThat(elsewhere.fetch("/").status()).isEqualTo(200);

        String id = Objects.requireNonNull(browser.cookies.get(COOKIE)).substring(2);
        assertThat(id).hasSize(43);
        assertThat(state.written()).isNotEmpty().noneMatch(text -> text.contains(id) || text.contains("refresh-")
                || text.contains("access-") || text.contains("u-1"));
        Browser wrongSecret = browser.before(closed(PolicyTester.with(state).then(new OidcFactory(),
                config(settings -> {
                    settings.session = Keeping.STORE;
                    settings.secrets = List.of("x".repeat(32));
                }))));
        assertThat(wrongSecret.fetch("/").status()).isEqualTo(401);
    }

    @Test
    void claimsAreTheGatewaysToTell() {
        provider.idTokenClaims = claims -> {
            claims.put("name", "Zo\u00eb \u4e2d");
            claims.put("evil", "a\r\nx-admin: yes");
            claims.put("realm_access", Map.of("roles", List.of("a", "b,c", 3)));
        };
        OidcConfig config = config(settings -> settings.claimsToHeaders = Map.of("name", "X-Name", "evil", "x-evil",
                "realm_access.roles", "x-roles", "nothing", "x-none"));
        Browser browser = new Browser(closed(PolicyTester.at(clock).then(new OidcFactory(), config)), provider);
        browser.logIn("/");

        TesterResult page = browser.request("GET", "/").header("x-none", "forged").header("x-evil", "forged").send();
        assertThat(page.sent().header("x-name"))
                .isEqualTo("Zo%C3%AB %E4%B8%AD");
        assertThat(page.sent().header("x-evil")).isNull();
        assertThat(page.sent().header("x-admin")).isNull();
        assertThat(page.sent().header("x-none")).isNull();
        assertThat(page.sent().header("x-roles")).isEqualTo("a,b%2Cc,3");
        assertThat(new OidcFactory().ownHeaders(config)).containsExactlyInAnyOrder("x-name", "x-evil", "x-roles",
                "x-none");
    }

    private OidcConfig config(java.util.function.Consumer<Settings> change) {
        Settings settings = new Settings(provider);
        change.accept(settings);
        return settings.config();
    }

    @Test
    void aUserMayBeADeclaredConsumer() {
        Consumer ada = new Consumer("ada", Set.of("staff"));
        Consumers consumers = new Consumers() {
            @Override
            public @Nullable Consumer identified(Identity identity) {
                return identity.equals(Identity.token(provider.issuer(), "u-1")) ? ada : null;
            }
        };
        PolicyTester tester = closed(PolicyTester.at(clock).knowing(consumers).then(new OidcFactory(),
                config(settings -> settings.unknownConsumer = UnknownConsumer.REFUSE)));
        Browser browser = new Browser(tester, provider);
        browser.logIn("/");
        assertThat(Objects.requireNonNull(browser.fetch("/").principal()).consumer()).isEqualTo(ada);

        provider.subject = "u-2";
        Browser other = new Browser(tester, provider);
        other.logIn("/");
        assertThat(other.fetch("/").fault()).isEqualTo(AccessFaults.UNKNOWN_CONSUMER);
    }

    @Test
    void aSessionIsNoOtherClients() {
        Browser browser = loggedIn(settings -> settings.session = Keeping.STORE);
        Browser cookie = loggedIn(_ -> {});

        assertThat(cookie.before(tester(settings -> settings.clientId = "other")).fetch("/").status()).isEqualTo(401);
        assertThat(browser.before(tester(settings -> settings.session = Keeping.STORE)).fetch("/").status())
                .isEqualTo(401);
    }
}
