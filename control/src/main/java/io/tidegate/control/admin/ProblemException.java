package io.tidegate.control.admin;

/// A request that can't be served as it is; carries the answer that says why.
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    /// Ends a request.
    ///
    /// @param status
    ///            the HTTP status, 400 to 599
    /// @param detail
    ///            what was found and what was expected
    public ProblemException(int status, String detail) {
        super(detail, null, false, false);
        this.status = status;
    }

    /// The answer to give.
    AdminAnswer answer() {
        return AdminAnswer.problem(status, String.valueOf(getMessage()));
    }
}
