package io.tidegate.engine.balance;

import java.util.Arrays;
import java.util.List;

/// Which candidate a key belongs to: the one whose point comes next on a ring of hashes, as long as it has room
/// (consistent hashing with bounded loads). Looking up allocates nothing. Immutable.
///
/// A candidate has room while it has fewer than `factor` times its fair share of the requests that run, the new one
/// included; since that makes more places than there are requests, there is always one that has.
public final class HashRing {

    /// Most points that are walked along to find one that has room.
    private static final int FARTHEST = 4096;

    private final Candidate[] candidates;
    private final int[] weights;
    private final long totalWeight;
    private final double factor;
    private final long[] hashes;
    private final int[] owners;

    /// The ring of some of those who have points.
    ///
    /// @param candidates
    ///            those that are used, one or more
    /// @param indexes
    ///            of each among all that have points
    /// @param weights
    ///            of each, above 0
    /// @param shares
    ///            of its points that each has now, above 0 to 1
    /// @param factor
    ///            how many times its fair share each may have, above 1; 0 for no bound
    public HashRing(RingPoints points, List<? extends Candidate> candidates, int[] indexes, int[] weights,
            double[] shares, double factor) {
        this.candidates = candidates.toArray(new Candidate[0]);
        this.weights = weights.clone();
        this.totalWeight = Arrays.stream(weights).asLongStream().sum();
        this.factor = factor;
        int most = Arrays.stream(indexes).max().orElse(0) + 1;
        int[] position = new int[most];
        int[] limit = new int[most];
        int sum = 0;
        for (int i = 0; i < indexes.length; i++) {
            position[indexes[i]] = i;
            limit[indexes[i]] = Math.max(1, (int) Math.round(points.count(indexes[i]) * shares[i]));
            sum += limit[indexes[i]];
        }
        hashes = new long[sum];
        owners = new int[sum];
        int made = 0;
        for (int at = 0; at < points.size(); at++) {
            int owner = points.owner(at);
            if (owner < most && points.number(at) < limit[owner]) {
                hashes[made] = points.hash(at);
                owners[made++] = position[owner];
            }
        }
    }

    /// The index of the candidate that a key goes to.
    ///
    /// @param hash
    ///            of the key
    /// @param before
    ///            index of the one that it went to in vain, so that it goes to the next; -1 for none
    public int choose(long hash, int before) {
        int at = position(hash);
        if (before >= 0) {
            return after(at, before);
        }
        int home = owners[at];
        return factor == 0 || candidates[home].active() == 0 ? home : withRoom(at);
    }

    /// The index of the candidate that a key belongs to, however busy that is.
    public int home(long hash) {
        return owners[position(hash)];
    }

    private int position(long hash) {
        long wanted = hash >> RingPoints.HASH_SHIFT;
        int low = 0;
        int high = hashes.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (hashes[middle] < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == hashes.length ? 0 : low;
    }

    private int withRoom(int from) {
        long running = 1;
        for (Candidate candidate : candidates) {
            running += candidate.active();
        }
        double perWeight = factor * running / totalWeight;
        int steps = Math.min(owners.length, FARTHEST);
        int at = from;
        for (int i = 0; i < steps; i++) {
            int owner = owners[at];
            if (candidates[owner].active() < perWeight * weights[owner]) {
                return owner;
            }
            at = at + 1 == owners.length ? 0 : at + 1;
        }
        return owners[from];
    }

    /// The candidate behind `before` in the order in which those of a key come.
    private int after(int from, int before) {
        boolean[] seen = new boolean[candidates.length];
        boolean passed = false;
        int at = from;
        for (int i = 0; i < owners.length; i++) {
            int owner = owners[at];
            if (!seen[owner]) {
                seen[owner] = true;
                if (passed) {
                    return owner;
                }
                passed = owner == before;
            }
            at = at + 1 == owners.length ? 0 : at + 1;
        }
        return owners[from];
    }
}
