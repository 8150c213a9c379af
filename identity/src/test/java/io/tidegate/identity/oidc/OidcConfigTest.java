package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ConfigException;
import io.tidegate.identity.oidc.OidcConfig.ClientAuthentication;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Configurations that can't be meant.
class OidcConfigTest extends OidcFixture {

    private static Arguments wrong(String component, Consumer<Settings> change) {
        return Arguments.of(component, change);
    }

    private static Stream<Arguments> whatCannotBeMeant() {
        return Stream.of(wrong("clientSecret", settings -> settings.clientSecret = null),
                wrong("clientSecret", settings -> settings.authentication = ClientAuthentication.NONE),
                wrong("secrets", settings -> settings.secrets = List.of("x".repeat(32), "x".repeat(31))),
                wrong("redirectUri", settings -> settings.redirectUri = "https:///callback"),
                wrong("redirectUri", settings -> settings.redirectUri = "https://a.test/cb#x"),
                wrong("redirectUri", settings -> settings.redirectUri = "https://a.test/cb/../x"),
                wrong("redirectUri", settings -> settings.redirectUri = "javascript:alert(1)"),
                wrong("redirectUri", settings -> settings.redirectUri = "/cb?x=y"),
                wrong("redirectUri", settings -> settings.redirectUri = "//evil.test/cb"),
                wrong("redirectUri", settings -> settings.redirectUri = "/c%62"),
                wrong("redirectUri", settings -> settings.redirectUri = "/"),
                wrong("loginPath", settings -> settings.loginPath = "login"),
                wrong("logoutPath", settings -> settings.logoutPath = "/a/./b"),
                wrong("backChannelLogoutPath", settings -> settings.backChannelLogoutPath = "/a//b"),
                wrong("", settings -> settings.logoutPath = "/oidc/callback"),
                wrong("postLogoutRedirectUri", settings -> settings.postLogoutRedirectUri = "/bye"),
                wrong("scopes", settings -> settings.scopes = List.of("a b")),
                wrong("authorizationParameters", settings -> settings.parameters = Map.of("state", "x")),
                wrong("authorizationParameters", settings -> settings.parameters = Map.of("max_age", "1h")),
                wrong("claimsToHeaders", settings -> settings.claimsToHeaders = Map.of("a", "x y")),
                wrong("claimsToHeaders", settings -> settings.claimsToHeaders = Map.of("a", "Authorization")),
                wrong("claimsToHeaders", settings -> settings.claimsToHeaders = Map.of("a", "x-a", "b", "X-A")),
                wrong("lifetime", settings -> settings.lifetime = Duration.ZERO),
                wrong("idleTimeout", settings -> settings.idleTimeout = Duration.ofDays(91)),
                wrong("loginTimeout", settings -> settings.loginTimeout = Duration.ofHours(2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatCannotBeMeant")
    void whatCannotBeMeantIsRefused(String component, Consumer<Settings> change) {
        Settings settings = new Settings(provider);
        change.accept(settings);

        assertThatThrownBy(settings::config).isInstanceOfSatisfying(ConfigException.class, problem -> {
            assertThat(problem.component()).isEqualTo(component);
            assertThat(problem).hasMessageNotContaining("xxxxx");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a=b", "a;b", "\u00e4"})
    void theNameOfACookieIsOne(String name) {
        assertThatThrownBy(() -> new CookieConfig(name, "/", true)).isInstanceOf(ConfigException.class);
    }

    @Test
    void noSecretIsTold() {
        Settings settings = new Settings(provider);

        assertThat(settings.config().toString()).doesNotContain(TestProvider.SECRET, Settings.OLD);
    }
}
