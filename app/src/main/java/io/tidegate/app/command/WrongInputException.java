package io.tidegate.app.command;

/// What a command was given can't be worked with. The message is told to the user, and the exit status is 1.
final class WrongInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WrongInputException(String message) {
        super(message);
    }
}
