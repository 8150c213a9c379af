package io.tidegate.policies.grpcjson;

import java.util.ArrayList;
import java.util.List;

/// The template of a path (google.api.http): `/v1/{name=shelves/*}/books/**:verb`, taken apart.
///
/// @param segments
///            texts, [#ONE] and [#REST]
/// @param variables
///            what segments are given to which field
/// @param verb
///            behind the last segment, empty for none
record PathTemplate(List<String> segments, List<Variable> variables, String verb) {

    /// Any one segment.
    static final String ONE = "*";
    /// All segments that are left.
    static final String REST = "**";

    /// Segments that a field is set from.
    ///
    /// @param field
    ///            path of the field: `book.name`
    /// @param from
    ///            its first segment
    /// @param to
    ///            the segment behind its last one
    /// @param several
    ///            whether it may stand for several segments
    record Variable(String field, int from, int to, boolean several) {
    }

    /// Takes a template apart.
    ///
    /// @throws IllegalArgumentException
    ///             where it is none: says what is wrong
    static PathTemplate parse(String text) {
        Parser parser = new Parser(text);
        return parser.parse();
    }

    private static final class Parser {

        private final String text;
        private final List<String> segments = new ArrayList<>();
        private final List<Variable> variables = new ArrayList<>();
        private int at;

        Parser(String text) {
            this.text = text;
        }

        PathTemplate parse() {
            if (!text.startsWith("/")) {
                throw wrong("must begin with a slash");
            }
            do {
                at++;
                segment();
            } while (at < text.length() && text.charAt(at) == '/');
            String verb = "";
            if (at < text.length() && text.charAt(at) == ':') {
                verb = text.substring(at + 1);
                at = text.length();
                if (verb.isEmpty() || !isLiteral(verb)) {
                    throw wrong("must have a word behind its colon");
                }
            }
            if (at < text.length()) {
                throw wrong("has '" + text.charAt(at) + "' where a segment ends");
            }
            int rest = segments.indexOf(REST);
            if (rest >= 0 && rest < segments.size() - 1) {
                throw wrong("must have nothing but a verb behind **");
            }
            return new PathTemplate(List.copyOf(segments), List.copyOf(variables), verb);
        }

        private void segment() {
            if (at < text.length() && text.charAt(at) == '{') {
                variable();
            } else {
                segments.add(literal());
            }
        }

        private void variable() {
            int end = text.indexOf('}', at);
            if (end < 0) {
                throw wrong("has '{' without '}'");
            }
            int equals = text.indexOf('=', at);
            boolean pattern = equals >= 0 && equals < end;
            String field = text.substring(at + 1, pattern ? equals : end);
            if (!field.matches("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*")) {
                throw wrong("has '{" + field + "}', which names no field");
            }
            int from = segments.size();
            if (pattern) {
                at = equals;
                do {
                    at++;
                    segments.add(literal());
                } while (at < end && text.charAt(at) == '/');
                if (at != end) {
                    throw wrong("has a pattern for '" + field + "' that can't be read");
                }
            } else {
                segments.add(ONE);
            }
            at = end + 1;
            int to = segments.size();
            variables.add(new Variable(field, from, to, to - from > 1 || segments.get(from).equals(REST)));
        }

        private String literal() {
            int from = at;
            while (at < text.length() && "/{}:=".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String literal = text.substring(from, at);
            if (literal.isEmpty() || !(literal.equals(ONE) || literal.equals(REST) || isLiteral(literal))) {
                throw wrong(literal.isEmpty() ? "has an empty segment" : "has the segment '" + literal + "'");
            }
            return literal;
        }

        private static boolean isLiteral(String text) {
            return text.chars().allMatch(c -> c > 0x20 && c < 0x7F && "*/?#[]{}".indexOf(c) < 0);
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException("the path template '" + text + "' " + what);
        }
    }
}
