package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.identity.oidc.OidcConfig.Keeping;
import io.tidegate.identity.oidc.TestProvider.TokenAnswer;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens that are got anew.
class RenewalsTest extends OidcFixture {

    private Browser loggedIn(Consumer<Settings> change) {
        Browser browser = browser(change);
        assertThat(browser.logIn("/").status()).isEqualTo(303);
        return browser;
    }

    @ParameterizedTest
    @ValueSource(strings = {"302 ", "403 <html>", "404 {\"message\":\"no route\"}", "400 {\"error\":{}}"})
    void whatSomethingInFrontOfTheProviderAnswersEndsNoSession(String answer) {
        Browser browser = loggedIn(_ -> {});
        after(Duration.ofSeconds(280));
        provider.tokenAnswer = new TokenAnswer(Integer.parseInt(answer.substring(0, 3)), answer.substring(4));
        assertThat(browser.fetch("/").status()).isEqualTo(200);

        provider.tokenAnswer = null;
        after(Duration.ofSeconds(21));
        assertThat(browser.fetch("/").status()).isEqualTo(200);
        assertThat(provider.reuses).hasValue(0);
    }

    @Test
    void aServiceThatWantsTheAccessTokenGetsOneInASessionThatWasBegunWithout() {
        Browser browser = loggedIn(_ -> {}).before(tester(settings -> settings.forwardAccessToken = true));

        TesterResult page = browser.fetch("/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.sent().header("authorization")).startsWith("Bearer access-");
        assertThat(browser.fetch("/").sent().header("authorization")).isEqualTo(page.sent().header("authorization"));
        assertThat(provider.tokenCalls).hasValue(2);

        provider.tokenMembers = members -> members.put("refresh_token", null);
        Browser never = loggedIn(_ -> {}).before(tester(settings -> settings.forwardAccessToken = true));
        assertThat(never.fetch("/").fault()).isEqualTo(AccessFaults.EXPIRED);
    }

    @ParameterizedTest
    @EnumSource
    void aProviderThatDoesNotKnowTheGatewayAnyMoreEndsNoSession(Keeping keeping) {
        Browser browser = loggedIn(settings -> settings.session = keeping);
        provider.clientSecret = "another";
        after(Duration.ofSeconds(280));
        assertThat(browser.fetch("/").status()).isEqualTo(200);

        after(Duration.ofSeconds(21));
        TesterResult held = browser.open("/");
        assertThat(held.fault()).isEqualTo(AccessFaults.UNAVAILABLE);
        assertThat(held.header("retry-after")).isEqualTo("1");

        provider.clientSecret = TestProvider.SECRET;
        after(Duration.ofSeconds(8));
        assertThat(browser.fetch("/").status()).isEqualTo(200);
        assertThat(provider.reuses).hasValue(0);
    }

    @Test
    void aProviderThatIsDownIsNotAskedByEachRequestOfASession() {
        PolicyTester tester = tester(_ -> {});
        Browser one = new Browser(tester, provider);
        one.logIn("/");
        Browser other = new Browser(tester, provider);
        other.logIn("/");
        after(Duration.ofSeconds(280));
        provider.tokenAnswer = new TokenAnswer(503, "");
        int before = provider.tokenCalls.get();

        for (int i = 0; i < 10; i++) {
            assertThat(one.fetch("/").status()).isEqualTo(200);
            assertThat(other.fetch("/").status()).isEqualTo(200);
        }
        assertThat(provider.tokenCalls).hasValue(before + 2);

        // After 1 s, 2 s more, 4 s more, and from then on 8 s more.
        List<Integer> calls = new ArrayList<>();
        for (int second = 1; second <= 24; second++) {
            after(Duration.ofSeconds(1));
            int asked = provider.tokenCalls.get();
            one.fetch("/");
            other.fetch("/");
            if (provider.tokenCalls.get() > asked) {
                calls.add(second);
            }
        }
        assertThat(calls).containsExactly(1, 3, 7, 15, 23);
        assertThat(provider.tokenCalls).hasValue(before + 12);

        provider.tokenAnswer = null;
        after(Duration.ofSeconds(8));
        assertThat(one.fetch("/").status()).isEqualTo(200);
        assertThat(other.fetch("/").status()).isEqualTo(200);
        assertThat(provider.tokenCalls).hasValue(before + 14);
        assertThat(provider.reuses).hasValue(0);
    }

    @Test
    void aClockThatIsPutBackKeepsNobodyFromAsking() {
        Browser browser = loggedIn(_ -> {});
        after(Duration.ofSeconds(280));
        provider.tokenAnswer = new TokenAnswer(503, "");
        browser.fetch("/");
        provider.tokenAnswer = null;
        after(Duration.ofSeconds(-9));

        browser.fetch("/");

        assertThat(provider.tokenCalls).hasValue(3);
    }

    @Test
    void aTokenThatMayHaveBeenUsedIsNotShownASecondTimeAtOnce() {
        provider.beforeToken = () -> {
            throw new IOException("the connection breaks");
        };
        Browser browser = browser();
        assertThat(browser.logIn("/").fault()).isEqualTo(AccessFaults.OIDC_PROVIDER);
        assertThat(provider.tokenCalls).hasValue(1);

        provider.beforeToken = null;
        assertThat(browser.logIn("/").status()).isEqualTo(303);
        after(Duration.ofSeconds(280));
        provider.beforeToken = () -> {
            throw new IOException("the connection breaks");
        };
        assertThat(browser.fetch("/").status()).isEqualTo(200);
        assertThat(provider.tokenCalls).hasValue(3);
    }
}
