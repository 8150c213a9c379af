package io.tidegate.identity.token;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ClaimPath;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.KeySet;
import io.tidegate.identity.keys.VerificationKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks signed tokens by the keys of an issuer and by rules. Safe for many threads; asks nobody.
public final class TokenVerifier {

    /// Types of tokens that are taken where the rules name none. Others, such as `dpop+jwt` and `logout+jwt`, were made
    /// for something else (RFC 8725 section 3.11).
    private static final Set<String> USUAL_TYPES = Set.of("", "jwt", "at+jwt");

    private final IssuerKeys keys;
    private final TokenRules rules;
    private final Set<String> types;
    private final Times times;

    /// A verifier.
    ///
    /// @param clock
    ///            what time it is
    public TokenVerifier(IssuerKeys keys, TokenRules rules, InstantSource clock) {
        this.keys = keys;
        this.rules = rules;
        this.types = rules.type() == null ? USUAL_TYPES : Set.of(CompactToken.normalType(rules.type()));
        this.times = new Times(clock, rules.leeway());
    }

    /// Checks a token. A key that is not known leads to the keys being asked for again, in the background.
    public TokenResult verify(String text) {
        try {
            CompactToken token = read(text);
            Map<String, Object> claims = token.claims();
            VerificationKey key = signed(token, claims);
            long expires = times.check(claims);
            audience(claims);
            claims(claims);
            return new TokenResult.Good(new VerifiedToken(token.header(), claims, rules.issuer(), expires, key));
        } catch (FaultException e) {
            return new TokenResult.Bad(e.fault());
        }
    }

    /// A token of a type that is taken, of which nothing else is known.
    CompactToken read(String text) {
        CompactToken token = CompactToken.read(text, rules.maxLength(), rules.algorithms());
        require(types.contains(token.type()), AccessFaults.JWT_TYPE);
        return token;
    }

    /// The key of the issuer that the token was signed with.
    VerificationKey signed(CompactToken token, Map<String, Object> claims) {
        // Said by nobody yet, but the keys of this issuer are no use for a token of another.
        require(rules.issuer().equals(claims.get("iss")), AccessFaults.JWT_ISSUER);
        KeySet known = keys.current();
        if (known == null) {
            throw new FaultException(AccessFaults.UNAVAILABLE);
        }
        List<VerificationKey> candidates = known.candidates(token.keyId(), token.algorithm());
        if (candidates.isEmpty()) {
            keys.missing();
            throw new FaultException(AccessFaults.JWT_KEY);
        }
        for (VerificationKey key : candidates) {
            require(key.algorithm() == token.algorithm(), AccessFaults.JWT_ALG);
            if (key.verifies(token.signed(), token.signature())) {
                return key;
            }
        }
        throw new FaultException(AccessFaults.JWT_SIGNATURE);
    }

    /// That it is for whom it must be for.
    void audience(Map<String, Object> claims) {
        if (!rules.audiences().isEmpty()) {
            List<?> audiences = CompactToken.list(claims.get("aud"));
            require(audiences != null && audiences.stream().anyMatch(TokenVerifier.this::isMeant),
                    AccessFaults.JWT_AUDIENCE);
        }
    }

    private boolean isMeant(@Nullable Object audience) {
        return audience instanceof String text && rules.audiences().contains(text);
    }

    private void claims(Map<String, Object> claims) {
        rules.claims().forEach((path, wanted) -> require(Claims.hasOne(ClaimPath.of(path).in(claims), wanted),
                AccessFaults.JWT_CLAIM));
    }

    /// Refuses what does not hold.
    ///
    /// @throws FaultException
    ///             with this fault
    public static void require(boolean holds, Fault fault) {
        if (!holds) {
            throw new FaultException(fault);
        }
    }
}
