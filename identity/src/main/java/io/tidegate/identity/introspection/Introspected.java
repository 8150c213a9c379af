package io.tidegate.identity.introspection;

import io.tidegate.api.Fault;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a server has said of a token.
///
/// @param fault
///            why it is not good; null where it is
/// @param subject
///            whose it is
/// @param issuer
///            who gave it out; null where nobody says
/// @param scopes
///            what it is good for
/// @param groups
///            what the subject belongs to
/// @param certificate
///            SHA-256 of the certificate that it belongs to, in hexadecimal digits (RFC 8705 section 3.1); null for none
/// @param expires
///            until when it is good, in milliseconds since 1970; [Long#MAX_VALUE] where nobody says
/// @param claims
///            all that was said, but for `active`
record Introspected(@Nullable Fault fault, String subject, @Nullable String issuer, Set<String> scopes,
        Set<String> groups, @Nullable String certificate, long expires, Map<String, Object> claims) {

    /// A token that is not good.
    static Introspected refused(Fault fault) {
        return new Introspected(fault, "", null, Set.of(), Set.of(), null, Long.MAX_VALUE, Map.of());
    }

    /// Nothing of whom it is about.
    @Override
    public String toString() {
        return "Introspected[" + (fault == null ? "good" : fault.code()) + "]";
    }
}
