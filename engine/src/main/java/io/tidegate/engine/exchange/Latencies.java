package io.tidegate.engine.exchange;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// How long the tries of a route took on one event loop in the last five to ten seconds, in buckets an eighth of a
/// power of two wide. Touched on that loop only.
final class Latencies {

    /// So many must be known before anything is said.
    static final int LEAST_SAMPLES = 100;

    private static final long HALF = TimeUnit.SECONDS.toNanos(5);
    private static final long AGAIN = TimeUnit.MILLISECONDS.toNanos(100);
    /// Two to the power of this many nanoseconds are told apart at least.
    private static final int FINEST = 13;
    private static final int PARTS = 3;
    private static final int BUCKETS = 28 << PARTS;

    private final int percentile;
    private int[] now = new int[BUCKETS];
    private int[] before = new int[BUCKETS];
    private int nowCount;
    private int beforeCount;
    private long turnedAt;
    private long knownAt;
    private long known = Long.MAX_VALUE;

    /// @param percentile
    ///            what is asked for
    /// @param time
    ///            the time, in the terms of [System#nanoTime]
    Latencies(int percentile, long time) {
        this.percentile = percentile;
        this.turnedAt = time;
        this.knownAt = time - AGAIN;
    }

    /// A try was answered, or given up, after so long.
    void took(long nanos, long time) {
        turn(time);
        now[bucket(nanos)]++;
        nowCount++;
    }

    /// How long the percentile takes, in nanoseconds; [Long#MAX_VALUE] where too little is known. Found anew ten times
    /// a second at most.
    long nanos(long time) {
        if (time - knownAt >= AGAIN || (known == Long.MAX_VALUE && isEnough())) {
            turn(time);
            knownAt = time;
            known = find();
        }
        return known;
    }

    private boolean isEnough() {
        return nowCount + beforeCount >= LEAST_SAMPLES;
    }

    private long find() {
        if (!isEnough()) {
            return Long.MAX_VALUE;
        }
        int count = nowCount + beforeCount;
        long wanted = ((long) count * percentile + 99) / 100;
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += now[i] + before[i];
            if (seen >= wanted) {
                return bound(i);
            }
        }
        return Long.MAX_VALUE;
    }

    private void turn(long time) {
        if (time - turnedAt < HALF) {
            return;
        }
        boolean old = time - turnedAt >= 2 * HALF;
        int[] rest = before;
        before = now;
        beforeCount = nowCount;
        if (old) {
            Arrays.fill(before, 0);
            beforeCount = 0;
        }
        Arrays.fill(rest, 0);
        now = rest;
        nowCount = 0;
        turnedAt = time;
    }

    private static int bucket(long nanos) {
        long units = Math.max(nanos, 0) >>> FINEST;
        if (units < 1 << PARTS) {
            return (int) units;
        }
        int octave = 63 - Long.numberOfLeadingZeros(units) - PARTS;
        int part = (int) (units >>> octave) & ((1 << PARTS) - 1);
        return Math.min(BUCKETS - 1, ((octave + 1) << PARTS) + part);
    }

    /// Above the longest that is in a bucket.
    private static long bound(int bucket) {
        int next = bucket + 1;
        int octave = (next >> PARTS) - 1;
        long units = octave < 0 ? next : ((1L << PARTS) + (next & ((1 << PARTS) - 1))) << octave;
        return units << FINEST;
    }
}
