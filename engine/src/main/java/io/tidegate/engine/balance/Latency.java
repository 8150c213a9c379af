package io.tidegate.engine.balance;

import java.util.concurrent.TimeUnit;

/// How long a candidate takes, as one event loop sees it: a mean in which what is older weighs less (EWMA), but a peak
/// counts at once. Whoever is not asked is forgiven in the course of time. Confined to its event loop.
public final class Latency {

    /// In this time what is known loses two thirds of its weight.
    private static final double FORGETTING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private double nanos;
    private long at;

    /// Nothing is known yet.
    public Latency() {
    }

    /// One for each of some event loops.
    public static Latency[] of(int workers) {
        Latency[] made = new Latency[workers];
        for (int i = 0; i < workers; i++) {
            made[i] = new Latency();
        }
        return made;
    }

    /// It has answered after so many nanoseconds.
    ///
    /// @param now
    ///            in nanoseconds, from any beginning
    public void took(long now, long time) {
        if (time >= nanos) {
            nanos = time;
        } else {
            double weight = weight(now);
            nanos = nanos * weight + time * (1 - weight);
        }
        at = now;
    }

    /// What is to be expected now; 0 where nothing is known.
    public double expected(long now) {
        return nanos == 0 ? 0 : nanos * weight(now);
    }

    private double weight(long now) {
        long passed = now - at;
        return passed <= 0 ? 1 : Math.exp(-passed / FORGETTING_NANOS);
    }
}
