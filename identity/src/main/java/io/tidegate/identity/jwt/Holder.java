package io.tidegate.identity.jwt;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ClaimPath;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import io.tidegate.identity.Caller;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.token.ClaimFields;
import io.tidegate.identity.token.Claims;
import io.tidegate.identity.token.Confirmation;
import io.tidegate.identity.token.VerifiedToken;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whose a good token is, made ready once for all requests that show it.
///
/// @param confirmation
///            what is to be proved with each request
/// @param fields
///            what the service is told
record Holder(Caller caller, Confirmation confirmation, List<Field> fields) {

    /// Makes holders from tokens, as the configuration says.
    record Reader(JwtConfig config, ClaimFields fields) {

        /// Whose this token is.
        ///
        /// @throws FaultException
        ///             where it does not say so, or asks for what can't be done
        Holder read(VerifiedToken token) {
            Map<String, Object> claims = token.claims();
            String consumer = config.consumer() == null ? null : single(ClaimPath.of(config.consumer()).in(claims));
            if (config.consumer() != null && consumer == null
                    && config.unknownConsumer() == UnknownConsumer.REFUSE) {
                throw new FaultException(AccessFaults.JWT_CLAIM);
            }
            String subject = token.subject() == null ? consumer : token.subject();
            if (subject == null || subject.isEmpty()) {
                throw new FaultException(AccessFaults.JWT_CLAIM);
            }
            Object scopes = config.scopesClaim() == null
                    ? claims.getOrDefault("scope", claims.getOrDefault("scp", ""))
                    : ClaimPath.of(config.scopesClaim()).in(claims);
            Principal principal = new Principal("jwt", subject, token.issuer(), null,
                    Claims.texts(claims, config.groupsClaim()), Claims.words(scopes), claims);
            return new Holder(
                    new Caller(principal, consumer == null ? null : Identity.token(token.issuer(), consumer)),
                    Confirmation.of(claims), fields.all(claims));
        }

        /// A name: one text or number.
        private static @Nullable String single(@Nullable Object claim) {
            return claim instanceof String || claim instanceof Long ? claim.toString() : null;
        }
    }
}
