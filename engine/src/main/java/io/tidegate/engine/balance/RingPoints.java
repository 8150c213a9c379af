package io.tidegate.engine.balance;

import java.util.Arrays;
import java.util.List;

/// The points that candidates have on a ring of hashes, in their order: sorted once for all of them, so that a
/// [HashRing] of those that are used now is made by leaving points out. Immutable.
///
/// A candidate's points follow from its name and its weight alone. Where another one comes or goes, nothing moves but
/// what is its own.
public final class RingPoints {

    /// Points of the greatest weight, up to twice as many; the load of equal ones is then even to some 9 %.
    private static final int EACH = 128;
    /// About as many in all, beyond which each gets fewer.
    private static final int MOST = 1 << 17;

    private static final int NUMBER_BITS = 10;
    private static final int OWNER_BITS = 20;
    static final int HASH_SHIFT = NUMBER_BITS + OWNER_BITS;

    /// Of each the upper bits of its hash, then its owner, then which of its owner's it is.
    private final long[] points;
    private final int[] counts;

    /// The points of these.
    ///
    /// @param names
    ///            different from each other; at most 2²⁰
    /// @param weights
    ///            above 0
    public RingPoints(List<String> names, int[] weights) {
        int each = EACH;
        while (each > 1 && (long) each * names.size() > MOST) {
            each /= 2;
        }
        int greatest = Integer.highestOneBit(Arrays.stream(weights).max().orElse(1));
        counts = new int[weights.length];
        int sum = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = Math.max(1, (int) ((long) each * weights[i] / greatest));
            sum += counts[i];
        }
        points = new long[sum];
        int at = 0;
        for (int i = 0; i < counts.length; i++) {
            long seed = KeyHash.of(names.get(i));
            for (int number = 0; number < counts[i]; number++) {
                long hash = KeyHash.mix(seed + number * 0x9e3779b97f4a7c15L);
                points[at++] = hash >>> HASH_SHIFT << HASH_SHIFT | (long) i << NUMBER_BITS | number;
            }
        }
        Arrays.sort(points);
    }

    /// How many points a candidate has.
    int count(int index) {
        return counts[index];
    }

    int size() {
        return points.length;
    }

    long hash(int at) {
        return points[at] >> HASH_SHIFT;
    }

    int owner(int at) {
        return (int) (points[at] >>> NUMBER_BITS) & ((1 << OWNER_BITS) - 1);
    }

    int number(int at) {
        return (int) points[at] & ((1 << NUMBER_BITS) - 1);
    }
}
