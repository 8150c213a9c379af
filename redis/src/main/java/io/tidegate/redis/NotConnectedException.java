package io.tidegate.redis;

/// There is no connection to Redis now.
final class NotConnectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Without a stack trace, since there may be many.
    NotConnectedException() {
        super("not connected", null, false, false);
    }
}
