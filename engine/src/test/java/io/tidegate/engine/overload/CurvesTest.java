package io.tidegate.engine.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.RouteConfig.Criticality;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CurvesTest {

    private static final int STEPS = 1000;

    @ParameterizedTest
    @EnumSource
    void moreIsShedTheShorterThingsAreWithoutAJump(Criticality criticality) {
        assertThat(Shedding.part(criticality, 0)).isZero();
        assertThat(Shedding.part(criticality, 1)).isEqualTo(1);
        double before = 0;
        for (int i = 1; i <= STEPS; i++) {
            double part = Shedding.part(criticality, (double) i / STEPS);
            assertThat(part - before).isBetween(0.0, 0.01);
            before = part;
        }
    }

    @Test
    void whatIsMoreCriticalIsNeverShedMore() {
        for (int i = 0; i <= STEPS; i++) {
            double pressure = (double) i / STEPS;
            double normal = Shedding.part(Criticality.NORMAL, pressure);
            assertThat(Shedding.part(Criticality.LOW, pressure)).isGreaterThanOrEqualTo(normal);
            assertThat(Shedding.part(Criticality.CRITICAL, pressure)).isLessThanOrEqualTo(normal);
            if (normal < 1) {
                assertThat(Shedding.part(Criticality.CRITICAL, pressure)).as("while others are served").isZero();
            }
        }
    }

    @Test
    void aCollectionCountsLessTheLongerItLiesBack() {
        assertThat(MemorySigns.weight(0)).isEqualTo(1);
        assertThat(MemorySigns.weight(5_000_000_000L)).isEqualTo(1);
        assertThat(MemorySigns.weight(7_500_000_000L)).isEqualTo(0.5);
        assertThat(MemorySigns.weight(10_000_000_000L)).isZero();
        assertThat(MemorySigns.weight(Long.MAX_VALUE / 2)).isZero();
    }

    @Test
    void aCollectionIsAskedForBeforeAllIsFullAndNotAgainForTheSame() {
        assertThat(MemorySigns.isDue(0, 0.84, 0)).isFalse();
        assertThat(MemorySigns.isDue(0, 0.86, 0)).isTrue();
        assertThat(MemorySigns.isDue(0.85, 0.88, 0)).isFalse();
        assertThat(MemorySigns.isDue(0.85, 0.901, 0)).isTrue();
        assertThat(MemorySigns.isDue(0.86, 0.87, 5_000_000_000L)).as("whether it still lives").isTrue();
        assertThat(MemorySigns.isDue(0.86, 0.5, 5_000_000_000L)).isFalse();
    }

    @Test
    void theSignsOfThisProcessAreShares() {
        Signs signs = Signs.ofProcess();
        System.gc();
        assertThat(signs.heap()).isBetween(Double.MIN_VALUE, 0.999);
        assertThat(signs.buffers()).isBetween(0.0, 1.0);
    }

    @Test
    void connectionsRestOnceMuchOfWhatIsNotCriticalIsShed() {
        assertThat(Shedding.restNanos(0.25, 0)).isZero();
        assertThat(Shedding.restNanos(0.375, 0)).isEqualTo(300_000_000);
        assertThat(Shedding.restNanos(0.5, 0)).isEqualTo(Shedding.restNanos(1, 0)).isEqualTo(600_000_000);
        assertThat(Shedding.restNanos(0.5, 1)).as("they do not all come back at once").isEqualTo(300_000_000);
    }
}
