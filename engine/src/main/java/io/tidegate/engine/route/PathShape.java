package io.tidegate.engine.route;

import io.tidegate.config.PathPattern;
import io.tidegate.config.PathPattern.Kind;
import io.tidegate.config.PathPattern.Segment;
import java.util.List;

/// Compares patterns and paths as text, for explanations only.
final class PathShape {

    private PathShape() {
    }

    /// Whether `path` matches as the route declares it.
    static boolean fits(PathPattern pattern, String path) {
        List<Segment> segments = pattern.segments();
        int fitting = leadingFits(pattern, path);
        if (segments.getLast().kind() == Kind.REST) {
            return fitting == segments.size();
        }
        return fitting == segments.size() && path.substring(1).split("/", -1).length == segments.size();
    }

    /// How many segments of the pattern, from the first on, the path fits. A rest counts once all before it fit.
    static int leadingFits(PathPattern pattern, String path) {
        String[] parts = path.startsWith("/") ? path.substring(1).split("/", -1) : new String[0];
        int i = 0;
        for (Segment segment : pattern.segments()) {
            boolean fits = switch (segment.kind()) {
                case LITERAL -> i < parts.length && parts[i].equals(segment.text());
                case PARAMETER -> i < parts.length && !parts[i].isEmpty();
                case REST -> parts.length > 0;
            };
            if (!fits) {
                return i;
            }
            i++;
        }
        return i;
    }

    /// Whether two patterns match the same paths: they differ in the names of parameters at most.
    static boolean same(PathPattern a, PathPattern b) {
        if (a.segments().size() != b.segments().size()) {
            return false;
        }
        for (int i = 0; i < a.segments().size(); i++) {
            Segment one = a.segments().get(i);
            Segment other = b.segments().get(i);
            if (one.kind() != other.kind() || (one.kind() == Kind.LITERAL && !one.text().equals(other.text()))) {
                return false;
            }
        }
        return true;
    }
}
