package io.tidegate.engine.balance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which of many endpoints a gateway uses.
///
/// Gateways are numbered: by the number that their id ends in, or else by a hash of it. So many of them as it takes to
/// use every endpoint make a round; within one, their parts lie behind each other in an order of the endpoints that is
/// the round's own. The load is then even within each round, and endpoints that one gateway uses are not all used by
/// the same others. An endpoint that comes or goes shifts the parts by one at most.
public final class Subset {

    private static final int LONGEST_NUMBER = 9;

    private Subset() {
    }

    /// The names that a gateway uses, in the order in which they are given.
    ///
    /// @param size
    ///            how many, 1 or more
    public static List<String> of(List<String> names, int size, String gateway) {
        int count = names.size();
        if (count <= size) {
            return names;
        }
        long number = number(gateway);
        int inRound = (count + size - 1) / size;
        long round = number / inRound;
        int start = (int) ((number % inRound) * count / inRound);
        List<String> order = new ArrayList<>(names);
        order.sort(Comparator.<String>comparingLong(name -> KeyHash.mix(KeyHash.of(name) + KeyHash.mix(round + 1)))
                .thenComparing(Comparator.naturalOrder()));
        Set<String> part = new HashSet<>();
        for (int i = 0; i < size; i++) {
            part.add(order.get((start + i) % count));
        }
        return names.stream().filter(part::contains).toList();
    }

    private static long number(String gateway) {
        int begin = gateway.length();
        while (begin > 0 && gateway.length() - begin < LONGEST_NUMBER && isDigit(gateway.charAt(begin - 1))) {
            begin--;
        }
        return begin < gateway.length()
                ? Long.parseLong(gateway.substring(begin))
                : KeyHash.of(gateway) >>> 33;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
