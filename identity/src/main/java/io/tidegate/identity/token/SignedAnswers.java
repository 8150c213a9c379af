package io.tidegate.identity.token;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.FaultException;
import io.tidegate.identity.keys.IssuerKeys;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks answers that an issuer signs for the gateway (RFC 9701): not tokens, so that they end with the moment for
/// which
/// they were made. Safe for many threads; asks nobody. Computes, so it belongs off the event loops.
public final class SignedAnswers {

    /// How old an answer may be, in seconds.
    private static final long MOST_SECONDS = 300;

    private final TokenRules rules;
    private final TokenVerifier verifier;
    private final InstantSource clock;

    /// Answers of an issuer.
    ///
    /// @param of
    ///            who signs them, with what, and how long they may be
    /// @param audience
    ///            whom they must be for
    /// @param type
    ///            their `typ`
    public SignedAnswers(IssuerKeys keys, TokenRules of, String audience, String type, InstantSource clock) {
        this.rules = new TokenRules(of.algorithms(), of.issuer(), Set.of(audience), type, Map.of(), of.leeway(),
                of.maxLength());
        this.verifier = new TokenVerifier(keys, rules, clock);
        this.clock = clock;
    }

    /// What an answer says.
    ///
    /// @throws FaultException
    ///             where it is none that can be believed
    public Map<String, Object> check(String text) {
        CompactToken token = CompactToken.read(text, rules.maxLength(), rules.algorithms());
        TokenVerifier.require(token.type().equals(CompactToken.normalType(String.valueOf(rules.type()))),
                AccessFaults.JWT_TYPE);
        Map<String, Object> claims = token.claims();
        TokenVerifier.require(rules.issuer().equals(claims.get("iss")), AccessFaults.JWT_ISSUER);
        verifier.checked(token);
        List<?> audience = CompactToken.list(claims.get("aud"));
        TokenVerifier.require(audience != null && rules.audiences().stream().anyMatch(audience::contains),
                AccessFaults.JWT_AUDIENCE);
        long now = clock.instant().getEpochSecond();
        boolean timely = claims.get("iat") instanceof Number issued
                && issued.doubleValue() <= now + rules.leeway().toSeconds()
                && issued.doubleValue() >= now - MOST_SECONDS;
        TokenVerifier.require(timely, AccessFaults.JWT_EXPIRED);
        return claims;
    }
}
