package io.tidegate.identity.oidc;

import java.io.IOException;

/// Says that the provider did not do what it was asked for. Carries no stack trace; the message tells nothing
/// of tokens.
final class ProviderException extends IOException {

    private static final long serialVersionUID = 1L;

    /// Why.
    enum Reason {
        /// It can't be reached, says itself that it can't at the moment, or does not know the gateway: worth trying
        /// again.
        UNAVAILABLE,
        /// It does not take the code or the token any more.
        GRANT_REFUSED,
        /// What it says can't be trusted or understood.
        WRONG
    }

    private final Reason reason;

    ProviderException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
