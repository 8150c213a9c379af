package io.tidegate.identity.exchange;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.Range;
import io.tidegate.identity.remote.OAuthClientConfig;
import io.tidegate.identity.remote.ServerUrl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `oauth2TokenExchange`.
@Doc("Gets a token for the service from an authorization server and sends it in `Authorization`, in place of what the client sent there.")
public record TokenExchangeConfig(
        @Doc("Whose token the service gets.") Grant grant,

        @Doc("Where tokens are got. Left out: what the metadata of `issuer` tells.") @Nullable String url,

        @Doc("The authorization server, where `url` is left out.") @Nullable String issuer,

        @Doc("How the gateway shows the server who it is. Left out: by nothing but a certificate of `http`.") @Nullable OAuthClientConfig client,

        @Doc("Scopes that are asked for.") @Default("[]") List<String> scopes,

        @Doc("Whom the token is to be for, by name.") @Default("[]") List<String> audience,

        @Doc("Whom the token is to be for, by address (RFC 8707).") @Default("[]") List<String> resource,

        @Doc("What else is sent along, as some servers ask for it.") @Default("{}") Map<String, String> parameters,

        @Doc("For `tokenExchange`: what the caller's token is.") @Default("urn:ietf:params:oauth:token-type:access_token") String subjectTokenType,

        @Doc("For `tokenExchange`: what kind of token is asked for. Left out: what the server gives.") @Nullable String requestedTokenType,

        @Doc("For `tokenExchange`: whether a request without a token passes, with nothing in `Authorization`. Otherwise it is answered 401.") @Default("false") boolean optional,

        @Doc("How long before its end a token is not used any more; one of the gateway's own is replaced at that time. At most half of its life.") @Default("30s") Duration refreshBefore,

        @Doc("How long a token is used that does not say until when it is good.") @Default("1m") Duration cacheFor,

        @Doc("For `tokenExchange`: how long it is believed that the server gives nothing for a token.") @Default("5s") Duration cacheFailuresFor,

        @Doc("For `tokenExchange`: most tokens that are remembered.") @Default("10000") @Range(min = 1, max = 1_000_000) int maxCached,

        @Doc("Most requests that wait for the server; those beyond are answered 502.") @Default("1000") @Range(min = 1, max = 100_000) int maxWaiting,

        @Doc("How the server is called.") @Default("{}") HttpClientConfig http) {

    private static final Set<String> OWN = Set.of("grant_type", "scope", "audience", "resource", "subject_token",
            "subject_token_type", "requested_token_type", "client_id", "client_secret", "actor_token",
            "actor_token_type");

    /// Whose token a service gets.
    public enum Grant {
        @Doc("The gateway's own (RFC 6749 section 4.4).")
        CLIENT_CREDENTIALS, @Doc("One in exchange for the caller's (RFC 8693).")
        TOKEN_EXCHANGE
    }

    /// Refuses what can't be asked, and times that can't be meant.
    public TokenExchangeConfig {
        if (url == null && issuer == null) {
            throw new ConfigException("must have 'url' or 'issuer'");
        }
        if (url != null) {
            ServerUrl.of("url", url);
        } else {
            ServerUrl.of("issuer", String.valueOf(issuer));
        }
        for (String name : parameters.keySet()) {
            if (OWN.contains(name)) {
                throw new ConfigException("parameters", "must not hold '" + name + "', which the gateway writes");
            }
        }
        between("refreshBefore", refreshBefore, Duration.ofHours(1));
        between("cacheFor", cacheFor, Duration.ofHours(24));
        between("cacheFailuresFor", cacheFailuresFor, Duration.ofMinutes(1));
        if (cacheFor.isZero() && grant == Grant.CLIENT_CREDENTIALS) {
            throw new ConfigException("cacheFor", "must be longer than 0s for 'grant: clientCredentials'");
        }
        if (optional && grant == Grant.CLIENT_CREDENTIALS) {
            throw new ConfigException("optional", "is for 'grant: tokenExchange'");
        }
    }

    private static void between(String component, Duration time, Duration most) {
        if (time.isNegative() || time.compareTo(most) > 0) {
            throw new ConfigException(component, "must be at most " + most.toMinutes() + "m");
        }
    }
}
