package io.tidegate.identity.oidc;

import io.tidegate.identity.oidc.Session.Tokens;

/// What came of asking for new tokens.
sealed interface Renewal {

    /// There are new ones.
    record Renewed(Tokens tokens) implements Renewal {
    }

    /// There are none.
    enum Failed implements Renewal {
        /// The provider does not give any more: the session is over.
        REFUSED,
        /// The provider can't be asked now.
        UNAVAILABLE
    }
}
