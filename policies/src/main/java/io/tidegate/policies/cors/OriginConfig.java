package io.tidegate.policies.cors;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.safere.Pattern;

/// Which origins are meant.
@Doc("An origin, or all that a pattern matches: exactly one of these is given.")
public record OriginConfig(
        @Doc("`https://shop.example.com`, `https://*.example.com` for one or more labels, `*` for every origin, `null` for what has none (local files, sandboxed frames).") @Nullable String origin,

        @Doc("A regular expression for the whole origin. Matched in linear time.") @Nullable String regex) {

    /// Refuses none and both, and what no browser sends.
    public OriginConfig {
        if ((origin == null) == (regex == null)) {
            throw new IllegalArgumentException("must have exactly one of 'origin' and 'regex'");
        }
        if (origin != null) {
            origin = normalised(origin);
        }
        if (regex != null) {
            try {
                Pattern.compile(regex);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException("'regex' must be a regular expression: " + e.getMessage(), e);
            }
        }
    }

    /// An origin, `https://*.example.com`, `*` or `null`.
    @Shorthand
    public static OriginConfig of(String origin) {
        return new OriginConfig(origin, null);
    }

    boolean isEvery() {
        return "*".equals(origin);
    }

    boolean isWildcard() {
        return origin != null && origin.contains("://*.");
    }

    /// The form in which browsers send it: lower case, without the scheme's own port.
    private static String normalised(String text) {
        if (text.equals("*") || text.equals("null")) {
            return text;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        boolean wellFormed = lower.matches("[a-z][a-z0-9+.-]*://(\\*\\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\\.)*"
                + "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(:[0-9]{1,5})?")
                || lower.matches("[a-z][a-z0-9+.-]*://\\[[0-9a-f:.]+](:[0-9]{1,5})?");
        if (!wellFormed) {
            throw new IllegalArgumentException(
                    "must be an origin as browsers send it, such as https://shop.example.com or https://*.example.com,"
                            + " without a path (was '" + text + "')");
        }
        boolean defaultPort = (lower.startsWith("https://") && lower.endsWith(":443"))
                || (lower.startsWith("http://") && lower.endsWith(":80"));
        return defaultPort ? lower.substring(0, lower.lastIndexOf(':')) : lower;
    }
}
