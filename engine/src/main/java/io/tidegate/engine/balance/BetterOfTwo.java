package io.tidegate.engine.balance;

import java.util.SplittableRandom;

/// Draws two by weight and takes the better one (power of two choices): nearly as good as the best of all, at the cost
/// of two, and without all loops running to the same one. The two are never the same: of three, one that is slow would
/// get a ninth of the requests however slow it is.
///
/// The first stays where nothing speaks for the second, so that idle candidates are asked by their weights.
abstract class BetterOfTwo implements Balancer {

    private final WeightedDraw draw;

    BetterOfTwo(int[] weights) {
        draw = new WeightedDraw(weights);
    }

    @Override
    public final int choose(int worker, SplittableRandom random) {
        int first = draw.next(random);
        int second = draw.other(random, first);
        return isBetter(second, first, worker) ? second : first;
    }

    /// Whether `one` is to be preferred to `other`.
    abstract boolean isBetter(int one, int other, int worker);
}
