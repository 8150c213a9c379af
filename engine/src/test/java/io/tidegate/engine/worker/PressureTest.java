package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PressureTest {

    private static final long MILLI = 1_000_000;
    private static final double BEGIN = 25 * MILLI;
    private static final double END = 75 * MILLI;

    private final AtomicReference<Shortage> process = new AtomicReference<>(
            new Shortage(BEGIN, END, 0, Pressure.Cause.HEAP, 0));
    private final Pressure pressure = new Pressure(process);

    private void beats(int count, long lagMillis, double processor) {
        for (int i = 0; i < count; i++) {
            pressure.beat(lagMillis * MILLI, processor);
        }
    }

    @Test
    void aLoopThatIsLateAgainAndAgainIsShortOfTime() {
        beats(40, 50, 1);
        assertThat(pressure.isRaised()).isTrue();
        assertThat(pressure.level()).isBetween(0.49, 0.5);
        assertThat(pressure.cause()).isEqualTo(Pressure.Cause.LAG);
        assertThat(pressure.lagLevel()).isEqualTo(pressure.levelToAll()).isEqualTo(pressure.level());
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
        assertThat(pressure.level()).isBetween(0.0, 0.2);
        beats(60, 60, 1);
        double full = pressure.level();
        beats(1, 0, 1);
        assertThat(pressure.level()).isBetween(0.3 * full, full);
        beats(10, 0, 1);
        assertThat(pressure.isRaised()).isFalse();
    }

    @Test
    void evenTheLongestLagIsOverSoon() {
        beats(100, 60_000, 1);
        assertThat(pressure.level()).isEqualTo(1);
        beats(8, 0, 1);
        assertThat(pressure.isRaised()).isFalse();
    }

    @Test
    void memoryCountsWhereItIsShorterThanTime() {
        process.set(new Shortage(BEGIN, END, 0.4, Pressure.Cause.BUFFERS, 0));
        beats(1, 0, 1);
        assertThat(pressure.level()).isEqualTo(0.4);
        assertThat(pressure.cause()).isEqualTo(Pressure.Cause.BUFFERS);
        assertThat(pressure.lagLevel()).isZero();
        beats(40, 70, 1);
        assertThat(pressure.level()).isGreaterThan(0.8);
        assertThat(pressure.cause()).isEqualTo(Pressure.Cause.LAG);
    }

    @Test
    void connectionsAreNoReasonToShedRequests() {
        process.set(new Shortage(BEGIN, END, 0, Pressure.Cause.HEAP, 0.5));
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
