package io.tidegate.engine.balance;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Of two drawn at random by weight the one that is expected to answer sooner: by how long it took lately ([Latency]),
/// and by how many requests run there.
public final class PeakEwma implements Balancer {

    /// What a running request is taken for where none has been answered yet: requests go there to find out, until one
    /// runs or waits for a connection.
    private static final double UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Candidate[] candidates;
    private final WeightedDraw draw;

    /// Chooses among these.
    public PeakEwma(List<? extends Candidate> candidates) {
        this.candidates = candidates.toArray(new Candidate[0]);
        this.draw = new WeightedDraw(candidates);
    }

    @Override
    public int choose(int worker, SplittableRandom random) {
        int first = draw.next(random);
        int second = draw.next(random);
        if (first == second) {
            return first;
        }
        Candidate one = candidates[first];
        Candidate other = candidates[second];
        return cost(one, worker) * other.weight() <= cost(other, worker) * one.weight() ? first : second;
    }

    private static double cost(Candidate candidate, int worker) {
        double latency = candidate.latency(worker);
        return latency == 0 ? UNKNOWN_NANOS * candidate.active() : latency * (candidate.active() + 1);
    }
}
