package io.tidegate.engine.balance;

import java.util.SplittableRandom;

/// Chooses among some, two or more. Event loops choose at the same time, each with its own index and chance; choosing
/// allocates nothing.
public interface Balancer {

    /// The index of the next one.
    ///
    /// @param worker
    ///            index of the event loop that asks
    /// @param random
    ///            its chance
    int choose(int worker, SplittableRandom random);

    /// At random, by weight.
    ///
    /// @param weights
    ///            of the candidates, above 0
    static Balancer random(int[] weights) {
        WeightedDraw draw = new WeightedDraw(weights);
        return (worker, random) -> draw.next(random);
    }
}
