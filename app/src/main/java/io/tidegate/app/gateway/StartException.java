package io.tidegate.app.gateway;

import io.tidegate.config.Problem;
import java.util.List;
import java.util.stream.Collectors;

/// A gateway could not be started with the configuration it was given.
public final class StartException extends Exception {

    private static final long serialVersionUID = 1L;

    /// With everything in the configuration that stood in the way, a line each.
    public StartException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }

    /// With what stood in the way.
    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
