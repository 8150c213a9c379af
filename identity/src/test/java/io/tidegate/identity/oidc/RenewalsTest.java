package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.testkit.TesterResult;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Tokens that are got anew.
class RenewalsTest extends OidcFixture {

    private Browser loggedIn(Consumer<Settings> change) {
        Browser browser = browser(change);
        assertThat(browser.logIn("/").status()).isEqualTo(303);
        return browser;
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
}
