package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PressureTest {

    private static final long MILLI = 1_000_000;
    private static final long TICK = 20 * MILLI;
    private static final double SHOULD = 50 * MILLI;

    private final AtomicReference<Shortage> process = new AtomicReference<>(
            new Shortage(SHOULD, 0, Pressure.Cause.HEAP, 0));
    private final Pressure pressure = new Pressure(process);

    private void beats(int count, long lagMillis, double processor) {
        for (int i = 0; i < count; i++) {
            pressure.beat(lagMillis * MILLI, processor, TICK);
        }
    }

    @Test
    void aLoopThatIsLaterThanItShouldBeIsShortOfTimeTheMoreTheLongerItLasts() {
        beats(5, 100, 1);
        double first = pressure.level();
        beats(20, 100, 1);
        assertThat(pressure.isRaised()).isTrue();
        assertThat(pressure.level()).isBetween(first + 0.1, 0.99);
        assertThat(pressure.cause()).isEqualTo(Pressure.Cause.LAG);
        assertThat(pressure.lagLevel()).isEqualTo(pressure.levelToAll()).isEqualTo(pressure.level());
        beats(200, 100, 1);
        assertThat(pressure.level()).isEqualTo(1);
    }

    @Test
    void whereItIsAsLateAsItShouldBeThePressureStays() {
        beats(30, 100, 1);
        beats(2, 50, 1);
        double reached = pressure.level();
        beats(500, 50, 1);
        assertThat(pressure.level()).isCloseTo(reached, within(1e-9)).isBetween(0.1, 0.9);
    }

    @Test
    void aLoopThatIsALittleLateIsNot() {
        beats(1000, 45, 1);
        assertThat(pressure.level()).isZero();
    }

    @Test
    void oneLongTurnIsForgiven() {
        beats(10, 0, 1);
        beats(1, 10_000, 1);
        assertThat(pressure.isRaised()).isFalse();
        beats(1, 0, 1);
        assertThat(pressure.isRaised()).isFalse();
    }

    @Test
    void inATurnThatLastsTooLongAlreadyOnlyWhatIsCriticalIsServed() {
        long now = 1000 * MILLI;
        pressure.beat(0, now);
        assertThat(pressure.levelAt(now + 500 * MILLI)).as("where nothing was short before").isZero();
        beats(2, 100, 1);
        double little = pressure.level();
        assertThat(pressure.levelAt(now + TICK + 1)).as("hardly anything is short").isCloseTo(5 * little, within(1e-9))
                .isBetween(0.01, 0.4);
        beats(20, 100, 1);
        double level = pressure.level();

        assertThat(pressure.levelAt(now + TICK)).isEqualTo(level).isBetween(0.01, 0.49);
        assertThat(pressure.levelAt(now + TICK + 1)).isEqualTo(0.5);
    }

    @Test
    void aLoopThatHasNotHadTheProcessorIsNotRelievedByDoingLess() {
        beats(100, 200, 0.01);
        assertThat(pressure.isRaised()).isFalse();
    }

    @Test
    void aQuarterOfAProcessorIsEnoughToBeBusy() {
        beats(100, 200, 0.25);
        assertThat(pressure.level()).isEqualTo(1);
    }

    @Test
    void itNeitherBeginsNorEndsAtOnce() {
        beats(3, 60, 1);
        assertThat(pressure.level()).isBetween(0.0, 0.3);
        beats(200, 80, 1);
        double full = pressure.level();
        beats(2, 0, 1);
        assertThat(pressure.level()).isBetween(0.3 * full, full);
        beats(101, 0, 1);
        assertThat(pressure.isRaised()).isFalse();
    }

    @Test
    void fewLateTicksCountAsMuchAsManyInTheSameTime() {
        Pressure other = new Pressure(process);
        for (int i = 0; i < 4; i++) {
            other.beat(80 * MILLI, 1, 100 * MILLI);
        }
        beats(20, 80, 1);

        assertThat(other.level()).isBetween(0.05, 0.9).isCloseTo(pressure.level(), within(0.15));
    }

    @Test
    void whereManyRestTheLoopIsKeptFarLessLate() {
        beats(50, 100, 1);
        beats(1, 30, 1);
        double reached = pressure.level();
        for (int i = 0; i < 20; i++) {
            ask(400);
            beats(1, 30, 1);
        }
        assertThat(pressure.level()).as("later than it should be by nothing").isLessThan(reached);

        double then = pressure.level();
        for (int i = 0; i < 4000; i++) {
            pressure.rests(true);
        }
        for (int i = 0; i < 20; i++) {
            ask(400);
            beats(1, 30, 1);
        }
        assertThat(pressure.level()).as("4,000 more would make it 200 ms late").isGreaterThan(then);

        for (int i = 0; i < 4000; i++) {
            pressure.rests(false);
        }
        for (int i = 0; i < 500; i++) {
            ask(400);
            beats(1, 30, 1);
        }
        assertThat(pressure.isRaised()).isFalse();
    }

    private void ask(int requests) {
        for (int i = 0; i < requests; i++) {
            pressure.asked();
        }
    }

    @Test
    void evenTheLongestLagIsOverSoon() {
        beats(100, 60_000, 1);
        assertThat(pressure.level()).isEqualTo(1);
        beats(101, 0, 1);
        assertThat(pressure.isRaised()).isFalse();
    }

    @Test
    void memoryCountsWhereItIsShorterThanTime() {
        process.set(new Shortage(SHOULD, 0.4, Pressure.Cause.BUFFERS, 0));
        beats(1, 0, 1);
        assertThat(pressure.level()).isEqualTo(0.4);
        assertThat(pressure.cause()).isEqualTo(Pressure.Cause.BUFFERS);
        assertThat(pressure.lagLevel()).isZero();
        beats(200, 70, 1);
        assertThat(pressure.level()).isGreaterThan(0.7);
        assertThat(pressure.cause()).isEqualTo(Pressure.Cause.LAG);
    }

    @Test
    void connectionsAreNoReasonToShedRequests() {
        process.set(new Shortage(SHOULD, 0, Pressure.Cause.HEAP, 0.5));
        beats(1, 0, 1);
        assertThat(pressure.isRaised()).isTrue();
        assertThat(pressure.level()).isZero();
        assertThat(pressure.connections()).isEqualTo(0.5);
    }

    @Test
    void nothingIsShortWhereNothingIsMeasured() {
        process.set(Shortage.NONE);
        beats(100, 10_000, 1);
        assertThat(pressure.isRaised()).isFalse();
    }
}
