package io.tidegate.identity.token;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.FaultException;
import io.tidegate.identity.keys.IssuerKeys;
import java.time.InstantSource;
import java.util.Map;

/// Checks answers that an issuer signs for the gateway (RFC 9701): not tokens, so that they end with the moment for
/// which they were made. Safe for many threads; asks nobody. Computes, so it belongs off the event loops.
public final class SignedAnswers {

    /// How old an answer may be, in seconds.
    private static final long MOST_SECONDS = 300;

    private final TokenRules rules;
    private final TokenVerifier verifier;
    private final InstantSource clock;

    /// Answers of an issuer.
    ///
    /// @param rules
    ///            what they must be
    public SignedAnswers(IssuerKeys keys, TokenRules rules, InstantSource clock) {
        this.rules = rules;
        this.verifier = new TokenVerifier(keys, rules, clock);
        this.clock = clock;
    }

    /// What an answer says.
    ///
    /// @throws FaultException
    ///             where it is none that can be believed
    public Map<String, Object> check(String text) {
        CompactToken token = verifier.read(text);
        Map<String, Object> claims = token.claims();
        verifier.signed(token, claims);
        verifier.audience(claims);
        long now = clock.instant().getEpochSecond();
        boolean timely = claims.get("iat") instanceof Number issued
                && issued.doubleValue() <= now + rules.leeway().toSeconds()
                && issued.doubleValue() >= now - MOST_SECONDS;
        TokenVerifier.require(timely, AccessFaults.JWT_EXPIRED);
        return claims;
    }
}
