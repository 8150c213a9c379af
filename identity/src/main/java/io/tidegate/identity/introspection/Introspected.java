package io.tidegate.identity.introspection;

import io.tidegate.api.Fault;
import io.tidegate.identity.Caller;
import io.tidegate.identity.token.Confirmation;

/// What a server has said of a token.
sealed interface Introspected {

    /// It is good.
    ///
    /// @param caller
    ///            whose it is
    /// @param confirmation
    ///            the certificate that it belongs to, where it belongs to one
    /// @param expires
    ///            until when it is good, in milliseconds since 1970; [Long#MAX_VALUE] where nobody says
    record Good(Caller caller, Confirmation confirmation, long expires) implements Introspected {
    }

    /// It is not.
    record Bad(Fault fault) implements Introspected {
    }
}
