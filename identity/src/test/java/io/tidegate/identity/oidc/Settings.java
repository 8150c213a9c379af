package io.tidegate.identity.oidc;

import io.tidegate.api.ByteSize;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.oidc.OidcConfig.ClientAuthentication;
import io.tidegate.identity.oidc.OidcConfig.Keeping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A configuration of `oidc` with what is left out as users would get it.
final class Settings {

    static final String OLD = "an old secret of more than 32 bytes";

    final String issuer;
    String clientId = TestProvider.CLIENT;
    @Nullable
    String clientSecret = TestProvider.SECRET;
    ClientAuthentication authentication = ClientAuthentication.BASIC;
    List<String> secrets = List.of(OLD);
    String redirectUri = "/oidc/callback";
    List<String> scopes = List.of("profile", "email");
    Map<String, String> parameters = Map.of();
    Keeping session = Keeping.COOKIE;
    CookieConfig cookie = new CookieConfig("tidegate", "/", true);
    Duration loginTimeout = Duration.ofMinutes(10);
    Duration lifetime = Duration.ofHours(10);
    Duration idleTimeout = Duration.ofHours(1);
    boolean userInfo;
    boolean forwardAccessToken;
    Map<String, String> claimsToHeaders = Map.of();
    @Nullable
    String groupsClaim;
    @Nullable
    String loginPath;
    @Nullable
    String logoutPath;
    @Nullable
    String postLogoutRedirectUri;
    @Nullable
    String backChannelLogoutPath;
    boolean optional;
    UnknownConsumer unknownConsumer = UnknownConsumer.ALLOW;
    Duration timeout = Duration.ofSeconds(20);
    ByteSize maxBody = new ByteSize(256 << 10);

    Settings(TestProvider provider) {
        this.issuer = provider.issuer();
    }

    OidcConfig config() {
        return new OidcConfig(issuer, clientId, clientSecret, authentication, secrets, redirectUri, scopes, parameters,
                session, cookie, loginTimeout, lifetime, idleTimeout, Duration.ofSeconds(30), Duration.ofSeconds(30),
                userInfo, forwardAccessToken, claimsToHeaders, groupsClaim, loginPath, logoutPath,
                postLogoutRedirectUri, backChannelLogoutPath, optional, unknownConsumer, "tidegate",
                new HttpClientConfig(timeout, timeout, maxBody, 64, null, null, null));
    }
}
