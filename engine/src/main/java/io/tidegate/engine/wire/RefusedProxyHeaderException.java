package io.tidegate.engine.wire;

/// What stands at the beginning of a connection is no header of the PROXY protocol that could be believed. Without a
/// stack trace, as peers can cause many.
public final class RefusedProxyHeaderException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    /// @param reason
    ///            a short constant, as it is counted
    RefusedProxyHeaderException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    /// A short constant for what was wrong.
    public String reason() {
        return reason;
    }
}
