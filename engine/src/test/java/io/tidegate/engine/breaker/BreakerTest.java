package io.tidegate.engine.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Ratio;
import io.tidegate.config.CircuitBreakerConfig;
import io.tidegate.config.HealthCheckConfig.StatusRange;
import io.tidegate.engine.breaker.Breaker.State;
import io.tidegate.engine.health.ManualTiming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// When requests are let through, and when they are not.
class BreakerTest {

    private static final long SLOW = Duration.ofSeconds(6).toNanos();

    private final ManualTiming timing = new ManualTiming();

    private Breaker breaker() {
        return breaker(null);
    }

    private Breaker breaker(@Nullable Ratio slowCallRate) {
        return new Breaker("a", null, new CircuitBreakerConfig(CircuitBreakerConfig.Scope.UPSTREAM, new Ratio(0.5),
                List.of(StatusRange.of(500), new StatusRange(502, 504)), slowCallRate, Duration.ofSeconds(5), 20,
                Duration.ofSeconds(10), Duration.ofSeconds(5), 5), 2, timing);
    }

    private void pass(Breaker breaker, int times, boolean failure, long nanos) {
        for (int i = 0; i < times; i++) {
            breaker.over(i % 2, breaker.enter(), timing.now(), failure, nanos);
        }
    }

    private void fail(Breaker breaker, int times) {
        pass(breaker, times, true, 0);
    }

    private void answer(Breaker breaker, int times) {
        pass(breaker, times, false, 1);
    }

    private static List<Integer> enter(Breaker breaker, int times) {
        List<Integer> passes = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            passes.add(breaker.enter());
        }
        return passes;
    }

    private Breaker open() {
        Breaker breaker = breaker();
        fail(breaker, 20);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        return breaker;
    }

    private Breaker halfOpen() {
        Breaker breaker = open();
        timing.pass(5_000);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        return breaker;
    }

    @Test
    void opensOnceHalfOfTwentyTriesOverAllLoopsHaveFailed() {
        Breaker breaker = breaker();
        answer(breaker, 10);
        fail(breaker, 9);
        assertThat(breaker.state()).as("19 tries").isEqualTo(State.CLOSED);
        fail(breaker, 1);

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.admits()).isFalse();
        assertThat(enter(breaker, 3)).containsOnly(Breaker.REFUSED);
        assertThat(breaker.openings()).isEqualTo(1);
    }

    @Test
    void staysClosedWhereLessThanTheShareFails() {
        Breaker breaker = breaker();
        for (int i = 0; i < 1000; i++) {
            answer(breaker, 11);
            fail(breaker, 9);
        }

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void forgetsWhatIsOlderThanTheWindow() {
        Breaker breaker = breaker();
        fail(breaker, 19);
        timing.pass(10_001);
        fail(breaker, 19);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        timing.pass(3_000);
        fail(breaker, 1);
        assertThat(breaker.state()).as("within the window").isEqualTo(State.OPEN);
    }

    @Test
    void letsFiveThroughForATestOnceItsTimeIsOver() {
        Breaker breaker = open();
        timing.pass(4_999);
        assertThat(breaker.enter()).isEqualTo(Breaker.REFUSED);
        assertThat(breaker.retryAfterSeconds()).isEqualTo(1);
        timing.pass(1);

        List<Integer> passes = enter(breaker, 7);
        assertThat(passes.subList(0, 5)).doesNotContain(Breaker.REFUSED).allMatch(Breaker::isTest);
        assertThat(passes.subList(5, 7)).containsOnly(Breaker.REFUSED);
        assertThat(breaker.admits()).isFalse();
        passes.subList(0, 4).forEach(pass -> breaker.over(0, pass, timing.now(), false, 1));
        assertThat(breaker.state()).as("four of five").isEqualTo(State.HALF_OPEN);
        breaker.over(1, passes.get(4), timing.now(), false, 1);

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, 19);
        assertThat(breaker.state()).as("what failed before is forgotten").isEqualTo(State.CLOSED);
    }

    @Test
    void opensAgainWhereTheTestFails() {
        Breaker breaker = halfOpen();
        List<Integer> passes = enter(breaker, 5);
        breaker.over(0, passes.get(0), timing.now(), false, 1);
        breaker.over(0, passes.get(1), timing.now(), true, 1);
        breaker.over(0, passes.get(2), timing.now(), true, 1);
        assertThat(breaker.state()).as("two of five").isEqualTo(State.HALF_OPEN);
        breaker.over(0, passes.get(3), timing.now(), true, 1);

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.retryAfterSeconds()).isEqualTo(5);
        breaker.over(0, passes.get(4), timing.now(), false, 1);
        timing.pass(5_000);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.openings()).isEqualTo(2);
    }

    @Test
    void aTestThatComesToNothingGivesItsPlaceBack() {
        Breaker breaker = halfOpen();
        for (int i = 0; i < 100; i++) {
            int pass = breaker.enter();
            assertThat(pass).isNotEqualTo(Breaker.REFUSED);
            breaker.left(pass);
        }
        answer(breaker, 5);

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void whatComesOfRequestsFromBeforeTellsNothing() {
        Breaker breaker = breaker();
        List<Integer> before = enter(breaker, 30);
        fail(breaker, 20);
        before.forEach(pass -> breaker.over(0, pass, timing.now(), false, 1));
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        timing.pass(5_000);
        before.forEach(pass -> breaker.over(0, pass, timing.now(), true, 1));
        before.forEach(breaker::left);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);

        assertThat(enter(breaker, 6).subList(0, 5)).doesNotContain(Breaker.REFUSED);
        assertThat(breaker.enter()).isEqualTo(Breaker.REFUSED);
    }

    @Test
    void opensWhereTooManyAnswersAreSlow() {
        Breaker breaker = breaker(new Ratio(0.8));
        pass(breaker, 16, false, 1);
        pass(breaker, 60, false, SLOW);
        assertThat(breaker.state()).as("60 of 76").isEqualTo(State.CLOSED);
        pass(breaker, 4, false, SLOW);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        timing.pass(5_000);
        pass(breaker, 4, false, SLOW);

        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void doesNotLookAtHowLongAnswersTakeWhereNobodyAsks() {
        Breaker breaker = breaker();
        pass(breaker, 100, false, SLOW);

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void knowsFailuresByTheirStatus() {
        Breaker breaker = breaker();

        assertThat(breaker.isFailure(500, -1)).isTrue();
        assertThat(breaker.isFailure(503, -1)).isTrue();
        assertThat(breaker.isFailure(501, -1)).isFalse();
        assertThat(breaker.isFailure(429, -1)).isFalse();
        assertThat(breaker.isFailure(200, 0)).isFalse();
        assertThat(breaker.isFailure(200, 14)).as("UNAVAILABLE").isTrue();
        assertThat(breaker.isFailure(200, 5)).as("NOT_FOUND").isFalse();
        assertThat(breaker.isFailure(200, 4)).as("DEADLINE_EXCEEDED").isFalse();
    }

    @Test
    void goesOnFromTheOneWhosePlaceItTakes() {
        Breaker before = open();
        timing.pass(2_000);
        Breaker after = breaker();
        after.takeOver(before);
        assertThat(after.state()).isEqualTo(State.OPEN);
        timing.pass(2_999);
        assertThat(after.state()).isEqualTo(State.OPEN);
        timing.pass(1);

        assertThat(after.state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void tellsOfEachChange() {
        Breaker breaker = breaker();
        List<State> states = new ArrayList<>();
        breaker.onChange(() -> states.add(breaker.state()));
        fail(breaker, 20);
        timing.pass(5_000);
        answer(breaker, 5);

        assertThat(states).containsExactly(State.OPEN, State.HALF_OPEN, State.CLOSED);
    }
}
