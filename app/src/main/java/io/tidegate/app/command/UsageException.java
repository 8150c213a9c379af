package io.tidegate.app.command;

/// A command was called wrongly. The message is told to the user, and the exit status is 2.
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
