package io.tidegate.identity.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds claims by name or path.
public final class Claims {

    private Claims() {
    }

    /// The claim of this name, or where there is none, that which the path leads to: `realm_access.roles` is `roles` of
    /// `realm_access`. Null where there is neither.
    public static @Nullable Object at(Map<?, ?> claims, String path) {
        Object whole = claims.get(path);
        if (whole != null) {
            return whole;
        }
        for (int dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
            if (claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner) {
                Object found = at(inner, path.substring(dot + 1));
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /// The texts of a claim: of a text itself, of a list its texts, numbers and truth values. Empty for what has none.
    public static List<String> texts(@Nullable Object claim) {
        if (claim instanceof List<?> list) {
            List<String> texts = new ArrayList<>();
            for (Object element : list) {
                if (!(element instanceof Map<?, ?> || element instanceof List<?>)) {
                    texts.add(String.valueOf(element));
                }
            }
            return texts;
        }
        return claim == null || claim instanceof Map<?, ?> ? List.of() : List.of(String.valueOf(claim));
    }
}
