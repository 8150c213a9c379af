package io.tidegate.engine.balance;

import java.util.SplittableRandom;

/// One after the other, by weight, evenly spread: with weights 2 and 1, A B A rather than A A B. Each event loop takes
/// turns by itself.
public final class RoundRobin implements Balancer {

    private final int[] weights;
    private final int total;
    /// By worker, what each has coming to it.
    private final int[][] due;

    /// Chooses among as many as there are weights.
    ///
    /// @param weights
    ///            of the candidates, above 0
    /// @param workers
    ///            number of event loops that choose
    public RoundRobin(int[] weights, int workers) {
        this.weights = weights.clone();
        int sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        total = sum;
        due = new int[workers][this.weights.length];
    }

    @Override
    public int choose(int worker, SplittableRandom random) {
        int[] mine = due[worker];
        int best = 0;
        for (int i = 0; i < mine.length; i++) {
            mine[i] += weights[i];
            if (mine[i] > mine[best]) {
                best = i;
            }
        }
        mine[best] -= total;
        return best;
    }
}
