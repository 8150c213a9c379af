package io.tidegate.engine;

import io.tidegate.config.Place;
import io.tidegate.config.Problem;
import io.tidegate.engine.compile.CompileException;

/// Why an address can't be listened on.
final class BindFailure {

    private BindFailure() {
    }

    /// The problem that it is for the configuration.
    ///
    /// @param listener
    ///            its name
    /// @param address
    ///            in words
    static CompileException of(String listener, String address, Exception cause) {
        return CompileException.of(new Problem(Problem.Severity.ERROR, Place.NOWHERE,
                "listeners." + listener + ".address", "can't listen on " + address + ": " + reason(cause)));
    }

    /// In the words that the system's error number stands for.
    private static String reason(Exception cause) {
        String text = String.valueOf(cause.getMessage());
        if (text.contains("Address already in use")) {
            return "the address is in use: another process listens there";
        }
        int words = text.lastIndexOf("): ");
        return text.contains("failed with error(") && words >= 0 ? text.substring(words + 3) : text;
    }
}
