package io.tidegate.identity.internaltoken;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `identity`.
@Doc("Tells the service who calls: a signed, short-lived token (JWT) of the gateway's own.")
public record InternalTokenConfig(
        @Doc("The header field that it is sent in. Clients can't send it, on any route.") @Default("x-tidegate-identity") @Pattern(value = "[A-Za-z0-9!#$%&'*+.^_`|~-]+", expected = "the name of a header field") String header,

        @Doc("Who issues it, `iss`: a name of the gateway that services know it by.") @Range(min = 1) @Pattern(value = "\\S+", expected = "a name without spaces") String issuer,

        @Doc("Whom it is for, `aud`: the services behind the route.") @Range(min = 1) List<String> audience,

        @Doc("How long it is good for: 2s to 1h. One token serves all requests of a caller during the first half of it.") @Default("30s") Duration ttl,

        @Doc("What it tells beside the subject.") @Default("[consumer, groups, scopes]") Set<TokenPart> include,

        @Doc("Claims of the credentials that are passed on as they are, by name.") @Default("[]") List<String> claims,

        @Doc("The name of the set of keys that it is signed with: `identityKeys` publishes it by that.") @Default("default") @Pattern(value = "[a-z0-9][a-z0-9.-]{0,62}", expected = "a name of lower-case letters, digits, '.' and '-'") String keys,

        @Doc("How it is signed.") @Default("ES256") TokenAlgorithm algorithm,

        @Doc("The private key in PEM (PKCS #8), for several gateways that sign alike. Left out, the gateway makes keys itself.") @Nullable FilePath keyFile,

        @Doc("How long a key that the gateway has made signs; left out, 24h. At least 1m, and twice 'ttl'.") @Nullable Duration rotateEvery,

        @Doc("Whether a request is refused where nobody is known to call, instead of passing without a token.") @Default("false") boolean required) {

    private static final Set<String> RESERVED = Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "consumer",
            "groups", "scope", "auth_method", "auth_issuer");
    private static final Set<String> FRAMING = Set.of("host", "connection", "content-length", "transfer-encoding", "te",
            "trailer", "upgrade", "keep-alive", "proxy-connection");

    /// Refuses what no token can be.
    public InternalTokenConfig {
        if (ttl.compareTo(Duration.ofSeconds(2)) < 0 || ttl.compareTo(Duration.ofHours(1)) > 0) {
            throw new ConfigException("ttl", "must be 2s to 1h (was " + ttl + ")");
        }
        for (String claim : claims) {
            if (RESERVED.contains(claim)) {
                throw new ConfigException("claims", "'" + claim + "' is the gateway's own to say");
            }
        }
        if (FRAMING.contains(header.toLowerCase(java.util.Locale.ROOT))) {
            throw new ConfigException("header", "'" + header + "' is the gateway's own to write");
        }
        if (keyFile != null && rotateEvery != null) {
            throw new ConfigException("rotateEvery",
                    "means nothing beside 'keyFile': replace the file to change the key");
        }
        if (rotateEvery != null && (rotateEvery.compareTo(Duration.ofMinutes(1)) < 0
                || rotateEvery.compareTo(ttl.multipliedBy(2)) < 0)) {
            throw new ConfigException("rotateEvery", "must be 1m or more, and at least twice 'ttl' (was " + rotateEvery
                    + ")");
        }
    }

    Duration rotation() {
        return rotateEvery == null ? Duration.ofHours(24) : rotateEvery;
    }
}
