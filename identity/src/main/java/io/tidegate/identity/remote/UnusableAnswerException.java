package io.tidegate.identity.remote;

/// A server has answered, but not with what can be used. Thrown and caught by stages.
public final class UnusableAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Says what was wrong, and nothing secret of what was answered.
    public UnusableAnswerException(String message) {
        super(message, null, false, false);
    }
}
