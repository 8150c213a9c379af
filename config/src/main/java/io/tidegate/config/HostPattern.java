package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.util.Locale;
import java.util.regex.Pattern;

/// A host to match: exact, or `*.` and a suffix for one or more labels in front of it.
///
/// @param name
///            lower case, without `*.` and port
/// @param wildcard
///            whether labels stand in front of `name`
@Doc("A host to match: `api.example.com`, or `*.example.com` for one or more labels in front.")
public record HostPattern(String name, boolean wildcard) {

    private static final Pattern NAME = Pattern
            .compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

    /// Reads one.
    @Shorthand
    public static HostPattern of(String text) {
        boolean wildcard = text.startsWith("*.");
        String name = (wildcard ? text.substring(2) : text).toLowerCase(Locale.ROOT);
        boolean label = NAME.matcher(name).matches();
        boolean ipv6 = name.startsWith("[") && name.endsWith("]") && name.matches("\\[[0-9a-f:.]+]");
        if (name.length() > 253 || !(label || (ipv6 && !wildcard))) {
            throw new IllegalArgumentException(
                    "must be a host without port such as api.example.com or *.example.com (was '" + text + "')");
        }
        return new HostPattern(name, wildcard);
    }

    @Override
    public String toString() {
        return wildcard ? "*." + name : name;
    }
}
