package io.tidegate.config.pem;

/// A file can't be used; the message says why, without the name of the file and without anything that stands in it.
public final class UnusableFileException extends Exception {

    private static final long serialVersionUID = 1L;

    /// One for this reason.
    public UnusableFileException(String message) {
        super(message);
    }

    public UnusableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
