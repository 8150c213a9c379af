package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.identity.oidc.TestProvider.TokenAnswer;
import io.tidegate.testkit.TesterResult;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
