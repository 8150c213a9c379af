package io.tidegate.identity.token;

import io.tidegate.api.Fault;

/// What came of looking at a token.
public sealed interface TokenResult {

    /// It is good.
    record Good(VerifiedToken token) implements TokenResult {
    }

    /// It is not, or it can't be told ([io.tidegate.api.AccessFaults#UNAVAILABLE]).
    record Bad(Fault fault) implements TokenResult {
    }
}
