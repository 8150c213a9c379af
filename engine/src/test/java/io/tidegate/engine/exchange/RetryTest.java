package io.tidegate.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Ratio;
import io.tidegate.config.RetryCause;
import io.tidegate.config.RetryConfig;
import io.tidegate.config.RouteRetryConfig;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// What is listed, and how long to wait.
class RetryTest {

    private static final long MILLI = 1_000_000;

    private static RetryConfig config(int attempts, Duration base, Duration max, RetryCause... on) {
        return new RetryConfig(attempts, Set.of(on), new Ratio(0.1), new RetryConfig.Backoff(base, max), null);
    }

    private static Retry on(RetryCause... on) {
        return new Retry(config(1, Duration.ofMillis(25), Duration.ofMillis(250), on));
    }

    /// Chance that always gives the most it may.
    private static final RandomGenerator MOST = new RandomGenerator() {

        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @Test
    void theBoundDoublesWithEachRepeatUpToTheLongest() {
        Retry retry = on();

        assertThat(retry.wait(1, MOST)).isEqualTo(25 * MILLI);
        assertThat(retry.wait(2, MOST)).isEqualTo(50 * MILLI);
        assertThat(retry.wait(4, MOST)).isEqualTo(200 * MILLI);
        assertThat(retry.wait(5, MOST)).isEqualTo(250 * MILLI);
        assertThat(retry.wait(64, MOST)).isEqualTo(250 * MILLI);
    }

    @Test
    void waitsAreSpreadOverAllOfTheBound() {
        Retry retry = on();
        SplittableRandom random = new SplittableRandom(7);
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 1000; i++) {
            long wait = retry.wait(1, random);
            least = Math.min(least, wait);
            most = Math.max(most, wait);
        }
        assertThat(least).isBetween(0L, MILLI);
        assertThat(most).isBetween(24 * MILLI, 25 * MILLI);
    }

    @Test
    void withoutABoundNothingIsWaited() {
        assertThat(new Retry(config(1, Duration.ZERO, Duration.ZERO)).wait(3, MOST)).isZero();
    }

    @Test
    void statusesAreTheListedOnesAndThoseOfTheirClasses() {
        Retry retry = on(RetryCause.SERVER_ERROR, RetryCause.HTTP_429);

        assertThat(retry.looksAtAnswers()).isTrue();
        assertThat(retry.isOnStatus(500)).isTrue();
        assertThat(retry.isOnStatus(599)).isTrue();
        assertThat(retry.isOnStatus(429)).isTrue();
        assertThat(retry.isOnStatus(499)).isFalse();
        assertThat(retry.isOnStatus(200)).isFalse();
        assertThat(retry.looksAtCalls()).isFalse();
    }

    @Test
    void statusesOfGrpcAreNoneOfHttp() {
        Retry retry = on(RetryCause.UNAVAILABLE);

        assertThat(retry.looksAtCalls()).isTrue();
        assertThat(retry.isOnCall(14)).isTrue();
        assertThat(retry.isOnCall(13)).isFalse();
        assertThat(retry.isOnStatus(14)).isFalse();
    }

    @Test
    void nothingIsLookedAtWhereNothingIsRepeated() {
        Retry retry = new Retry(config(0, Duration.ZERO, Duration.ZERO, RetryCause.HTTP_503, RetryCause.UNAVAILABLE));

        assertThat(retry.looksAtAnswers()).isFalse();
        assertThat(retry.looksAtCalls()).isFalse();
    }

    @Test
    void aRouteSaysOtherwiseKeyByKey() {
        RetryConfig upstream = config(1, Duration.ofMillis(25), Duration.ofMillis(250), RetryCause.RESET);

        assertThat(new RouteRetryConfig(null, null, null, null, null).over(upstream)).isEqualTo(upstream);
        assertThat(new RouteRetryConfig(3, null, null, null, "X-Try").over(upstream)).isEqualTo(new RetryConfig(3,
                upstream.on(), upstream.budget(), upstream.backoff(), "X-Try"));
    }
}
