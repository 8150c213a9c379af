package io.tidegate.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the adaptive limit makes of services some of whose requests take far longer than others, in a time of its own.
/// These have hands enough for all: whoever is turned away is turned away for nothing.
class MixedTimesTest {

    private static final int ENOUGH = 100_000;
    private static final double QUICK = 0.001;
    private static final double SLOW = 0.3;

    private final AdaptiveLimit limit = new AdaptiveLimit(3, 10_000);
    private final SimulatedService service = new SimulatedService(limit, ENOUGH, QUICK);

    @ParameterizedTest
    @CsvSource({"20, 0.3", "50, 0.3", "50, 0.45", "200, 0.05", "200, 0.3", "100, 0.45", "2000, 0.05", "2000, 0.3",
        "2000, 0.45"})
    void wherePartOfTheRequestsBeginsToTakeLongNoneIsHeldBack(double rate, double share) {
        service.run(rate, 30);
        service.slow(share, SLOW);
        service.run(rate, 60);

        assertThat(service.refused()).isZero();
        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void whereFewRunNoneIsHeldBackThoughAllTakeLong() {
        service.run(20, 30);
        service.become(ENOUGH, SLOW);
        service.run(20, 60);

        assertThat(service.refused()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"200, 120", "2000, 1000"})
    void whereAllTakeLongItIsSeenWithinASecondOrTwoThatItDoesNotHelp(double rate, int most) {
        service.run(rate, 30);
        service.become(ENOUGH, SLOW);
        service.run(rate, 3);
        assertThat(service.refused()).as("while it was looked at").isLessThan(most);

        service.run(rate, 60);
        assertThat(service.refused()).isZero();
        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void aServiceOfMixedTimesThatIsOverloadedIsHeldBack() {
        SimulatedService few = new SimulatedService(limit, 30, 0.01);
        few.slow(0.3, 0.1);
        few.run(400, 30);
        few.run(2_000, 10);

        assertThat(few.run(2_000, 30)).as("in time, of 810 a second").isGreaterThan(750);
        assertThat(limit.limit()).isLessThan(200);
    }
}
