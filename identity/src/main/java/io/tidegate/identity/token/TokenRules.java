package io.tidegate.identity.token;

import io.tidegate.identity.keys.SignatureAlgorithm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a token must be to be taken (RFC 8725). That it says until when it is good (`exp`) is always asked for.
///
/// @param algorithms
///            what it may be signed with
/// @param issuer
///            who must have issued it: its `iss`
/// @param audiences
///            whom it must be for: one of these in its `aud`; empty for anybody
/// @param type
///            its `typ`; null for `JWT`, `at+jwt` and none
/// @param claims
///            claims that it must have, by name or path, and of which values one; no values for any
/// @param leeway
///            how far clocks may differ
/// @param maxLength
///            most characters of it
public record TokenRules(Set<SignatureAlgorithm> algorithms, String issuer, Set<String> audiences,
        @Nullable String type, Map<String, Set<String>> claims, Duration leeway, int maxLength) {

    /// The algorithms of public keys, in order of preference.
    public static final List<SignatureAlgorithm> PUBLIC = List.of(SignatureAlgorithm.RS256, SignatureAlgorithm.RS384,
            SignatureAlgorithm.RS512, SignatureAlgorithm.PS256, SignatureAlgorithm.PS384, SignatureAlgorithm.PS512,
            SignatureAlgorithm.ES256, SignatureAlgorithm.ES384, SignatureAlgorithm.ES512, SignatureAlgorithm.EDDSA);

    /// Copies what it is given.
    public TokenRules {
        algorithms = Set.copyOf(algorithms);
        audiences = Set.copyOf(audiences);
        claims = Map.copyOf(claims);
    }

    /// Rules for tokens of an issuer for these audiences, signed with a public key.
    public static TokenRules of(String issuer, Set<String> audiences, Duration leeway, int maxLength) {
        return new TokenRules(Set.copyOf(PUBLIC), issuer, audiences, null, Map.of(), leeway, maxLength);
    }

    /// The same for tokens of this type alone: `at+jwt`.
    public TokenRules withType(String only) {
        return new TokenRules(algorithms, issuer, audiences, only, claims, leeway, maxLength);
    }
}
