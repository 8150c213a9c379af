package io.tidegate.control;

import io.tidegate.config.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes problems to the log: one line each, and each once for as long as it lasts.
final class ProblemLog {

    private static final Logger LOG = LoggerFactory.getLogger("io.tidegate.config");

    private Set<Problem> known = Set.of();

    /// Writes what was not among the problems of the last call.
    void write(List<Problem> problems) {
        for (Problem problem : problems) {
            if (!known.contains(problem)) {
                String line = oneLine(problem.toString());
                switch (problem.severity()) {
                    case ERROR -> LOG.error(line);
                    case WARNING -> LOG.warn(line);
                }
            }
        }
        known = new HashSet<>(problems);
    }

    /// The text with its control characters written out, so that what stands in a file can't begin a line of its own or
    /// drive a terminal.
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                line.append(String.format(Locale.ROOT, c < 256 ? "\\x%02X" : "\\u%04X", (int) c));
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }
}
