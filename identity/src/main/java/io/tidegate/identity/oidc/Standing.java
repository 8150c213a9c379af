package io.tidegate.identity.oidc;

import io.tidegate.api.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the session of a request comes to.
///
/// @param kind
///            whether it is one
/// @param session
///            the session as it is now; null where there is none
/// @param fields
///            the cookies that the browser is to have
record Standing(Kind kind, @Nullable Session session, List<Field> fields) {

    /// Whether a request has a session.
    enum Kind {
        /// The browser has none that could be read.
        ABSENT,
        /// It had one.
        OVER,
        /// It has one.
        GOOD,
        /// Whether it has one can't be said now.
        UNKNOWN
    }

    static Standing without(Kind kind) {
        return new Standing(kind, null, List.of());
    }
}
