package io.tidegate.engine.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// When checks are made, and what comes of them.
class CheckingTest {

    private final ManualTiming timing = new ManualTiming();

    private Checking checking(UpstreamHealth health, List<Checking.Verdict> begun) {
        return new Checking(health, health.endpoints().getFirst(), begun::add,
                Objects.requireNonNull(UpstreamHealthTest.config("healthCheck: { interval: 1s }", 1).healthCheck()),
                timing, new SplittableRandom(1));
    }

    @Test
    void aCheckThatCouldNotBeMadeSaysNothing() {
        UpstreamHealth health = UpstreamHealthTest
                .health("healthCheck: { interval: 1s, unhealthyAfter: 1 }, panicThreshold: 0%", 1, timing);
        List<Checking.Verdict> begun = new ArrayList<>();
        Checking checking = checking(health, begun);
        checking.start();
        for (int i = 1; i <= 5; i++) {
            timing.pass(1_101);
            assertThat(begun).hasSize(i);
            begun.getLast().undecided();
        }

        assertThat(health.selection().used()).containsExactly(0);
        assertThat(health.state(health.endpoints().getFirst()).checksFailed()
                + health.state(health.endpoints().getFirst()).checksPassed()).isZero();
        checking.stop();
    }

    @Test
    void aCheckBeginsAnIntervalAfterTheEndOfTheOneBefore() {
        UpstreamHealth health = UpstreamHealthTest.health("healthCheck: { interval: 1s }", 1, timing);
        List<Checking.Verdict> begun = new ArrayList<>();
        Checking checking = checking(health, begun);
        checking.start();
        timing.pass(101);
        assertThat(begun).hasSize(1);
        timing.pass(10_000);
        assertThat(begun).as("one at a time").hasSize(1);
        begun.getFirst().over(null);
        timing.pass(899);
        assertThat(begun).hasSize(1);
        timing.pass(202);
        assertThat(begun).hasSize(2);
        checking.stop();
        begun.getLast().over("x");
        timing.pass(10_000);
        assertThat(begun).hasSize(2);
        assertThat(health.state(health.endpoints().getFirst()).checksPassed()).isEqualTo(1);
        assertThat(health.state(health.endpoints().getFirst()).checksFailed()).isZero();
    }
}
