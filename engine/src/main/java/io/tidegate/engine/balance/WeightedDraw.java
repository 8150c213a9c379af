package io.tidegate.engine.balance;

import java.util.SplittableRandom;

/// Draws at random, each as often as its weight says. Immutable.
final class WeightedDraw {

    private final int count;
    private final boolean even;
    /// The weights up to and with each.
    private final int[] sums;

    /// Draws among as many as there are weights.
    WeightedDraw(int[] weights) {
        count = weights.length;
        sums = new int[count];
        int sum = 0;
        boolean same = true;
        for (int i = 0; i < count; i++) {
            same &= weights[i] == weights[0];
            sum = Math.addExact(sum, weights[i]);
            sums[i] = sum;
        }
        even = same;
    }

    /// An index.
    int next(SplittableRandom random) {
        return even ? random.nextInt(count) : at(random.nextInt(sums[count - 1]));
    }

    /// An index that is not `than`; there are two or more.
    int other(SplittableRandom random, int than) {
        if (even) {
            int drawn = random.nextInt(count - 1);
            return drawn < than ? drawn : drawn + 1;
        }
        int start = than == 0 ? 0 : sums[than - 1];
        int width = sums[than] - start;
        int drawn = random.nextInt(sums[count - 1] - width);
        return at(drawn < start ? drawn : drawn + width);
    }

    private int at(int drawn) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (drawn < sums[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
