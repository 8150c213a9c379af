package io.tidegate.identity.jwt;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumer;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.token.Claims;
import io.tidegate.identity.token.Confirmation;
import io.tidegate.identity.token.VerifiedToken;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whom a good token is about, made ready once for all requests that show it.
final class Caller {

    private final Principal principal;
    private final @Nullable Identity identity;
    private final Confirmation confirmation;
    private final List<Field> fields;
    private volatile @Nullable Principal known;

    private Caller(Principal principal, @Nullable Identity identity, Confirmation confirmation, List<Field> fields) {
        this.principal = principal;
        this.identity = identity;
        this.confirmation = confirmation;
        this.fields = fields;
    }

    /// Makes callers from tokens, as the configuration says.
    record Reader(JwtConfig config, ClaimFields fields) {

        static Reader of(JwtConfig config) {
            return new Reader(config, new ClaimFields(config.claimsToHeaders()));
        }

        /// Whom this token is about.
        ///
        /// @throws FaultException
        ///             where it does not say so, or asks for what can't be done
        Caller read(VerifiedToken token) {
            Map<String, Object> claims = token.claims();
            String consumer = config.consumer() == null ? null : single(Claims.at(claims, config.consumer()));
            if (config.consumer() != null && consumer == null
                    && config.unknownConsumer() == UnknownConsumer.REFUSE) {
                throw new FaultException(AccessFaults.JWT_CLAIM);
            }
            String subject = token.subject() == null ? consumer : token.subject();
            if (subject == null || subject.isEmpty()) {
                throw new FaultException(AccessFaults.JWT_CLAIM);
            }
            Set<String> groups = config.groupsClaim() == null
                    ? Set.of()
                    : Set.copyOf(Claims.texts(Claims.at(claims, config.groupsClaim())));
            Principal principal = new Principal("jwt", subject, token.issuer(), null, groups, scopes(claims), claims);
            return new Caller(principal, consumer == null ? null : Identity.token(token.issuer(), consumer),
                    Confirmation.of(claims), fields.of(claims));
        }

        private Set<String> scopes(Map<String, Object> claims) {
            Object claim = config.scopesClaim() == null
                    ? claims.getOrDefault("scope", claims.getOrDefault("scp", ""))
                    : Claims.at(claims, config.scopesClaim());
            Set<String> scopes = new HashSet<>();
            for (String text : Claims.texts(claim)) {
                scopes.addAll(List.of(text.split(" ")));
            }
            scopes.remove("");
            return scopes;
        }

        /// A name: one text or number.
        private static @Nullable String single(@Nullable Object claim) {
            return claim instanceof String || claim instanceof Long ? claim.toString() : null;
        }
    }

    /// Without a consumer.
    Principal principal() {
        return principal;
    }

    /// What the consumer is known by; null where none is looked for.
    @Nullable
    Identity identity() {
        return identity;
    }

    /// What is to be proved with each request.
    Confirmation confirmation() {
        return confirmation;
    }

    /// What the service is told.
    List<Field> fields() {
        return fields;
    }

    /// As this consumer.
    Principal as(Consumer consumer) {
        Principal before = known;
        if (before != null && consumer.equals(before.consumer())) {
            return before;
        }
        Set<String> groups = new HashSet<>(principal.groups());
        groups.addAll(consumer.groups());
        Principal made = new Principal(principal.method(), principal.subject(), principal.issuer(), consumer, groups,
                principal.scopes(), principal.claims());
        known = made;
        return made;
    }
}
