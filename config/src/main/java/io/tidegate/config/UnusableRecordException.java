package io.tidegate.config;

/// A record can't be configured: a fault of whoever wrote it, and of no configuration.
final class UnusableRecordException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    UnusableRecordException(String message) {
        super(message);
    }
}
