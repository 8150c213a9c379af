package io.tidegate.engine.balance;

import java.util.List;
import java.util.concurrent.TimeUnit;

/// Of two drawn at random by weight the one that is expected to answer sooner: by how long it took lately ([Latency]),
/// and by how many requests run there for its weight.
public final class PeakEwma extends BetterOfTwo {

    /// What a running request is taken for where none has been answered yet: requests go there to find out, until one
    /// runs or waits for a connection.
    private static final double UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Candidate[] candidates;
    /// How many of the mean weight each one's is.
    private final double[] sizes;

    /// Chooses among these, two or more.
    ///
    /// @param weights
    ///            of the candidates, above 0
    public PeakEwma(List<? extends Candidate> candidates, int[] weights) {
        super(weights);
        this.candidates = candidates.toArray(new Candidate[0]);
        double sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        sizes = new double[weights.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = weights[i] * sizes.length / sum;
        }
    }

    @Override
    boolean isBetter(int one, int other, int worker) {
        return cost(one, worker) < cost(other, worker);
    }

    private double cost(int index, int worker) {
        Candidate candidate = candidates[index];
        double latency = candidate.latency(worker);
        double running = candidate.active() / sizes[index];
        return latency == 0 ? UNKNOWN_NANOS * running : latency * (running + 1);
    }
}
