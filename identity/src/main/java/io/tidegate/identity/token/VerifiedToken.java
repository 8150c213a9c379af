package io.tidegate.identity.token;

import io.tidegate.identity.keys.VerificationKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A token that was found to be good.
///
/// @param header
///            what its header says
/// @param claims
///            what it says: texts, numbers, truth values, lists and maps, none of which can be changed
/// @param issuer
///            who says so
/// @param expires
///            until when it is good, in seconds of the epoch, without leeway
/// @param key
///            by which it was checked
public record VerifiedToken(Map<String, Object> header, Map<String, Object> claims, String issuer, long expires,
        VerificationKey key) {

    /// A claim that is a text; null where it is not there or something else.
    public @Nullable String text(String claim) {
        return claims.get(claim) instanceof String text ? text : null;
    }

    /// Whom it is about; null where it does not say.
    public @Nullable String subject() {
        return text("sub");
    }

    /// Tells nothing of what it says.
    @Override
    public String toString() {
        return "VerifiedToken[" + issuer + "]";
    }
}
