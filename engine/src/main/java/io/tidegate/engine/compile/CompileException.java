package io.tidegate.engine.compile;

import io.tidegate.config.Problem;
import java.util.List;

/// A configuration can't be compiled: every reason at once.
public final class CompileException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    CompileException(List<Problem> problems) {
        super(problems.getFirst().toString());
        this.problems = List.copyOf(problems);
    }

    /// One for a single reason.
    public static CompileException of(Problem problem) {
        return new CompileException(List.of(problem));
    }

    /// What is wrong.
    public List<Problem> problems() {
        return problems;
    }
}
