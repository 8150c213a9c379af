package io.tidegate.engine.balance;

import io.tidegate.config.LoadBalancingConfig;
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

    /// The one of this kind.
    ///
    /// @param candidates
    ///            two or more
    /// @param weights
    ///            of them, above 0
    /// @param workers
    ///            number of event loops that choose
    static Balancer of(LoadBalancingConfig.Method method, List<? extends Candidate> candidates, int[] weights,
            int workers) {
        return switch (method) {
            case RANDOM -> random(weights);
            case ROUND_ROBIN -> new RoundRobin(weights, workers);
            case PEAK_EWMA -> new PeakEwma(candidates, weights);
            case LEAST_REQUESTS -> new LeastRequests(candidates, weights);
        };
    }

    /// At random, by weight.
    ///
    /// @param weights
    ///            of the candidates, above 0
    static Balancer random(int[] weights) {
        WeightedDraw draw = new WeightedDraw(weights);
        return (worker, random) -> draw.next(random);
    }
}
