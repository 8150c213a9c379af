package io.tidegate.identity.token;

import io.tidegate.api.ClaimPath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads claims.
public final class Claims {

    private Claims() {
    }

    /// Whether a claim is there and has one of these; any will do where none are named.
    public static boolean hasOne(@Nullable Object claim, Collection<String> wanted) {
        return claim != null && (wanted.isEmpty() || !Collections.disjoint(wanted, texts(claim)));
    }

    /// The words of a claim: of each of its texts, what stands between spaces. Scopes are written so (RFC 6749 section
    /// 3.3).
    public static Set<String> words(@Nullable Object claim) {
        Set<String> words = new HashSet<>();
        for (String text : texts(claim)) {
            words.addAll(List.of(text.split(" ")));
        }
        words.remove("");
        return words;
    }

    /// The texts of the claim that a path leads to; none where no path is given.
    public static Set<String> texts(Map<?, ?> claims, @Nullable String path) {
        return path == null ? Set.of() : Set.copyOf(texts(ClaimPath.of(path).in(claims)));
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
