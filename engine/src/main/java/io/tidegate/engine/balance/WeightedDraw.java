package io.tidegate.engine.balance;

import java.util.List;
import java.util.SplittableRandom;

/// Draws at random, each as often as its weight says. Immutable.
final class WeightedDraw {

    private final int count;
    private final boolean even;
    /// The weights up to and with each.
    private final int[] sums;

    WeightedDraw(List<? extends Candidate> candidates) {
        count = candidates.size();
        sums = new int[count];
        int sum = 0;
        boolean same = true;
        for (int i = 0; i < count; i++) {
            int weight = candidates.get(i).weight();
            same &= weight == candidates.getFirst().weight();
            sum += weight;
            sums[i] = sum;
        }
        even = same;
    }

    /// An index.
    int next(SplittableRandom random) {
        if (even) {
            return random.nextInt(count);
        }
        int at = random.nextInt(sums[count - 1]);
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at < sums[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
