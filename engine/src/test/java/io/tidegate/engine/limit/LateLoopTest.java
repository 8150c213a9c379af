package io.tidegate.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the adaptive limit makes of services where the loop itself is late, in a time of its own.
class LateLoopTest {

    private static final int MANY = 1_000;

    private final AdaptiveLimit limit = new AdaptiveLimit(10, 10_000);
    private final SimulatedTurns loop = new SimulatedTurns(limit);

    @ParameterizedTest
    @ValueSource(longs = {0, 20, 50, 150})
    void aServiceThatStandsStillForAMomentIsNotHeldBackByALoopThatIsLate(long millis) {
        loop.clients(64);
        assertThat(loop.run(10)).isZero();

        loop.clients(MANY);
        loop.stopEverySecond(millis);
        assertThat(loop.run(120)).as("refused").isZero();
        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void aServiceThatWasHeldBackIsGivenAllAgainThoughTheLoopIsLate() {
        loop.clients(64);
        loop.run(10);
        // Slower than the loop by far, with all that asks waiting there.
        loop.take(2_000);
        loop.clients(MANY);
        loop.run(60);
        assertThat(limit.limit()).isLessThan(MANY / 2);

        loop.take(15);
        loop.run(10);
        assertThat(loop.run(10)).as("refused, ten seconds after it was as quick again").isZero();
    }

    @Test
    void aServiceThatIsOverloadedIsNoticedByALoopThatIsLate() {
        loop.clients(64);
        loop.run(10);
        loop.workBesides(30);
        loop.take(1_000);
        loop.clients(MANY);
        loop.run(30);

        assertThat(limit.limit()).as("places, with which an answer takes a tenth of a second").isLessThan(300);
    }

    @ParameterizedTest
    @ValueSource(longs = {12, 25})
    void aLoopThatWasAlwaysLateNoticesAnOverloadTooThatIsFarLonger(long millis) {
        loop.workBesides(millis);
        loop.clients(64);
        loop.run(60);
        loop.take(5_000);
        loop.clients(MANY);
        loop.run(60);

        assertThat(limit.limit()).isLessThan(MANY / 4);
    }

    @Test
    void whatIsUsualIsNotLearntFromALoopThatIsLate() {
        loop.take(100);
        loop.clients(100);
        loop.run(20);
        double usual = limit.usual();
        loop.workBesides(30);
        loop.run(60);

        assertThat(limit.usual()).isBetween(usual * 0.9, usual * 1.1);
    }
}
