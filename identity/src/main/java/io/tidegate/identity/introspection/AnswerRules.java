package io.tidegate.identity.introspection;

import static io.tidegate.identity.token.TokenVerifier.require;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.FaultException;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import io.tidegate.identity.Caller;
import io.tidegate.identity.remote.UnusableAnswerException;
import io.tidegate.identity.token.Claims;
import io.tidegate.identity.token.Confirmation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What an answer (RFC 7662 section 2.2) has to say for a token to be good. What is not as the RFC wants it is
/// no answer.
final class AnswerRules {

    private final IntrospectionConfig config;

    AnswerRules(IntrospectionConfig config) {
        this.config = config;
    }

    /// What an answer says.
    ///
    /// @param now
    ///            milliseconds since 1970
    /// @throws UnusableAnswerException
    ///             where it can't be believed
    Introspected read(Map<String, Object> answer, long now) {
        if (!(answer.get("active") instanceof Boolean active)) {
            throw new UnusableAnswerException("'active' is missing or no truth value");
        }
        if (!active) {
            return new Introspected.Bad(AccessFaults.TOKEN_INACTIVE);
        }
        long expires = time(answer, "exp", Long.MAX_VALUE);
        if (answer.containsKey("cnf") && !(answer.get("cnf") instanceof Map<?, ?>)) {
            throw new UnusableAnswerException("'cnf' is no object");
        }
        try {
            Confirmation confirmation = Confirmation.of(answer);
            check(answer, now, expires, confirmation);
            return new Introspected.Good(caller(answer), confirmation, expires);
        } catch (FaultException e) {
            return new Introspected.Bad(e.fault());
        }
    }

    private void check(Map<String, Object> answer, long now, long expires, Confirmation confirmation) {
        // Keys are not proved here, so a token that belongs to one is nobody's.
        require(confirmation.keyThumbprint() == null, AccessFaults.TOKEN_BINDING);
        require(expires > now, AccessFaults.JWT_EXPIRED);
        require(time(answer, "nbf", 0) <= now, AccessFaults.JWT_NOT_YET);
        require(config.issuer() == null || answer.getOrDefault("iss", config.issuer()).equals(config.issuer()),
                AccessFaults.JWT_ISSUER);
        require(config.audience().isEmpty() || Claims.hasOne(answer.get("aud"), config.audience()),
                AccessFaults.JWT_AUDIENCE);
        // A token of another kind asks for more than to be shown (RFC 9449 section 7.1).
        require(!(answer.get("token_type") instanceof String type && type.equalsIgnoreCase("dpop")),
                AccessFaults.TOKEN_BINDING);
        config.requiredClaims().forEach(
                (claim, wanted) -> require(Claims.hasOne(answer.get(claim), wanted), AccessFaults.JWT_CLAIM));
    }

    private Caller caller(Map<String, Object> answer) {
        if (!(answer.get(config.consumer()) instanceof String subject) || subject.isEmpty()) {
            throw new FaultException(AccessFaults.JWT_CLAIM);
        }
        Object says = answer.get("iss");
        String issuer = says == null || says.equals("") ? config.issuer() : says.toString();
        String groups = config.groups();
        Map<String, Object> claims = new LinkedHashMap<>(answer);
        claims.remove("active");
        Principal principal = new Principal(IntrospectionFactory.TYPE, subject, issuer, null,
                groups == null ? Set.of() : Set.copyOf(Claims.texts(answer.get(groups))),
                Claims.words(answer.get("scope")), Collections.unmodifiableMap(claims));
        return new Caller(principal, issuer == null ? null : Identity.token(issuer, subject));
    }

    private static long time(Map<String, Object> answer, String claim, long otherwise) {
        Object value = answer.get(claim);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Number seconds) || seconds.doubleValue() < 0) {
            throw new UnusableAnswerException("'" + claim + "' is no time");
        }
        double millis = seconds.doubleValue() * 1000;
        return millis >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) millis;
    }
}
