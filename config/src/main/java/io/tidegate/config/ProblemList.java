package io.tidegate.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The problems of one load, as they are found.
final class ProblemList {

    private final List<Problem> problems = new ArrayList<>();
    private final Secrets.Collector secrets;
    private int errors;
    private int silent;

    ProblemList(Secrets.Collector secrets) {
        this.secrets = secrets;
    }

    void error(Place place, Where path, String message) {
        error(place, path.toString(), message);
    }

    void error(Place place, String path, String message) {
        errors++;
        problems.add(new Problem(Problem.Severity.ERROR, place, path, message));
    }

    void warning(Place place, String path, String message) {
        problems.add(new Problem(Problem.Severity.WARNING, place, path, message));
    }

    /// Notes something broken that was reported before.
    void again() {
        silent++;
    }

    /// Counts up with everything that is found broken.
    int incidents() {
        return errors + silent;
    }

    boolean hasErrors() {
        return errors > 0;
    }

    /// All of them in the order of their places, the files in the order in which they were read, each once, without the
    /// text of any secret.
    List<Problem> sorted(List<String> files) {
        Map<String, Integer> rank = new HashMap<>();
        files.forEach(file -> rank.putIfAbsent(file, rank.size()));
        Secrets hidden = secrets.secrets();
        return problems.stream().map(problem -> new Problem(problem.severity(), problem.place(), problem.path(),
                hidden.hide(problem.message()))).distinct()
                .sorted(Comparator.<Problem>comparingInt(problem -> rank.getOrDefault(problem.place().file(), -1))
                        .thenComparingInt(problem -> problem.place().line())
                        .thenComparingInt(problem -> problem.place().column()))
                .toList();
    }
}
