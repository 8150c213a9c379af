package io.tidegate.app.gateway;

import io.tidegate.config.Problem;
import java.util.List;
import java.util.stream.Collectors;

/// A gateway could not be started with the configuration it was given.
public final class StartException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /// With everything that stood in the way.
    public StartException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /// What stood in the way.
    public List<Problem> problems() {
        return problems;
    }
}
