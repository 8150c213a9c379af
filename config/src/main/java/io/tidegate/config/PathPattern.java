package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// A path to match, segment by segment: `/orders`, `/orders/**`, `/orders/{id}`, `/files/{path**}`.
///
/// @param segments
///            its segments in order; `/` alone has one empty literal
@Doc("A path to match: `/orders`, `/orders/**`, `/orders/{id}` or `/files/{path**}`.")
public record PathPattern(List<Segment> segments) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

    /// A segment of a path pattern.
    ///
    /// @param kind
    ///            what it matches
    /// @param text
    ///            the literal in canonical form, or the parameter's name; empty for `**`
    public record Segment(Kind kind, String text) {
    }

    /// What a segment matches, from the most specific on.
    public enum Kind {
        /// Exactly this text.
        LITERAL,
        /// One segment that is not empty.
        PARAMETER,
        /// No more segments, or any number of them. Only at the end. `/a/**` matches `/a`, `/a/` and `/a/b/c`.
        REST
    }

    /// Reads one. Literals are brought to the canonical form that requests are brought to.
    @Shorthand
    public static PathPattern of(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("must begin with a slash (was '" + text + "')");
        }
        String[] parts = text.substring(1).split("/", -1);
        List<Segment> segments = new ArrayList<>(parts.length);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            Segment segment = segment(parts[i], text);
            if (segment.kind() == Kind.REST && !last) {
                throw new IllegalArgumentException("has '" + parts[i] + "' before its end (was '" + text + "')");
            }
            if (segment.kind() == Kind.LITERAL && segment.text().isEmpty() && !last) {
                throw new IllegalArgumentException("has an empty segment (was '" + text + "')");
            }
            if (segment.kind() != Kind.LITERAL && !segment.text().isEmpty() && !names.add(segment.text())) {
                throw new IllegalArgumentException("names '" + segment.text() + "' twice (was '" + text + "')");
            }
            segments.add(segment);
        }
        return new PathPattern(List.copyOf(segments));
    }

    private static Segment segment(String part, String whole) {
        if (part.equals("**")) {
            return new Segment(Kind.REST, "");
        }
        if (part.startsWith("{") && part.endsWith("}")) {
            boolean rest = part.endsWith("**}");
            String name = part.substring(1, part.length() - (rest ? 3 : 1));
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("has a parameter without a proper name: '" + part + "'");
            }
            return new Segment(rest ? Kind.REST : Kind.PARAMETER, name);
        }
        if (part.equals(".") || part.equals("..")) {
            throw new IllegalArgumentException("has a dot segment (was '" + whole + "')");
        }
        return new Segment(Kind.LITERAL, CanonicalText.segment(part));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Segment segment : segments) {
            text.append('/');
            switch (segment.kind()) {
                case LITERAL -> text.append(segment.text());
                case PARAMETER -> text.append('{').append(segment.text()).append('}');
                case REST -> text.append(segment.text().isEmpty() ? "**" : "{" + segment.text() + "**}");
            }
        }
        return text.toString();
    }
}
