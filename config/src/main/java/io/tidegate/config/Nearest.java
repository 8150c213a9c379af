package io.tidegate.config;

import java.util.Collection;
import java.util.Locale;

/// Finds the name that was probably meant.
final class Nearest {

    // Work done for suggestions in one load; beyond it problems go without. Keeps a file with a hundred thousand
    // dangling names linear.
    private static final long BUDGET = 20_000_000;

    private long spent;

    /// ` (did you mean 'orders'?)`, or nothing.
    String hint(String wrong, Collection<String> names) {
        return hint(name(wrong, names));
    }

    /// The same for a name already found.
    static String hint(String name) {
        return name.isEmpty() ? "" : " (did you mean '" + name + "'?)";
    }

    /// The name that was probably meant, or an empty text.
    String name(String wrong, Collection<String> names) {
        String best = "";
        int bestDistance = Math.max(1, wrong.length() / 3) + 1;
        String folded = wrong.toLowerCase(Locale.ROOT);
        for (String name : names) {
            spent += (long) wrong.length() * 4;
            if (spent > BUDGET) {
                break;
            }
            if (Math.abs(name.length() - wrong.length()) < bestDistance) {
                int distance = distance(folded, name.toLowerCase(Locale.ROOT), bestDistance);
                spent += (long) wrong.length() * name.length();
                if (distance < bestDistance) {
                    bestDistance = distance;
                    best = name;
                }
            }
        }
        return best;
    }

    /// Number of letters to insert, remove, replace or swap with their neighbour (optimal string alignment); `limit`
    /// where it is no less.
    private static int distance(String a, String b, int limit) {
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int value = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    value = Math.min(value, before[j - 2] + 1);
                }
                row[j] = value;
                least = Math.min(least, value);
            }
            if (least >= limit) {
                return limit;
            }
            int[] free = before;
            before = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
