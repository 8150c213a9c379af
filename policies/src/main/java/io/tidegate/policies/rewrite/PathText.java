package io.tidegate.policies.rewrite;

import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import java.nio.charset.StandardCharsets;

/// Texts of paths that users write, and checks of paths that are made from them.
final class PathText {

    private static final String MARKS = "-._~!$&'()*+,;=:@/";
    private static final String FORBIDDEN = "?#\\{}";

    private PathText() {
    }

    /// Brings a literal to the form that paths of requests are in: what a path cannot hold becomes an escape.
    ///
    /// @throws IllegalArgumentException
    ///             for what would make another thing than a path of it
    static String literal(String text) {
        StringBuilder out = new StringBuilder(text.length());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int i = 0;
        while (i < bytes.length) {
            boolean escape = bytes[i] == '%';
            int b = escape ? escaped(bytes, i, text) : bytes[i] & 0xFF;
            i += escape ? 3 : 1;
            if (b < 0x20 || b == 0x7F || (!escape && FORBIDDEN.indexOf(b) >= 0)) {
                throw new IllegalArgumentException(
                        "has a character that a path cannot hold"
                                + (b < 0x20 || b == 0x7F ? "" : ": '" + (char) b + "'")
                                + (b == '?' ? "; 'query' changes the query" : "") + " (was '" + text + "')");
            }
            if (isAlphanumeric(b) || (escape ? "-_~".indexOf(b) >= 0 : MARKS.indexOf(b) >= 0)) {
                out.append((char) b);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(b >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return out.toString();
    }

    private static int escaped(byte[] bytes, int at, String text) {
        int high = at + 2 < bytes.length ? Character.digit(bytes[at + 1], 16) : -1;
        int low = at + 2 < bytes.length ? Character.digit(bytes[at + 2], 16) : -1;
        if (high < 0 || low < 0) {
            throw new IllegalArgumentException("has a malformed percent escape (was '" + text + "')");
        }
        int value = high << 4 | low;
        if (value == '/' || value == '\\' || value == '.') {
            throw new IllegalArgumentException(
                    "has an escaped slash or dot, which services understand in different ways (was '" + text + "')");
        }
        return value;
    }

    private static boolean isAlphanumeric(int b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
    }

    /// A prefix of whole segments.
    ///
    /// @throws IllegalArgumentException
    ///             naming `key` where it is none
    static String prefix(String key, String text) {
        if (text.length() < 2 || text.charAt(0) != '/' || text.endsWith("/") || text.contains("//")) {
            throw new IllegalArgumentException("'" + key
                    + "' must be whole segments such as /api or /api/v2, without a slash at the end (was '" + text
                    + "')");
        }
        String literal;
        try {
            literal = literal(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + key + "' " + e.getMessage(), e);
        }
        if (hasDotSegment(literal)) {
            throw new IllegalArgumentException("'" + key + "' has a dot segment (was '" + text + "')");
        }
        return literal;
    }

    /// Whether a segment is `.` or `..`, escaped or not.
    static boolean hasDotSegment(String path) {
        int dots = 0;
        boolean other = false;
        int i = 0;
        while (i < path.length()) {
            char c = path.charAt(i);
            if (c == '/') {
                if (!other && (dots == 1 || dots == 2)) {
                    return true;
                }
                dots = 0;
                other = false;
            } else if (c == '.') {
                dots++;
            } else if (c == '%' && path.regionMatches(true, i, "%2e", 0, 3)) {
                dots++;
                i += 2;
            } else {
                other = true;
            }
            i++;
        }
        return !other && (dots == 1 || dots == 2);
    }

    /// Refuses a path that a rewrite has put together so that it leads elsewhere than it reads. No canonical path has
    /// dot segments, so it was the request that brought one about.
    static String checked(String path) {
        if (hasDotSegment(path)) {
            throw new FaultException(Fault.PATH_ABOVE_ROOT);
        }
        return path;
    }
}
