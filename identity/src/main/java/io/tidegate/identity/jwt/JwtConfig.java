package io.tidegate.identity.jwt;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.FilePath;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.Range;
import io.tidegate.api.Secret;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.keys.KeyRefreshConfig;
import io.tidegate.identity.keys.SignatureAlgorithm;
import io.tidegate.identity.token.ClaimFields;
import io.tidegate.identity.token.TokenRules;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `jwt`.
@Doc("Finds out who calls by a signed token (JWT, RFC 7519). Its keys are those that the issuer tells of, or one of `jwksUri`, `keys`, `keysFile`, `secret`.")
public record JwtConfig(
        @Doc("Who issues the tokens: their `iss`, compared byte by byte. Where no keys are given, also the URL under which it tells of its keys (`<issuer>/.well-known/openid-configuration`, or RFC 8414).") String issuer,

        @Doc("Whom tokens must be for: one of these in their `aud`. `\"*\"` for anybody, which lets in tokens that were made for other services.") OneOfConfig audience,

        @Doc("Where the keys are (JWKS).") @Nullable String jwksUri,

        @Doc("The public keys themselves: a JWKS, or PEM.") @Nullable String keys,

        @Doc("File with the public keys: a JWKS, or PEM.") @Nullable FilePath keysFile,

        @Doc("Secret that issuer and gateway share, in base64; at least 32 bytes. For `HS256`, or what `algorithms` says.") @Secret @Nullable String secret,

        @Doc("Algorithms that tokens may be signed with. Left out: all of public keys (`RS*`, `PS*`, `ES*`, `EdDSA`), or `HS256` with a `secret`. A key that does not say what it is good for is good for the first that fits.") @Default("[]") List<SignatureAlgorithm> algorithms,

        @Doc("Field with the token. In `Authorization` it stands behind `Bearer`, in others alone.") @Default("Authorization") String header,

        @Doc("Cookie with the token, where the field is not there.") @Nullable String cookie,

        @Doc("Parameter of the query with the token, where the field is not there. Addresses end up in logs and histories: for clients that can't do otherwise.") @Nullable String query,

        @Doc("Type that tokens must have: `at+jwt` for access tokens (RFC 9068). Left out, `JWT`, `at+jwt` and none are taken.") @Nullable String typ,

        @Doc("Claims that tokens must have, by name or path (`realm_access.roles`).") @Default("{}") Map<String, OneOfConfig> claims,

        @Doc("How far the issuer's clock may differ, at most 120s.") @Default("30s") Duration leeway,

        @Doc("Most characters of a token.") @Default("8192") @Range(min = 256, max = 16_384) int maxLength,

        @Doc("Claim that names the consumer: `sub`, `client_id`. An identity of the issuer with that is looked up in `consumers`. Left out, there is no consumer, only what the token says.") @Nullable String consumer,

        @Doc("What becomes of a caller with a good token who is none of the `consumers`.") @Default("refuse") UnknownConsumer unknownConsumer,

        @Doc("Claim with the scopes: a text with spaces, or a list. Left out: `scope`, or `scp`.") @Nullable String scopesClaim,

        @Doc("Claim with the groups, by name or path (`realm_access.roles`).") @Nullable String groupsClaim,

        @Doc("Fields by which services are told claims: claim, or path of one, to field. No client can send these fields.") @Default("{}") Map<String, String> claimsToHeaders,

        @Doc("Whether the token goes on to the service.") @Default("true") boolean forward,

        @Doc("Whether a request without a token passes, as nobody's. One with a wrong token is refused all the same.") @Default("false") boolean optional,

        @Doc("What clients are told that the token is for (`realm` of the challenge).") @Nullable String realm,

        @Doc("Proof that the client holds the key of its token. Left out, tokens that belong to a key are refused.") @Nullable DpopConfig dpop,

        @Doc("How keys that are fetched are kept.") @Default("{}") KeyRefreshConfig refresh,

        @Doc("Most tokens that are remembered, so that their signatures are not checked again.") @Default("10000") @Range(min = 0, max = 1_000_000) int remembered,

        @Doc("How the server with the keys is called.") @Default("{}") HttpClientConfig http) {

    private static final String ANYBODY = "*";

    /// Refuses two kinds of keys, secrets beside public keys, and names that are none.
    public JwtConfig {
        if (issuer.isBlank()) {
            throw new ConfigException("issuer", "must be the 'iss' of the tokens (was '" + issuer + "')");
        }
        if (audience.oneOf().isEmpty() || audience.oneOf().stream().anyMatch(String::isBlank)) {
            throw new ConfigException("audience", "must name whom tokens are for, or be '*' for anybody");
        }
        checkKeys(jwksUri, keys, keysFile, secret);
        for (SignatureAlgorithm algorithm : algorithms) {
            if (algorithm.isSymmetric() != (secret != null)) {
                throw new ConfigException("algorithms", secret == null
                        ? "can have " + algorithm.id() + " only with a 'secret'"
                        : "must have HS256, HS384 or HS512 beside a 'secret' (has " + algorithm.id() + ")");
            }
        }
        checkName("header", header);
        if (cookie != null) {
            checkName("cookie", cookie);
        }
        if (query != null && !query.matches("[A-Za-z0-9._~-]{1,64}")) {
            throw new ConfigException("query", "must be the name of a parameter (was '" + query + "')");
        }
        if (leeway.isNegative() || leeway.toSeconds() > 120) {
            throw new ConfigException("leeway", "must be 0s to 120s (was " + leeway.toMillis() + "ms)");
        }
        claimsToHeaders.values().forEach(name -> checkName("claimsToHeaders", name));
        Set<String> written = ClaimFields.names(claimsToHeaders);
        if (written.size() != claimsToHeaders.size()) {
            throw new ConfigException("claimsToHeaders", "must not name a field twice");
        }
        if (written.contains(header.toLowerCase(Locale.ROOT))) {
            throw new ConfigException("claimsToHeaders", "can't write the field that has the token");
        }
        if (realm != null && realm.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new ConfigException("realm", "must be visible ASCII");
        }
    }

    private static void checkKeys(@Nullable Object... sources) {
        long given = Arrays.stream(sources).filter(Objects::nonNull).count();
        if (given > 1) {
            throw new ConfigException("must have at most one of jwksUri, keys, keysFile, secret");
        }
    }

    private static void checkName(String component, String name) {
        if (!FieldSyntax.isName(name)) {
            throw new ConfigException(component, "must be a name (was '" + name + "')");
        }
    }

    /// Its algorithms in their order.
    List<SignatureAlgorithm> accepted() {
        if (!algorithms.isEmpty()) {
            return algorithms;
        }
        return secret == null ? TokenRules.PUBLIC : List.of(SignatureAlgorithm.HS256);
    }

    /// What its tokens must be.
    TokenRules rules() {
        Map<String, Set<String>> expected = new HashMap<>();
        claims.forEach((name, values) -> expected.put(name, Set.copyOf(values.oneOf())));
        Set<String> audiences = audience.oneOf().contains(ANYBODY) ? Set.of() : Set.copyOf(audience.oneOf());
        return new TokenRules(Set.copyOf(accepted()), issuer, audiences, typ, expected, leeway, maxLength);
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "JwtConfig[" + issuer + "]";
    }
}
