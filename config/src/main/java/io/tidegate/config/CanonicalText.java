package io.tidegate.config;

import java.nio.charset.StandardCharsets;

/// Brings the literal text of a path pattern to the form in which requests are matched (RFC 3986 §6.2.2): unreserved
/// characters bare, everything else that a path cannot hold as an upper-case percent escape.
final class CanonicalText {

    private static final String BARE = "-._~!$&'()*+,;=:@";

    private CanonicalText() {
    }

    static String segment(String text) {
        StringBuilder out = new StringBuilder(text.length());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xFF;
            boolean escape = b == '%';
            if (escape) {
                b = i + 2 < bytes.length ? hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]) : -1;
                if (b < 0) {
                    throw new IllegalArgumentException("has a malformed percent escape (was '" + text + "')");
                }
                if (b == '/' || b == '\\' || b < 0x20 || b == 0x7F) {
                    throw new IllegalArgumentException("has an escape that no request may hold (was '" + text + "')");
                }
                i += 2;
            }
            boolean unreserved = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')
                    || b == '-' || b == '.' || b == '_' || b == '~';
            if (unreserved || (!escape && BARE.indexOf(b) >= 0)) {
                out.append((char) b);
            } else if (b == '{' || b == '}' || b == '*' || b < 0x20 || b == 0x7F || b == '?' || b == '#' || b == '\\') {
                throw new IllegalArgumentException(
                        "has a character that a path literal cannot hold: '" + (char) b + "' (was '" + text + "')");
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(b >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return out.toString();
    }

    private static int hex(byte digit) {
        int value = Character.digit(digit, 16);
        return value < 0 ? Integer.MIN_VALUE : value;
    }
}
