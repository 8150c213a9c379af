package io.tidegate.identity.introspection;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.Range;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.remote.OAuthClientConfig;
import io.tidegate.identity.remote.ServerUrl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Configuration of `oauth2Introspection`.
@Doc("Asks the server that gave a bearer token out whether it is good and whose it is (RFC 7662).")
public record IntrospectionConfig(
        @Doc("Where tokens are asked about. Left out: what the metadata of `issuer` tells.") @Nullable String url,

        @Doc("Who gives the tokens out. An answer that names another is refused; it is what consumers' identities are looked up by where an answer names nobody.") @Nullable String issuer,

        @Doc("How the gateway shows the server who it is. Left out: by nothing but a certificate of `http`.") @Nullable OAuthClientConfig client,

        @Doc("Whether the server must sign its answers (RFC 9701), for `client.id`, with a key of `issuer`. Otherwise they are JSON.") @Default("false") boolean signed,

        @Doc("Whom tokens must be for: one of these must be in `aud`. Empty: anybody.") @Default("[]") List<String> audience,

        @Doc("Scopes that a token must have, all of them; one without is answered 403.") @Default("[]") List<String> scopes,

        @Doc("Claims that an answer must have, and the values of which one must be there; an empty list stands for any value.") @Default("{}") Map<String, List<String>> requiredClaims,

        @Doc("Claim with whose token it is: the subject, and what declared consumers are known by.") @Default("sub") String consumer,

        @Doc("Claim with the groups of whose token it is: a list, or one text.") @Nullable String groups,

        @Doc("What becomes of a caller that is no declared consumer.") @Default("refuse") UnknownConsumer unknownConsumer,

        @Doc("Whether a request without a token passes as nobody. One with a token that is not good is refused all the same.") @Default("false") boolean optional,

        @Doc("Whether the token is kept from the service.") @Default("false") boolean hideCredentials,

        @Doc("Name of what is protected, told to clients in `WWW-Authenticate`.") @Default("tidegate") String realm,

        @Doc("How long it is believed that a token is good; never longer than the token's `exp`. 0s: asked for every request.") @Default("1m") Duration cacheFor,

        @Doc("How long it is believed that a token is not good.") @Default("5s") Duration cacheFailuresFor,

        @Doc("Most tokens that are remembered.") @Default("10000") @Range(min = 1, max = 1_000_000) int maxCached,

        @Doc("Most requests that wait for the server; those beyond are answered 503.") @Default("1000") @Range(min = 1, max = 100_000) int maxWaiting,

        @Doc("Longest token, in characters; a longer one is refused without being asked about.") @Default("4096") @Range(min = 16, max = 65_536) int maxTokenLength,

        @Doc("How the server is called.") @Default("{}") HttpClientConfig http) {

    /// Refuses what can't be asked, and times that can't be meant.
    public IntrospectionConfig {
        if (url == null && issuer == null) {
            throw new ConfigException("must have 'url' or 'issuer'");
        }
        if (url != null) {
            ServerUrl.of("url", url);
        }
        if (url == null && issuer != null) {
            ServerUrl.of("issuer", issuer);
        }
        if (signed && (issuer == null || client == null || client.id() == null)) {
            throw new ConfigException("signed", "needs 'issuer' and 'client.id'");
        }
        atMost("cacheFor", cacheFor, Duration.ofHours(1));
        atMost("cacheFailuresFor", cacheFailuresFor, Duration.ofMinutes(1));
        if (consumer.isEmpty()) {
            throw new ConfigException("consumer", "must be the name of a claim");
        }
        try {
            Challenge.of("Bearer").realm(realm).with("scope", String.join(" ", scopes));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("realm", "must be visible ASCII, and so must the 'scopes'");
        }
    }

    private static void atMost(String component, Duration time, Duration most) {
        if (time.isNegative() || time.compareTo(most) > 0) {
            throw new ConfigException(component, "must be at most " + most.toMinutes() + "m");
        }
    }
}
