package io.tidegate.identity.oidc;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.Named;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import io.tidegate.api.Secret;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.remote.OAuthClientConfig;
import io.tidegate.identity.remote.ServerUrl;
import io.tidegate.identity.token.ClaimFields;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `oidc`.
@Doc("People log in at an OpenID provider with their browser, and a cookie says from then on who they are.")
public record OidcConfig(
        @Doc("The provider, as it calls itself: `https://id.example.com/realms/shop`. What it offers is asked for below it, at `/.well-known/openid-configuration`.") String issuer,

        @Doc("As what the provider knows the gateway.") @Range(min = 1) String clientId,

        @Doc("What it proves that with. Left out with `clientAuthentication: none` only.") @Secret @Nullable String clientSecret,

        @Doc("How it proves that.") @Default("client_secret_basic") ClientAuthentication clientAuthentication,

        @Doc("What the gateway's own cookies are encrypted with, each of 32 bytes or more. The first encrypts, all decrypt: put a new one before the old one, and take that out once `lifetime` is over. Gateways that serve the same browsers need the same.") @Secret @Range(min = 1, max = 8) List<String> secrets,

        @Doc("Where the provider sends browsers back to, exactly as it is registered there: a path, which is put behind the scheme and the host of the request, or a whole URL. The route has to match its path.") @Default("/oidc/callback") String redirectUri,

        @Doc("What the provider is asked for beside `openid`.") @Default("[profile, email]") List<String> scopes,

        @Doc("Further parameters of the request for a login, such as `acr_values` or `prompt`.") @Default("{}") Map<String, String> authorizationParameters,

        @Doc("Where sessions are kept.") @Default("cookie") Keeping session,

        @Doc("The cookies.") @Default("{}") CookieConfig cookie,

        @Doc("How long a login may take, from the first request to the return from the provider.") @Default("10m") Duration loginTimeout,

        @Doc("How long a session lasts at most.") @Default("10h") Duration lifetime,

        @Doc("How long it lasts without a request.") @Default("1h") Duration idleTimeout,

        @Doc("How long before the access token ends new tokens are got with the refresh token, where the provider gives one. A session whose refresh token is refused is over.") @Default("30s") Duration refreshBefore,

        @Doc("How far the clocks of the provider and the gateway may be apart.") @Default("30s") Duration clockSkew,

        @Doc("Whether the UserInfo endpoint is asked after a login. What it says stands beside the claims of the ID token.") @Default("false") boolean userInfo,

        @Doc("Whether the service gets the access token, as `Authorization: Bearer`. Otherwise it never leaves the gateway.") @Default("false") boolean forwardAccessToken,

        @Doc("Fields by which services are told claims: claim, or path of one, to field. No client can send these fields.") @Default("{}") Map<String, String> claimsToHeaders,

        @Doc("The claim with the groups of the user, such as `groups` or `realm_access.roles`.") @Nullable String groupsClaim,

        @Doc("A path that begins a login. Needed with `optional` alone; otherwise every page does.") @Nullable String loginPath,

        @Doc("A path that ends the session, here and at the provider.") @Nullable String logoutPath,

        @Doc("Where browsers go after that: a whole URL, as it is registered at the provider.") @Nullable String postLogoutRedirectUri,

        @Doc("A path at which the provider tells of sessions that it has ended (OpenID Connect Back-Channel Logout 1.0).") @Nullable String backChannelLogoutPath,

        @Doc("Whether requests without a session pass, as nobody's. Otherwise browsers are sent to the provider, and all else is answered 401.") @Default("false") boolean optional,

        @Doc("What becomes of a user who is none of the `consumers`.") @Default("allow") UnknownConsumer unknownConsumer,

        @Doc("What the challenge of a 401 calls the place.") @Default("tidegate") @Pattern(value = "[ !#-\\[\\]-~]+", expected = "visible ASCII without quotes") String realm,

        @Doc("How the provider is called.") @Default("{}") HttpClientConfig http) {

    private static final int LEAST_SECRET = 32;
    private static final String MAX_AGE = "max_age";
    private static final Duration MOST_LOGIN = Duration.ofHours(1);
    private static final Duration MOST_LIFE = Duration.ofDays(90);
    private static final Set<String> OUR_PARAMETERS = Set.of("response_type", "response_mode", "client_id",
            "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "request",
            "request_uri");
    private static final String PATH = "/[A-Za-z0-9._~!$&'()*+,=:@/-]*";

    /// Where sessions are kept.
    public enum Keeping {
        @Doc("In cookies, encrypted: the gateway keeps nothing but what was ended before its time.")
        COOKIE, @Doc("In the gateway's memory or in Redis, by `sharedState`, encrypted; the cookie holds a random number.")
        STORE
    }

    /// How a client proves who it is (OpenID Connect Core 1.0 section 9).
    public enum ClientAuthentication {
        @Doc("By `Authorization: Basic`.")
        @Named("client_secret_basic")
        BASIC, @Doc("In the body of the request.")
        @Named("client_secret_post")
        POST, @Doc("Not at all: a public client, by PKCE alone.")
        @Named("none")
        NONE
    }

    /// Refuses what does not go together, and times that can't be meant.
    public OidcConfig {
        checkIssuer(issuer);
        if ((clientSecret == null) != (clientAuthentication == ClientAuthentication.NONE)) {
            throw new ConfigException("clientSecret", clientSecret == null
                    ? "is required, unless 'clientAuthentication' is none"
                    : "is of no use with 'clientAuthentication' none");
        }
        for (String secret : secrets) {
            if (secret.getBytes(StandardCharsets.UTF_8).length < LEAST_SECRET) {
                throw new ConfigException("secrets", "must each have " + LEAST_SECRET + " bytes or more");
            }
        }
        if (!redirectUri.startsWith("/")) {
            checkUrl("redirectUri", redirectUri);
        }
        checkPath("redirectUri", callbackPath(redirectUri));
        checkPath("loginPath", loginPath);
        checkPath("logoutPath", logoutPath);
        checkPath("backChannelLogoutPath", backChannelLogoutPath);
        checkPaths(callbackPath(redirectUri), loginPath, logoutPath, backChannelLogoutPath);
        if (postLogoutRedirectUri != null) {
            checkUrl("postLogoutRedirectUri", postLogoutRedirectUri);
        }
        for (String scope : scopes) {
            if (!scope.matches("[!#-\\[\\]-~]+")) {
                throw new ConfigException("scopes", "must hold scopes such as profile (was '" + scope + "')");
            }
        }
        for (String name : authorizationParameters.keySet()) {
            if (OUR_PARAMETERS.contains(name)) {
                throw new ConfigException("authorizationParameters", "'" + name + "' is the gateway's to write");
            }
        }
        for (String name : claimsToHeaders.values()) {
            if (!FieldSyntax.isName(name) || name.equalsIgnoreCase("authorization")
                    || name.equalsIgnoreCase("cookie") || name.equalsIgnoreCase("host")) {
                throw new ConfigException("claimsToHeaders",
                        "must name fields of the gateway's own such as x-user (was '" + name + "')");
            }
        }
        if (!authorizationParameters.getOrDefault(MAX_AGE, "0").matches("[0-9]{1,9}")) {
            throw new ConfigException("authorizationParameters", "'max_age' must be a number of seconds (was '"
                    + authorizationParameters.get(MAX_AGE) + "')");
        }
        if (ClaimFields.names(claimsToHeaders).size() < claimsToHeaders.size()) {
            throw new ConfigException("claimsToHeaders", "must not name a field twice");
        }
        between("loginTimeout", loginTimeout, Duration.ofSeconds(1), MOST_LOGIN);
        between("lifetime", lifetime, Duration.ofSeconds(1), MOST_LIFE);
        between("idleTimeout", idleTimeout, Duration.ofSeconds(1), MOST_LIFE);
        between("refreshBefore", refreshBefore, Duration.ZERO, Duration.ofHours(1));
        between("clockSkew", clockSkew, Duration.ZERO, Duration.ofMinutes(5));
    }

    private static void checkIssuer(String issuer) {
        URI uri = checkUrl("issuer", issuer);
        if (uri.getRawQuery() != null) {
            throw new ConfigException("issuer", "must be a URL without query (was '" + issuer + "')");
        }
    }

    private static URI checkUrl(String component, String text) {
        URI url = ServerUrl.read(text);
        if (url == null) {
            throw new ConfigException(component,
                    "must be a URL such as https://shop.example.com/ (was '" + text + "')");
        }
        return url;
    }

    private static void checkPath(String component, @Nullable String path) {
        if (path != null && (!path.matches(PATH) || path.contains("//") || path.contains("/.")
                || path.equals("/"))) {
            throw new ConfigException(component,
                    "must be a path such as /oidc/callback, without escapes and dots (was '" + path + "')");
        }
    }

    private static void checkPaths(@Nullable String... paths) {
        for (int i = 0; i < paths.length; i++) {
            for (int k = 0; k < i; k++) {
                if (paths[i] != null && paths[i].equals(paths[k])) {
                    throw new ConfigException("two paths of the policy are the same: '" + paths[i] + "'");
                }
            }
        }
    }

    private static void between(String component, Duration time, Duration least, Duration most) {
        if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
            throw new ConfigException(component, "must be " + least.toSeconds() + "s to " + most.toSeconds() + "s (was "
                    + time.toMillis() + "ms)");
        }
    }

    private static String callbackPath(String redirectUri) {
        return redirectUri.startsWith("/") ? redirectUri : URI.create(redirectUri).getRawPath();
    }

    /// The path at which the provider's answers come.
    String callbackPath() {
        return callbackPath(redirectUri);
    }

    /// How long ago users may have shown the provider who they are (OpenID Connect Core 1.0 section 3.1.2.1); null
    /// where that is not asked for.
    @Nullable
    Duration maxAge() {
        String seconds = authorizationParameters.get(MAX_AGE);
        return seconds == null ? null : Duration.ofSeconds(Long.parseLong(seconds));
    }

    /// How the provider is shown who the gateway is.
    OAuthClientConfig client() {
        return new OAuthClientConfig(clientId, clientSecret, switch (clientAuthentication) {
            case BASIC -> OAuthClientConfig.Method.BASIC;
            case POST -> OAuthClientConfig.Method.POST;
            case NONE -> OAuthClientConfig.Method.NONE;
        }, null);
    }

    /// What cookies, sessions and marks of this client are good for, and those of no other.
    String purpose(String what) {
        return what + "|" + issuer + "|" + clientId + "|" + cookie.name();
    }

    /// Without the secrets.
    @Override
    public String toString() {
        return "OidcConfig[" + issuer + ", " + clientId + "]";
    }
}
