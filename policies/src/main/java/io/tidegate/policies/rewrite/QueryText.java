package io.tidegate.policies.rewrite;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Decoding of query parameters (URL standard, application/x-www-form-urlencoded).
final class QueryText {

    private QueryText() {
    }

    /// The text with its escapes decoded and `+` as a space. A malformed escape stands for itself.
    static String decode(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(c == '+' ? ' ' : c);
            }
            i++;
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
