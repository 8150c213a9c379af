package io.tidegate.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {

    private static final double[] BOUNDS = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
        10};

    private static int slow(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanos > Math.round(BOUNDS[bucket] * 1e9)) {
            bucket++;
        }
        return bucket;
    }

    @Test
    void putsADurationIntoTheBucketWhoseBoundItDoesNotExceed() {
        for (double bound : BOUNDS) {
            long nanos = Math.round(bound * 1e9);
            for (long each : new long[]{nanos - 1, nanos, nanos + 1}) {
                assertThat(Histogram.bucket(each)).as("%d ns", each).isEqualTo(slow(each));
            }
        }
    }

    @Test
    void agreesWithASearchThroughAllBucketsForAnyDuration() {
        Random random = new Random(42);
        for (int i = 0; i < 1_000_000; i++) {
            long nanos = random.nextLong() >>> (1 + random.nextInt(63));
            assertThat(Histogram.bucket(nanos)).isEqualTo(slow(nanos));
        }
        assertThat(Histogram.bucket(0)).isZero();
        assertThat(Histogram.bucket(Long.MAX_VALUE)).isEqualTo(BOUNDS.length);
    }

    @Test
    void writesBoundsThatAreTheOnesItCountsBy() {
        for (int i = 0; i < BOUNDS.length; i++) {
            assertThat(Double.parseDouble(Histogram.bound(i))).isEqualTo(BOUNDS[i]);
        }
        assertThat(Histogram.bound(BOUNDS.length)).isEqualTo("+Inf");
        assertThat(Histogram.BUCKETS).isEqualTo(BOUNDS.length + 1);
    }

    @Test
    void addsDurationsUp() {
        Histogram histogram = new Histogram();
        histogram.record(700_000);
        histogram.record(3_000_000_000L);
        histogram.record(-5);
        assertThat(histogram.count()).isEqualTo(3);
        assertThat(histogram.sumSeconds()).isCloseTo(3.0007, within(3e-6));
        assertThat(histogram.inBucket(0)).isEqualTo(1);
        assertThat(histogram.inBucket(1)).isEqualTo(1);
        assertThat(histogram.inBucket(12)).isEqualTo(1);
    }

    @Test
    void keepsItsSumRightOverAMillionShortDurations() {
        Histogram histogram = new Histogram();
        for (int i = 0; i < 1_000_000; i++) {
            histogram.record(i % 3000);
        }
        assertThat(histogram.sumSeconds()).isCloseTo(1.4995, within(0.01));
    }

    @Test
    void allocatesNothingToRecord() {
        Histogram histogram = new Histogram();
        long[] nanos = {0};
        assertThat(Allocations.of(100_000, () -> histogram.record(nanos[0] += 997))).isLessThan(1000);
    }
}
