package io.tidegate.identity.remote;

/// A server has answered, but not with what can be used. Thrown and caught by stages.
public final class UnusableAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean ofRequest;

    /// Says what was wrong, and nothing secret of what was answered.
    public UnusableAnswerException(String message) {
        this(message, false);
    }

    /// Says what was wrong, and nothing secret of what was answered.
    ///
    /// @param ofRequest
    ///            whether the server says that it is the question that it has no answer to
    public UnusableAnswerException(String message, boolean ofRequest) {
        super(message, null, false, false);
        this.ofRequest = ofRequest;
    }

    /// Whether a stage has failed since a server says that it is the question that it has no answer to: it is not out
    /// of order then, and whoever sent the request may have meant it to happen.
    public static boolean isOfRequest(Throwable why) {
        return Outage.cause(why) instanceof UnusableAnswerException unusable && unusable.ofRequest;
    }
}
