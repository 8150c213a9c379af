package io.tidegate.identity.jwt;

import io.tidegate.api.Request;
import io.tidegate.identity.Authorization;
import io.tidegate.identity.CredentialPlaces;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A token as a request has it.
///
/// @param text
///            what it stands in, up to its end
/// @param from
///            where it begins there
/// @param proven
///            whether the client says that it holds its key (scheme `DPoP`)
record Credential(String text, int from, boolean proven) {

    /// The token.
    String token() {
        return text.substring(from);
    }

    /// Whether there is more than one: which is meant can't be told (RFC 6750 section 2).
    boolean isOneOfSeveral() {
        return text.equals(CredentialPlaces.SEVERAL);
    }

    /// Finds tokens in requests.
    ///
    /// @param authorization
    ///            whether one may stand in `Authorization`, behind a scheme
    /// @param alone
    ///            where one may stand without a scheme
    /// @param dpop
    ///            whether the scheme `DPoP` is known
    record Places(boolean authorization, CredentialPlaces alone, boolean dpop) {

        private static final String AUTHORIZATION = "authorization";
        private static final String BEARER = "Bearer ";
        private static final String DPOP = "DPoP ";

        static Places of(JwtConfig config) {
            boolean authorization = config.header().equalsIgnoreCase(AUTHORIZATION);
            return new Places(authorization,
                    new CredentialPlaces(authorization ? List.of() : List.of(config.header()),
                            config.query() == null ? List.of() : List.of(config.query()),
                            config.cookie() == null ? List.of() : List.of(config.cookie())),
                    config.dpop() != null);
        }

        /// The token of a request; null where it has none.
        @Nullable
        Credential find(Request request) {
            Credential behindScheme = authorization ? behindScheme(request) : null;
            String elsewhere = alone.find(request);
            if (elsewhere == null) {
                return behindScheme;
            }
            return new Credential(behindScheme == null ? elsewhere : CredentialPlaces.SEVERAL, 0, false);
        }

        private @Nullable Credential behindScheme(Request request) {
            String value = request.headers().get(AUTHORIZATION);
            if (value == null) {
                return null;
            }
            if (value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                return new Credential(value, BEARER.length(), false);
            }
            if (dpop && value.regionMatches(true, 0, DPOP, 0, DPOP.length())) {
                return new Credential(value, DPOP.length(), true);
            }
            return null; // credentials of another kind are none of ours
        }

        /// Takes the token, and the proof beside it, out of what goes to the service.
        void hide(Request request) {
            if (authorization) {
                Authorization.hide(request);
            }
            alone.hide(request);
            if (dpop) {
                request.headers().remove("dpop");
            }
        }
    }
}
