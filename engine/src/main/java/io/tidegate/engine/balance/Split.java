package io.tidegate.engine.balance;

import java.util.List;

/// Which of several sides a key belongs to, each as often as its share says: the same one every time, and where shares
/// change no more keys than have to change sides (weighted rendezvous hashing). Immutable.
public final class Split {

    private final long[] seeds;
    private final double[] shares;

    /// Sides by name, and their shares, above 0.
    public Split(List<String> names, List<Integer> shares) {
        seeds = names.stream().mapToLong(KeyHash::of).toArray();
        this.shares = shares.stream().mapToDouble(Integer::doubleValue).toArray();
    }

    /// The index of the side of a key, by its hash.
    public int side(long hash) {
        int best = 0;
        double lowest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < seeds.length; i++) {
            double score = -Math.log(KeyHash.unit(KeyHash.mix(hash ^ seeds[i]))) / shares[i];
            if (score < lowest) {
                lowest = score;
                best = i;
            }
        }
        return best;
    }
}
