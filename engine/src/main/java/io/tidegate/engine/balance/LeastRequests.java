package io.tidegate.engine.balance;

import java.util.List;
import java.util.SplittableRandom;

/// The less busy of two drawn at random by weight (power of two choices): nearly as good as the least busy of all, at
/// the cost of two, and without all loops running to the same one.
public final class LeastRequests implements Balancer {

    private final Candidate[] candidates;
    private final WeightedDraw draw;

    /// Chooses among these.
    public LeastRequests(List<? extends Candidate> candidates) {
        this.candidates = candidates.toArray(new Candidate[0]);
        this.draw = new WeightedDraw(candidates);
    }

    @Override
    public int choose(int worker, SplittableRandom random) {
        int first = draw.next(random);
        int second = draw.next(random);
        Candidate one = candidates[first];
        Candidate other = candidates[second];
        // The fewer requests for its weight, compared without dividing.
        return (long) one.active() * other.weight() <= (long) other.active() * one.weight() ? first : second;
    }
}
