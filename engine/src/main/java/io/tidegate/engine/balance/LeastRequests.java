package io.tidegate.engine.balance;

import java.util.List;

/// The less busy of two drawn at random by weight.
public final class LeastRequests extends BetterOfTwo {

    private final Candidate[] candidates;
    private final int[] weights;

    /// Chooses among these, two or more.
    ///
    /// @param weights
    ///            of the candidates, above 0
    public LeastRequests(List<? extends Candidate> candidates, int[] weights) {
        super(weights);
        this.candidates = candidates.toArray(new Candidate[0]);
        this.weights = weights.clone();
    }

    @Override
    boolean isBetter(int one, int other, int worker) {
        // With one more request it is still no busier for its weight, compared without dividing.
        return (candidates[one].active() + 1L) * weights[other] <= (long) candidates[other].active() * weights[one];
    }
}
