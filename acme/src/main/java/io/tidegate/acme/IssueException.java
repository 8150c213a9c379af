package io.tidegate.acme;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// There is no certificate, for a reason that people can read.
final class IssueException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String kind;
    private final transient @Nullable Instant retryAfter;

    /// @param kind
    ///            the same for the same reason, whatever varies in its words: it is logged once
    /// @param retryAfter
    ///            before when nobody should try again; null where nothing is said of it
    IssueException(String kind, String message, @Nullable Instant retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    IssueException(String kind, String message) {
        this(kind, message, null, null);
    }

    String kind() {
        return kind;
    }

    @Nullable
    Instant retryAfter() {
        return retryAfter;
    }
}
