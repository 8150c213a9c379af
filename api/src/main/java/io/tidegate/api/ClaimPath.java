package io.tidegate.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The name of a claim or, where there is none, the path to one: `realm_access.roles` is `roles` of `realm_access`.
/// Names on the path may have dots in them as well, where those without lead to nothing. A value: two of the same text
/// are equal. Immutable; following it allocates nothing.
public final class ClaimPath {

    private final String text;

    /// By the part that they begin with, the names of one part, of two, and so on.
    private final String[][] names;

    private ClaimPath(String text, String[][] names) {
        this.text = text;
        this.names = names;
    }

    /// The path that a text stands for.
    public static ClaimPath of(String text) {
        List<String> parts = List.of(text.split("\\.", -1));
        String[][] names = new String[parts.size()][];
        for (int from = 0; from < names.length; from++) {
            names[from] = new String[names.length - from];
            for (int more = 0; more < names[from].length; more++) {
                names[from][more] = String.join(".", parts.subList(from, from + more + 1));
            }
        }
        return new ClaimPath(text, names);
    }

    /// What it leads to; null for nothing.
    public @Nullable Object in(Map<?, ?> claims) {
        return follow(claims, 0);
    }

    private @Nullable Object follow(Map<?, ?> claims, int from) {
        String[] here = names[from];
        Object whole = claims.get(here[here.length - 1]);
        if (whole != null && from == 0) {
            return whole;
        }
        for (int i = 0; i < here.length - 1; i++) {
            if (claims.get(here[i]) instanceof Map<?, ?> inner) {
                Object found = follow(inner, from + i + 1);
                if (found != null) {
                    return found;
                }
            }
        }
        return whole;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClaimPath that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /// As it was written.
    @Override
    public String toString() {
        return text;
    }
}
