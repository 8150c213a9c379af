package io.tidegate.policies;

import io.tidegate.api.FieldSyntax;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Checks of the header fields that users name, made when a configuration is loaded.
public final class FieldRules {

    private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "proxy-connection", "te",
            "trailer", "upgrade", "http2-settings", "proxy-authenticate", "proxy-authorization", "expect");
    private static final Set<String> FORWARDED = Set.of("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
            "forwarded");

    private FieldRules() {
    }

    /// Refuses a name that is none, and one that only the gateway may write.
    ///
    /// @throws IllegalArgumentException
    ///             saying which, and what does it instead
    public static void checkName(String name) {
        if (!FieldSyntax.isName(name)) {
            throw new IllegalArgumentException("header name '" + name + "' must be a token (RFC 9110 section 5.6.2)");
        }
        switch (lower(name)) {
            case "host" -> throw new IllegalArgumentException(
                    "'" + name + "' can't be changed as a header: 'host' of a 'rewrite' policy does that");
            case "content-length", "transfer-encoding" -> throw new IllegalArgumentException("'" + name
                    + "' can't be changed: the gateway writes it from the length of the body");
            default -> {
                if (HOP_BY_HOP.contains(lower(name))) {
                    throw new IllegalArgumentException("'" + name
                            + "' can't be changed: it belongs to one connection, so to the gateway (RFC 9110 section 7.6.1)");
                }
            }
        }
    }

    /// Refuses, besides what [#checkName] does, what the gateway itself writes into every request. What it says of the
    /// client there can be replaced by `set` only: it is neither added to nor left out.
    ///
    /// @throws IllegalArgumentException
    ///             saying which
    public static void checkRequestName(String name, boolean set) {
        checkName(name);
        if (lower(name).equals("x-request-id")) {
            throw new IllegalArgumentException("'" + name
                    + "' can't be changed in requests: the gateway writes it; 'trustedProxies' of the listener says whom it believes");
        }
        if (!set && FORWARDED.contains(lower(name))) {
            throw new IllegalArgumentException(
                    "'" + name + "' can only be replaced by 'set' in requests: the gateway writes it into every one");
        }
    }

    /// Refuses names that differ by case only.
    ///
    /// @throws IllegalArgumentException
    ///             naming one
    public static void checkDistinct(Collection<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(lower(name))) {
                throw new IllegalArgumentException("'" + name + "' is named twice (case does not matter)");
            }
        }
    }

    /// Compiles a field's value.
    ///
    /// @throws IllegalArgumentException
    ///             where it can't be one
    public static Template value(String name, String value) {
        Template template;
        try {
            template = Template.compile(value, Template.Target.FIELD);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("value of '" + name + "': " + e.getMessage(), e);
        }
        if (!FieldSyntax.isValue(value)) {
            throw new IllegalArgumentException("value of '" + name
                    + "' must not hold control characters or characters above U+00FF (was '" + printable(value) + "')");
        }
        if (!value.equals(value.strip())) {
            throw new IllegalArgumentException(
                    "value of '" + name + "' must not begin or end with white space (was '" + value + "')");
        }
        return template;
    }

    private static String printable(String value) {
        StringBuilder out = new StringBuilder();
        value.chars().forEach(c -> out.append(c < 0x20 || c == 0x7F ? '?' : (char) c));
        return out.toString();
    }

    static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
