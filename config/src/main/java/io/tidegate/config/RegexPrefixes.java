package io.tidegate.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// Tells regular expressions apart by the literal text that everything they match begins with.
final class RegexPrefixes {

    private RegexPrefixes() {
    }

    /// The literal text that every match of `source` begins with; empty where that is not plain to see.
    static String prefix(String source) {
        StringBuilder prefix = new StringBuilder();
        int i = source.startsWith("^") ? 1 : 0;
        if (hasAlternative(source)) {
            return "";
        }
        while (i < source.length()) {
            char c = source.charAt(i);
            int next = i + 1;
            if (c == '\\') {
                if (next == source.length() || Character.isLetterOrDigit(source.charAt(next))) {
                    break;
                }
                c = source.charAt(next++);
            } else if (".[]{}()*+?^$|".indexOf(c) >= 0) {
                break;
            }
            if (next < source.length() && "*?{".indexOf(source.charAt(next)) >= 0) {
                break;
            }
            prefix.append(c);
            i = next;
        }
        return prefix.toString();
    }

    /// Whether a `|` stands, or may stand, outside of every group.
    private static boolean hasAlternative(String source) {
        int depth = 0;
        boolean inClass = false;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\\') {
                if (source.startsWith("\\Q", i)) {
                    return true;
                }
                i++;
            } else if (inClass) {
                inClass = c != ']';
            } else if (c == '[') {
                inClass = true;
            } else if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == '|' && depth == 0) {
                return true;
            }
        }
        return false;
    }

    /// Whether no text can match both.
    static boolean apart(String one, String other) {
        String first = prefix(one);
        String second = prefix(other);
        return !first.startsWith(second) && !second.startsWith(first);
    }

    /// Groups what may meet: in the order of their prefixes, all that begin with the same one stand side by side.
    static <T> List<List<T>> clusters(List<T> items, Function<T, String> source) {
        record Keyed<T>(T item, String prefix) {
        }
        List<Keyed<T>> sorted = new ArrayList<>();
        items.forEach(item -> sorted.add(new Keyed<>(item, prefix(source.apply(item)))));
        sorted.sort(Comparator.comparing(Keyed::prefix));
        List<List<T>> clusters = new ArrayList<>();
        String shortest = "";
        for (Keyed<T> keyed : sorted) {
            if (clusters.isEmpty() || !keyed.prefix().startsWith(shortest)) {
                clusters.add(new ArrayList<>());
                shortest = keyed.prefix();
            }
            clusters.getLast().add(keyed.item());
        }
        return clusters;
    }
}
