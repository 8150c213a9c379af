package io.tidegate.engine.observe;

/// How long things took on one event loop, counted in fixed buckets from half a millisecond to ten seconds.
///
/// The bucket is found by the number of leading zeros of the duration and one comparison: every bound is at least twice
/// the one before, so between two powers of two there is at most one. Written by one loop, read by any thread; the count
/// is the sum of the buckets, so that it never contradicts them, while the sum of the durations may be a moment older or
/// newer.
public final class Histogram extends Cells {

    /// Upper bounds of the buckets in nanoseconds, each included; above the last is one bucket more.
    private static final long[] BOUNDS = {500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000L, 5_000_000_000L, 10_000_000_000L,
        Long.MAX_VALUE};

    /// The same bounds as a scrape writes them, in seconds.
    private static final String[] LABELS = {"0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1",
        "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"};

    /// Number of buckets, the one without a bound included.
    static final int BUCKETS = BOUNDS.length;

    /// By the number of leading zeros: the lowest bucket that a number of that length can be in.
    private static final byte[] LOWEST = lowest();

    private static final int SUM = BUCKETS;
    /// Durations are added up in units of 1,024 ns: in nanoseconds, a thousand waiting requests would use up 63 bits
    /// within months.
    private static final int SUM_SHIFT = 10;

    /// A histogram that has seen nothing.
    public Histogram() {
        super(BUCKETS + 1);
    }

    private static byte[] lowest() {
        byte[] table = new byte[65];
        for (int zeros = 1; zeros <= 64; zeros++) {
            long least = zeros == 64 ? 0 : 1L << (63 - zeros);
            int bucket = 0;
            while (BOUNDS[bucket] < least) {
                bucket++;
            }
            table[zeros] = (byte) bucket;
        }
        return table;
    }

    /// Counts a duration in nanoseconds; less than nothing counts as nothing.
    public void record(long nanos) {
        long duration = Math.max(nanos, 0);
        add(bucket(duration), 1);
        add(SUM, (duration + (1 << (SUM_SHIFT - 1))) >>> SUM_SHIFT);
    }

    static int bucket(long duration) {
        int lowest = LOWEST[Long.numberOfLeadingZeros(duration)];
        return duration > BOUNDS[lowest] ? lowest + 1 : lowest;
    }

    /// Bound of a bucket, as a scrape writes it.
    static String bound(int bucket) {
        return LABELS[bucket];
    }

    /// Number of durations in one bucket, not in those below it.
    long inBucket(int bucket) {
        return read(bucket);
    }

    /// Number of durations seen.
    public long count() {
        long count = 0;
        for (int i = 0; i < BUCKETS; i++) {
            count += read(i);
        }
        return count;
    }

    /// Sum of the durations in seconds, each right to a microsecond.
    public double sumSeconds() {
        return read(SUM) * ((1 << SUM_SHIFT) / 1e9);
    }
}
