package io.tidegate.engine.tls;

/// A client is refused because of its first message. Without a stack trace, as clients can cause many.
final class RefusedHelloException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Alert alert;
    private final String reason;

    /// @param reason
    ///            as it is counted
    RefusedHelloException(Alert alert, String reason) {
        super(reason, null, false, false);
        this.alert = alert;
        this.reason = reason;
    }

    Alert alert() {
        return alert;
    }

    String reason() {
        return reason;
    }
}
