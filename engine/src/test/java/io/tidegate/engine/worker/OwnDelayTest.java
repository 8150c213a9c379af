package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnDelayTest {

    private static final long MILLI = 1_000_000;

    private final OwnDelay own = new OwnDelay();

    private void ticks(int count, long lagMillis) {
        for (int i = 0; i < count; i++) {
            own.tick(lagMillis * MILLI);
        }
    }

    @Test
    void isTwoOfTheLongestTurnsOfLately() {
        ticks(1, 30);
        ticks(11, 10);
        assertThat(own.nanos()).isEqualTo(60 * MILLI);
        ticks(1, 10);
        assertThat(own.nanos()).isEqualTo(20 * MILLI);
        ticks(12, 0);
        assertThat(own.nanos()).isZero();
    }

    @Test
    void whatIsLeftWithoutItIsTheLeastThatTheServiceTook() {
        ticks(1, 20);
        assertThat(own.least(100 * MILLI)).isEqualTo(60 * MILLI);
        assertThat(own.least(MILLI)).isEqualTo(1);
    }

    @Test
    void aLoopThatIsHardlyLateTakesNothingOff() {
        ticks(1, 5);
        assertThat(own.least(MILLI)).isEqualTo(MILLI);
        assertThat(own.blurs(0)).isFalse();
    }

    @Test
    void blursWhatIsUsualUnlessThatIsFarLonger() {
        ticks(1, 10);
        assertThat(own.blurs(0)).isTrue();
        assertThat(own.blurs(79 * MILLI)).isTrue();
        assertThat(own.blurs(80 * MILLI)).isFalse();
    }
}
