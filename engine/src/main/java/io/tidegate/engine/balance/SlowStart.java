package io.tidegate.engine.balance;

import java.util.HashMap;
import java.util.Map;

/// Which endpoints have begun to be used a short while ago, and which part of their share they get. Not for several
/// threads at a time.
public final class SlowStart {

    private static final double LEAST = 0.1;
    private static final int SCALE = 100;

    private final long window;
    private final Map<String, Long> since = new HashMap<>();

    /// @param window
    ///            in nanoseconds, above 0
    public SlowStart(long window) {
        this.window = window;
    }

    /// One is used from now on.
    ///
    /// @param now
    ///            in nanoseconds, from any beginning
    public void begins(String endpoint, long now) {
        since.put(endpoint, now);
    }

    /// Goes on with what another one knows.
    public void takeOver(SlowStart before) {
        since.putAll(before.since);
    }

    /// Which part of its share one gets: a tenth at first, 1 in the end.
    public double part(String endpoint, long now) {
        Long began = since.get(endpoint);
        if (began == null) {
            return 1;
        }
        return Math.clamp((now - began) / (double) window, LEAST, 1);
    }

    /// Forgets those that have their whole share.
    ///
    /// @return whether any is left
    public boolean isUnderWay(long now) {
        since.values().removeIf(began -> now - began >= window);
        return !since.isEmpty();
    }

    /// Weights of those that get these parts of their shares: larger numbers in the same proportions, above 0.
    public static int[] weights(int[] weights, double[] parts) {
        long sum = 1;
        for (int weight : weights) {
            sum += weight;
        }
        long scale = Math.clamp((1 << 30) / sum, 1, SCALE);
        int[] made = new int[weights.length];
        for (int i = 0; i < made.length; i++) {
            made[i] = (int) Math.max(1, Math.round(weights[i] * scale * parts[i]));
        }
        return made;
    }
}
