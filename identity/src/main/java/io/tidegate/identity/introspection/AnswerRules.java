package io.tidegate.identity.introspection;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Fault;
import io.tidegate.identity.remote.UnusableAnswerException;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an answer (RFC 7662 section 2.2) has to say for a token to be good. What is not as the RFC wants it is
/// no answer.
final class AnswerRules {

    private final IntrospectionConfig config;
    private final Set<String> audience;

    AnswerRules(IntrospectionConfig config) {
        this.config = config;
        this.audience = Set.copyOf(config.audience());
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
            return Introspected.refused(AccessFaults.TOKEN_INACTIVE);
        }
        long expires = time(answer, "exp", Long.MAX_VALUE);
        Object issuer = answer.getOrDefault("iss", config.issuer() == null ? "" : config.issuer());
        Set<String> scopes = scopes(answer.get("scope"));
        String certificate = null;
        if (answer.get("cnf") instanceof Map<?, ?> binding) {
            certificate = certificate(binding);
            if (certificate == null) {
                return Introspected.refused(AccessFaults.TOKEN_BINDING);
            }
        } else if (answer.containsKey("cnf")) {
            throw new UnusableAnswerException("'cnf' is no object");
        }
        Object subject = answer.get(config.consumer());
        Fault fault = fault(answer, now, expires, issuer);
        if (fault == null && !(subject instanceof String text && !text.isEmpty())) {
            fault = AccessFaults.JWT_CLAIM;
        }
        if (fault != null) {
            return Introspected.refused(fault);
        }
        String groups = config.groups();
        Map<String, Object> claims = new LinkedHashMap<>(answer);
        claims.remove("active");
        return new Introspected(null, String.valueOf(subject),
                issuer.equals("") ? null : String.valueOf(issuer), scopes,
                groups == null ? Set.of() : Set.copyOf(texts(answer.get(groups))), certificate, expires,
                Collections.unmodifiableMap(claims));
    }

    private @Nullable Fault fault(Map<String, Object> answer, long now, long expires, Object issuer) {
        if (expires <= now) {
            return AccessFaults.JWT_EXPIRED;
        }
        if (time(answer, "nbf", 0) > now) {
            return AccessFaults.JWT_NOT_YET;
        }
        if (config.issuer() != null && !issuer.equals(config.issuer())) {
            return AccessFaults.JWT_ISSUER;
        }
        if (!audience.isEmpty() && Collections.disjoint(audience, texts(answer.get("aud")))) {
            return AccessFaults.JWT_AUDIENCE;
        }
        // A token of another kind asks for more than to be shown (RFC 9449 section 7.1).
        if (answer.get("token_type") instanceof String type && type.equalsIgnoreCase("dpop")) {
            return AccessFaults.TOKEN_BINDING;
        }
        for (Map.Entry<String, List<String>> claim : config.requiredClaims().entrySet()) {
            Object value = answer.get(claim.getKey());
            boolean one = claim.getValue().isEmpty()
                    ? value != null
                    : !Collections.disjoint(claim.getValue(), texts(value));
            if (!one) {
                return AccessFaults.JWT_CLAIM;
            }
        }
        return null;
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

    private static Set<String> scopes(@Nullable Object value) {
        if (value instanceof String list) {
            Set<String> scopes = new LinkedHashSet<>(List.of(list.split(" ", -1)));
            scopes.remove("");
            return Set.copyOf(scopes);
        }
        return Set.copyOf(texts(value));
    }

    /// The texts of a claim that may be one or a list; of what is no text, its text in JSON where it is a number or a
    /// truth value.
    private static Set<String> texts(@Nullable Object value) {
        Set<String> texts = new LinkedHashSet<>();
        for (Object item : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
            if (item instanceof String || item instanceof Long || item instanceof Boolean) {
                texts.add(item.toString());
            }
        }
        return texts;
    }

    /// What binds a token to a certificate (RFC 8705 section 3.1); null for what binds it to something else.
    private static @Nullable String certificate(Map<?, ?> binding) {
        if (binding.size() != 1 || !(binding.get("x5t#S256") instanceof String thumbprint)) {
            return null;
        }
        try {
            return HexFormat.of().formatHex(Base64.getUrlDecoder().decode(thumbprint));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
