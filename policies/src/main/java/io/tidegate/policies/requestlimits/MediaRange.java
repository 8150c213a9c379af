package io.tidegate.policies.requestlimits;

import io.tidegate.api.FieldSyntax;
import java.util.Locale;

/// A media type, or all of one kind: `application/json`, `image/*` (RFC 9110 §12.5.1).
///
/// @param text
///            in lower case; where it is a wildcard, up to its slash
record MediaRange(String text, boolean wildcard) {

    static boolean isOne(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            return false;
        }
        String type = text.substring(0, slash);
        String subtype = text.substring(slash + 1);
        boolean wild = subtype.equals("*");
        return isName(type) && (wild || isName(subtype));
    }

    private static boolean isName(String text) {
        return FieldSyntax.isName(text) && text.indexOf('*') < 0;
    }

    static MediaRange of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.endsWith("/*")
                ? new MediaRange(lower.substring(0, lower.length() - 1), true)
                : new MediaRange(lower, false);
    }

    /// Whether a `Content-Type` is in it; its parameters do not matter. Allocates nothing.
    boolean holds(String contentType) {
        int end = contentType.indexOf(';');
        if (end < 0) {
            end = contentType.length();
        }
        while (end > 0 && (contentType.charAt(end - 1) == ' ' || contentType.charAt(end - 1) == '\t')) {
            end--;
        }
        // A comma: two values, of which a service might see either.
        int comma = contentType.indexOf(',');
        if (comma >= 0 && comma < end) {
            return false;
        }
        return (wildcard ? end > text.length() : end == text.length())
                && contentType.regionMatches(true, 0, text, 0, text.length());
    }
}
