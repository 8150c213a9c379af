package io.tidegate.policies;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Escapes of the notations that values from requests are put into.
public final class Escape {

    /// RFC 3986 §2.3.
    private static final String UNRESERVED_MARKS = "-._~";
    /// RFC 3986 §3.3: what a segment may hold besides.
    private static final String SEGMENT_MARKS = "-._~!$&'()*+,;=:@";

    private Escape() {
    }

    /// Appends a value within a part of a URL: everything but unreserved characters becomes a percent escape of its
    /// UTF-8 bytes.
    public static void component(StringBuilder out, String value) {
        percent(out, value, UNRESERVED_MARKS);
    }

    /// Appends one segment of a path; a slash in it becomes an escape.
    public static void segment(StringBuilder out, String value) {
        percent(out, value, SEGMENT_MARKS);
    }

    /// Appends segments of a path; slashes stay.
    public static void path(StringBuilder out, String value) {
        percent(out, value, SEGMENT_MARKS + "/");
    }

    private static void percent(StringBuilder out, String value, String marks) {
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (alphanumeric || marks.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(digit(c >> 4)).append(digit(c & 15));
            }
        }
    }

    private static char digit(int nibble) {
        return Character.toUpperCase(Character.forDigit(nibble, 16));
    }

    /// Appends what stands within a JSON string (RFC 8259 §7). `<` is escaped too, so that a document put into HTML
    /// can't end a script.
    static void json(StringBuilder out, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7F || c == '<' || c == '\u2028' || c == '\u2029') {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
    }

    /// Appends what stands within text or a quoted attribute of HTML and XML.
    static void markup(StringBuilder out, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c < 0x20 && c != '\t' && c != '\n' && c != '\r' ? '\uFFFD' : c);
            }
        }
    }
}
