package io.tidegate.engine.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// How many repeats an upstream has to bear, by a clock that stands still until it is moved.
class RetryBudgetTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /// Anywhere, and near where the clock runs over.
    private long now = Long.MAX_VALUE - 5 * SECOND;
    private final RetryBudget budget = new RetryBudget(2, now);
    private final RetryBudget.Lane lane = budget.lane(0);

    private void requests(int count) {
        for (int i = 0; i < count; i++) {
            lane.request(now);
        }
    }

    private int granted(RetryBudget.Lane by, int asked, double share) {
        int granted = 0;
        for (int i = 0; i < asked; i++) {
            granted += by.repeat(now, share) ? 1 : 0;
        }
        return granted;
    }

    @Test
    void aShareOfTheRequestsMayBeRepeatedAndThreeBesideIt() {
        requests(1000);

        assertThat(granted(lane, 1000, 0.1)).isEqualTo(100 + RetryBudget.FLOOR_PER_SECOND);
    }

    @Test
    void withoutRequestsThreeASecondMayBeRepeated() {
        assertThat(granted(lane, 10, 0.1)).isEqualTo(3);
        now += SECOND / 3 + 1;
        assertThat(granted(lane, 10, 0.1)).isOne();
        now += 60 * SECOND;
        assertThat(granted(lane, 10, 0.1)).as("nothing is saved up").isEqualTo(3);
    }

    @Test
    void theThreeAreForAllEventLoopsTogether() {
        assertThat(granted(lane, 2, 0)).isEqualTo(2);
        assertThat(granted(budget.lane(1), 10, 0)).isOne();
    }

    @Test
    void requestsOfOneEventLoopAllowAnotherOneNothing() {
        requests(1000);

        assertThat(granted(budget.lane(1), 10, 1)).isEqualTo(RetryBudget.FLOOR_PER_SECOND);
    }

    @Test
    void whatIsTenSecondsOldCountsNoMore() {
        requests(100);
        assertThat(granted(lane, 10, 0.1)).isEqualTo(10);
        now += 9 * SECOND;
        requests(100);
        assertThat(granted(lane, 10, 0.1)).as("two hundred requests, ten repeats").isEqualTo(10);
        now += SECOND;
        assertThat(granted(lane, 1, 0.1)).as("a hundred requests, ten repeats: of the floor").isOne();
        now += 30 * SECOND;
        assertThat(granted(lane, 10, 0.1)).isEqualTo(RetryBudget.FLOOR_PER_SECOND);
    }

    @Test
    void repeatsNeverAddUpToMoreThanTheShareAndTheFloor() {
        int repeats = 0;
        int requests = 0;
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < 200; i++) {
                lane.request(now);
                requests++;
                repeats += lane.repeat(now, 0.1) ? 1 : 0;
                now += SECOND / 200;
            }
        }
        assertThat(repeats).isBetween(requests / 10, requests / 10 + 60 * RetryBudget.FLOOR_PER_SECOND);
    }
}
