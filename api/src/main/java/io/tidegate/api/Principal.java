package io.tidegate.api;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who a policy has found to be calling. Kept in the exchange ([Exchange#identify]), read by what decides on access,
/// by conditions, limits and the access log.
///
/// @param method
///            how it was found out: the type of the policy, `jwt`
/// @param subject
///            who it is, unique for its issuer and method: the `sub` of a token, the subject of a certificate, the
///            name of a consumer
/// @param issuer
///            who vouches for that; null where the gateway's own configuration does
/// @param consumer
///            whom of the declared consumers it is; null for one that is none of them
/// @param groups
///            those of the consumer, and those that the credentials tell of
/// @param scopes
///            what the credentials are good for (RFC 6749 section 3.3); empty where they don't say
/// @param claims
///            what else the credentials say, by name: texts, numbers, truth values, lists and maps of them, as in JSON;
///            immutable
public record Principal(String method, String subject, @Nullable String issuer, @Nullable Consumer consumer,
        Set<String> groups, Set<String> scopes, Map<String, Object> claims) {

    /// Copies the sets that it is given; the claims must not change any more.
    public Principal {
        groups = Set.copyOf(groups);
        scopes = Set.copyOf(scopes);
    }

    /// A consumer that the configuration itself vouches for.
    public static Principal of(String method, Consumer consumer) {
        return of(method, consumer, Map.of());
    }

    /// The same, by credentials that say something besides: which of the consumer's keys it was.
    public static Principal of(String method, Consumer consumer, Map<String, Object> claims) {
        return new Principal(method, consumer.name(), null, consumer, consumer.groups(), Set.of(), claims);
    }

    /// Its name in logs: the consumer's, or the subject.
    public String name() {
        return consumer == null ? subject : consumer.name();
    }

    /// Tells who it is, and nothing of what the credentials say.
    @Override
    public String toString() {
        return "Principal[" + method + ", " + name() + "]";
    }
}
