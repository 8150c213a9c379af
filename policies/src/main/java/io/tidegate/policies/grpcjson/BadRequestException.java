package io.tidegate.policies.grpcjson;

/// A request does not fit its method. The message says to the client where; no stack trace, since it is no surprise.
final class BadRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    BadRequestException(String message) {
        super(message, null, false, false);
    }
}
