package io.tidegate.engine.route;

import io.tidegate.engine.wire.Ascii;
import java.util.Arrays;
import org.safere.Pattern;

/// A regular expression for whole paths, with the literal text that every path it matches begins with: comparing that
/// spares running most of a host's expressions.
final class PathExpression {

    private final Pattern pattern;
    private final byte[] prefix;

    PathExpression(String source) {
        pattern = Pattern.compile(source);
        prefix = Ascii.bytes(prefix(source));
    }

    boolean matches(RequestValues values, RouteInput input) {
        int start = input.pathStart();
        return input.pathEnd() - start >= prefix.length
                && Arrays.equals(input.pathBytes(), start, start + prefix.length, prefix, 0, prefix.length)
                && matches(values.path(input));
    }

    boolean matches(String path) {
        return pattern.matcher(path).matches();
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }

    /// The literal text that whatever matches `source` begins with; empty where that is hard to tell.
    static String prefix(String source) {
        if (source.indexOf('|') >= 0 && mayHaveAlternatives(source)) {
            return "";
        }
        StringBuilder prefix = new StringBuilder();
        int at = source.startsWith("^") ? 1 : 0;
        while (at < source.length()) {
            int width = source.charAt(at) == '\\' ? 2 : 1;
            if (at + width > source.length()) {
                break;
            }
            char c = source.charAt(at + width - 1);
            boolean literal = width == 1 ? isPlain(c) : c > ' ' && c < 0x7F && !isAlphanumeric(c);
            char next = at + width < source.length() ? source.charAt(at + width) : ' ';
            if (!literal || "*+?{".indexOf(next) >= 0) {
                break;
            }
            prefix.append(c);
            at += width;
        }
        return prefix.toString();
    }

    private static boolean isPlain(char c) {
        return isAlphanumeric(c) || "/-_~!@%&=:;,'".indexOf(c) >= 0;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /// Whether the whole expression is, or might be, a choice: whether a bar stands outside of groups.
    private static boolean mayHaveAlternatives(String source) {
        int depth = 0;
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            switch (c) {
                case '\\' -> {
                    if (source.startsWith("\\Q", at)) {
                        return true;
                    }
                    at++;
                }
                case '[' -> {
                    at = endOfClass(source, at);
                    if (at < 0) {
                        return true;
                    }
                }
                case '(' -> depth++;
                case ')' -> depth--;
                case '|' -> {
                    if (depth == 0) {
                        return true;
                    }
                }
                default -> {
                }
            }
            at++;
        }
        return false;
    }

    /// The bracket that ends the plain character class which begins at `from`, -1 for one that is not so plain.
    private static int endOfClass(String source, int from) {
        int at = from + (source.startsWith("[^", from) ? 2 : 1);
        if (source.startsWith("]", at)) {
            return -1;
        }
        for (; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == ']') {
                return at;
            }
            if (c == '[' || c == '&' || source.startsWith("\\Q", at)) {
                return -1;
            }
            at += c == '\\' ? 1 : 0;
        }
        return -1;
    }
}
