package io.tidegate.engine.balance;

import java.util.List;
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
    static Balancer random(List<? extends Candidate> candidates) {
        WeightedDraw draw = new WeightedDraw(candidates);
        return (worker, random) -> draw.next(random);
    }
}
