package io.tidegate.testkit;

import java.io.IOException;

/// What was received is no HTTP message.
public final class MalformedMessageException extends IOException {

    private static final long serialVersionUID = 1L;

    /// Says which element was malformed, and how.
    public MalformedMessageException(String element, String found) {
        super("malformed " + element + " (was '" + found + "')");
    }
}
