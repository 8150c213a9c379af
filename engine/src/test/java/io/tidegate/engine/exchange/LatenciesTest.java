package io.tidegate.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private long now = 7 * SECOND;
    private final Latencies latencies = new Latencies(95, now);

    private void took(int times, long nanos) {
        for (int i = 0; i < times; i++) {
            latencies.took(nanos, now);
        }
    }

    private long told() {
        now += SECOND / 10;
        return latencies.nanos(now);
    }

    @Test
    void nothingIsSaidBeforeAHundredAreKnown() {
        took(99, MILLI);
        assertThat(told()).isEqualTo(Long.MAX_VALUE);
        took(1, MILLI);
        assertThat(told()).isLessThan(2 * MILLI);
    }

    @Test
    void fiveOfAHundredTakeLonger() {
        took(950, 3 * MILLI);
        took(50, 900 * MILLI);
        assertThat(told()).isBetween(3 * MILLI, 3 * MILLI + 3 * MILLI / 7);
        took(10, 900 * MILLI);
        assertThat(told()).isBetween(900 * MILLI, 900 * MILLI + 900 * MILLI / 7);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 8_191, 8_192, 65_535, 65_536, 65_537, 1_000_000, 123_456_789, 59_000_000_000L})
    void whatIsToldIsNeverLessAndAnEighthMoreAtMost(long nanos) {
        took(100, nanos);
        assertThat(told()).isGreaterThanOrEqualTo(nanos).isLessThanOrEqualTo(nanos + nanos / 8 + 8_192);
    }

    @Test
    void timesWithoutAnEndAreInTheLastBucket() {
        took(100, Long.MAX_VALUE);
        assertThat(told()).isPositive();
    }

    @Test
    void whatIsOldIsForgotten() {
        took(1000, 800 * MILLI);
        now += 6 * SECOND;
        took(10, MILLI);
        assertThat(told()).as("five to ten seconds are remembered").isGreaterThan(500 * MILLI);
        now += 5 * SECOND;
        took(100, MILLI);
        assertThat(told()).isLessThan(2 * MILLI);
        now += 60 * SECOND;
        assertThat(told()).isEqualTo(Long.MAX_VALUE);
    }
}
