package io.tidegate.identity.internaltoken;

import io.tidegate.api.Consumer;
import io.tidegate.api.Principal;
import io.tidegate.identity.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What tokens say.
final class TokenClaims {

    private final InternalTokenConfig config;
    private final boolean consumer;
    private final boolean groups;
    private final boolean scopes;
    private final boolean method;
    private final boolean issuer;

    TokenClaims(InternalTokenConfig config) {
        this.config = config;
        consumer = config.include().contains(TokenPart.CONSUMER);
        groups = config.include().contains(TokenPart.GROUPS);
        scopes = config.include().contains(TokenPart.SCOPES);
        method = config.include().contains(TokenPart.METHOD);
        issuer = config.include().contains(TokenPart.ISSUER);
    }

    /// Who calls, as far as tokens tell: callers that are equal have one token.
    ///
    /// @param others
    ///            the values of the claims that are passed on, in their order
    record Caller(String subject, @Nullable String consumer, Set<String> groups, Set<String> scopes,
            @Nullable String method, @Nullable String issuer, List<@Nullable Object> others) {

        /// Tells nothing of what credentials say.
        @Override
        public String toString() {
            return "Caller[" + subject + "]";
        }
    }

    Caller caller(Principal principal) {
        Consumer known = principal.consumer();
        return new Caller(principal.subject(), consumer && known != null ? known.name() : null,
                groups ? principal.groups() : Set.of(), scopes ? principal.scopes() : Set.of(),
                method ? principal.method() : null, issuer ? principal.issuer() : null, others(principal));
    }

    private List<@Nullable Object> others(Principal principal) {
        if (config.claims().isEmpty()) {
            return List.of();
        }
        List<@Nullable Object> values = new ArrayList<>(config.claims().size());
        for (String claim : config.claims()) {
            values.add(principal.claims().get(claim));
        }
        return values;
    }

    /// When a token ends that is made now, in seconds.
    long end(long now) {
        return now + config.ttl().toSeconds();
    }

    /// The claims of a caller's token, as JSON in UTF-8.
    byte[] json(Caller caller, long now) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", config.issuer());
        claims.put("sub", caller.subject());
        claims.put("aud", config.audience().size() == 1 ? config.audience().getFirst() : config.audience());
        claims.put("iat", now);
        claims.put("exp", end(now));
        put(claims, "consumer", caller.consumer());
        if (groups) {
            claims.put("groups", List.copyOf(new TreeSet<>(caller.groups())));
        }
        if (scopes) {
            claims.put("scope", String.join(" ", new TreeSet<>(caller.scopes())));
        }
        put(claims, "auth_method", caller.method());
        put(claims, "auth_issuer", caller.issuer());
        for (int i = 0; i < caller.others().size(); i++) {
            put(claims, config.claims().get(i), caller.others().get(i));
        }
        return JsonWriter.write(claims);
    }

    private static void put(Map<String, Object> claims, String name, @Nullable Object value) {
        if (value != null) {
            claims.put(name, value);
        }
    }
}
