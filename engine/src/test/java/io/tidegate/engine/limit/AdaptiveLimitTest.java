package io.tidegate.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.limit.AdaptiveLimit.Interval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the adaptive limit makes of services, in a time of their own.
class AdaptiveLimitTest {

    private static final long MILLIS = 1_000_000;

    private final AdaptiveLimit limit = new AdaptiveLimit(10, 10_000);

    /// One in which all answers take as long.
    private Interval interval(int answers, double millis, int running, boolean held) {
        int quick = millis * MILLIS <= AdaptiveLimit.bound(limit.usual()) ? answers : 0;
        return new Interval(250 * MILLIS, answers, 0, quick, 0, answers * millis * MILLIS, running, held);
    }

    private long judge(int answers, double millis, boolean held) {
        return limit.judge(interval(answers, millis, 0, held));
    }

    @Test
    void beginsAtTheMost() {
        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void anOverloadedServiceKeepsAnsweringAsManyAsItCan() {
        SimulatedService service = new SimulatedService(limit, 3, 0.01);
        assertThat(service.run(150, 20)).as("below its 300 a second").isGreaterThan(145);
        assertThat(limit.limit()).isEqualTo(10_000);

        service.run(900, 10);
        assertThat(service.run(900, 60)).as("of 300 a second").isGreaterThan(285);
        assertThat(limit.limit()).isLessThan(30);
        assertThat(limit.usual()).as("an overload does not become what is usual").isLessThan(40 * MILLIS);
    }

    @Test
    void anOverloadedServiceHasSomethingToDoAndNobodyWaitsThereForLong() {
        AdaptiveLimit small = new AdaptiveLimit(3, 10_000);
        SimulatedService service = new SimulatedService(small, 3, 0.01);
        service.run(150, 20);
        service.run(900, 10);

        for (int i = 0; i < 30; i++) {
            assertThat(service.run(900, 1)).as("of 300 a second").isGreaterThan(285);
            assertThat(small.limit()).as("places, of which 3 are worked on").isBetween(4, 9);
        }
    }

    @Test
    void whereFewAreHeldBackItIsSteeredByHowLongTheyTake() {
        judge(100, 10, false);
        for (int i = 0; i < 2; i++) {
            limit.judge(interval(1_000, 40.0, 160, true));
        }
        int before = limit.limit();
        assertThat(before).isLessThan(160);

        limit.judge(interval(1_000, 20.0, before, true));
        assertThat(limit.limit()).as("at one and a half times and 5 ms, where it should be").isEqualTo(before);
        limit.judge(interval(1_000, 24.0, before, true));
        assertThat(limit.limit()).as("longer").isLessThan(before);
        int then = limit.limit();
        limit.judge(interval(1_000, 10.0, then, true));
        assertThat(limit.limit()).as("as long as usual").isGreaterThan(before);
    }

    @ParameterizedTest
    @ValueSource(doubles = {750, 4_500})
    void aServiceThatBecomesTwiceAsSlowInAnOverloadIsNotStarved(double before) {
        AdaptiveLimit small = new AdaptiveLimit(3, 10_000);
        SimulatedService service = new SimulatedService(small, 30, 0.02);
        service.run(750, 20);
        service.run(before, 10);
        service.become(30, 0.04);
        service.run(3_000, 10);

        assertThat(service.run(3_000, 20)).as("of 750 a second").isGreaterThan(600);
        assertThat(small.limit()).isBetween(30, 120);
    }

    @Test
    void withoutItTheSameServiceAnswersNobodyInTime() {
        SimulatedService service = new SimulatedService(new AdaptiveLimit(9_999, 10_000), 3, 0.01);
        service.run(150, 20);
        service.run(900, 10);

        assertThat(service.run(900, 10)).isLessThan(30);
    }

    @Test
    void afterAnOverloadNobodyIsHeldBack() {
        SimulatedService service = new SimulatedService(limit, 3, 0.01);
        service.run(150, 20);
        service.run(900, 20);
        service.run(150, 10);

        assertThat(limit.limit()).isEqualTo(10_000);
        service.run(150, 10);
        assertThat(service.refusedShare()).isZero();
    }

    @Test
    void aServiceThatBecomesSlowerIsNotHeldBackForLong() {
        SimulatedService service = new SimulatedService(limit, 100_000, 0.02);
        service.run(3_000, 20);
        service.become(100_000, 0.3);
        service.run(3_000, 10);
        service.run(3_000, 10);

        assertThat(service.refusedShare()).isZero();
        assertThat(limit.limit()).isGreaterThan(3_000);
        assertThat(limit.usual()).isGreaterThan(100 * MILLIS);
    }

    @Test
    void aServiceThatFailsNowAndThenFromTheStartIsNotHeldBack() {
        for (int i = 0; i < 50; i++) {
            limit.judge(new Interval(250 * MILLIS, 70, 30, 0, 0, 100 * 50.0 * MILLIS, 50, true));
        }
        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void whatIsStillSentCountsAsRunning() {
        judge(100, 20, false);
        for (int i = 0; i < 2; i++) {
            limit.judge(interval(100, 60, 300, false));
        }
        assertThat(limit.limit()).isBetween(150, 300);
    }

    @Test
    void aServiceThatNeverAnswersGetsTheLeast() {
        judge(100, 10, false);
        for (int i = 0; i < 20; i++) {
            limit.judge(new Interval(2_000 * MILLIS, 0, 100, 0, 0, 100 * 1_000.0 * MILLIS, 0, true));
        }

        assertThat(limit.limit()).isEqualTo(10);
        assertThat(limit.usual()).isEqualTo(10 * MILLIS);
    }

    private void judge(int quick, int running) {
        limit.judge(new Interval(250 * MILLIS, 100, 0, quick, 0, 100 * 60.0 * MILLIS, running, false));
    }

    @Test
    void onlyWhereMostTakeLongIsItOverloaded() {
        judge(100, 10, false);
        for (int i = 0; i < 10; i++) {
            judge(40, 300);
        }
        assertThat(limit.limit()).isEqualTo(10_000);
        assertThat(limit.usual()).as("nothing is learnt of slow ones").isEqualTo(10 * MILLIS);
        judge(39, 300);
        judge(39, 300);
        assertThat(limit.limit()).as("the first step").isEqualTo(180);
        judge(40, 180);
        assertThat(limit.limit()).as("a false alarm").isEqualTo(10_000);
    }

    @Test
    void theFirstStepIsASmallOneUnlessEverMoreRun() {
        judge(100, 10, false);
        judge(0, 300);
        judge(0, 450);
        assertThat(limit.limit()).isLessThan(450 * 6 / 10);
    }

    @Test
    void whatRanLongAgoDoesNotMakeTheFirstStepALargeOne() {
        judge(100, 10, false);
        limit.judge(interval(100, 60, 6, false));
        for (int i = 0; i < 20; i++) {
            limit.judge(interval(10, 60, 15, false));
        }
        limit.judge(interval(10, 60, 16, false));
        assertThat(limit.limit()).isBetween(9, 10);
    }

    @Test
    void fewAreNeverTooManyToBeginWith() {
        judge(100, 10, false);
        for (int i = 0; i < 1_000; i++) {
            limit.judge(new Interval(2_500 * MILLIS, 100, 0, 0, 0, 100 * 60.0 * MILLIS, 15, false));
        }
        assertThat(limit.limit()).isEqualTo(10_000);
        assertThat(limit.usual()).isEqualTo(10 * MILLIS);
    }

    @Test
    void ofASmallMostHalfAreTooMany() {
        AdaptiveLimit small = new AdaptiveLimit(3, 12);
        small.judge(new Interval(250 * MILLIS, 100, 0, 100, 0, 100 * 10.0 * MILLIS, 5, false));
        for (int i = 0; i < 2; i++) {
            small.judge(new Interval(2_500 * MILLIS, 100, 0, 0, 0, 100 * 100.0 * MILLIS, 12, true));
        }
        assertThat(small.limit()).isLessThan(12);
    }

    @Test
    void timeOutsOfSomeDoNotBecomeUsual() {
        judge(100, 10, false);
        for (int i = 0; i < 200; i++) {
            limit.judge(new Interval(250 * MILLIS, 60, 40, 60, 0, (60 * 10.0 + 40 * 5_000.0) * MILLIS, 200, true));
        }
        assertThat(limit.usual()).isEqualTo(10 * MILLIS);
        assertThat(limit.limit()).as("the others are as quick as ever").isEqualTo(10_000);
    }

    @Test
    void whereSomeTimeOutAndMostAreQuickNobodyIsHeldBackAnyMore() {
        judge(100, 10, false);
        judge(0, 400);
        judge(0, 400);
        limit.judge(interval(100, 50, 100, true));
        assertThat(limit.limit()).isLessThan(400);
        for (int i = 0; i < 60; i++) {
            limit.judge(new Interval(250 * MILLIS, 85, 15, 85, 0, (85 * 10.0 + 15 * 2_000.0) * MILLIS, 100, true));
        }
        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void whatIsHeldBackInVainIsNotForLong() {
        judge(100, 10, false);
        judge(0, 400);
        judge(0, 400);
        // By chance less and less at first, which looks like help.
        for (double millis : new double[]{48, 40, 33}) {
            limit.judge(interval(100, millis, limit.limit(), true));
        }
        for (int i = 0; i < 55; i++) {
            limit.judge(interval(100, 51, limit.limit(), true));
        }
        assertThat(limit.limit()).isLessThan(40);
        for (int i = 0; i < 40; i++) {
            limit.judge(interval(100, 51, limit.limit(), true));
        }
        assertThat(limit.usual()).isEqualTo(51 * MILLIS);
        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void whatWasThoughtBeforeAQuietTimeIsForgotten() {
        judge(100, 10, false);
        judge(0, 400);
        judge(0, 400);
        for (int i = 0; i < 40; i++) {
            limit.judge(new Interval(2_000 * MILLIS, 3, 0, 3, 0, 3 * 10.0 * MILLIS, 1, false));
        }
        assertThat(limit.limit()).isEqualTo(10_000);
        double usual = limit.usual();

        limit.judge(interval(1_000, 10, 2_000, false));
        assertThat(limit.limit()).as("all are quick").isEqualTo(10_000);
        limit.judge(interval(100, 60, 240, false));
        assertThat(limit.usual()).as("as slow with fewer, but not for that").isLessThan(usual * 1.1);
    }

    @Test
    void anOverloadOfLongAgoHoldsNobodyBack() {
        judge(100, 10, false);
        judge(0, 400);
        judge(0, 400);
        int low = limit.limit();
        assertThat(low).isLessThan(400);
        limit.judge(new Interval(15_000 * MILLIS, 9, 0, 0, 0, low * 15_000.0 * MILLIS, low, true));
        assertThat(limit.limit()).as("few, since each takes so long").isLessThan(400);
        limit.judge(new Interval(15_000 * MILLIS, 9, 0, 9, 0, 9 * 10.0 * MILLIS, low, true));
        assertThat(limit.limit()).as("few, since few ask").isEqualTo(10_000);
    }

    @Test
    void aReloadAmidAFirstStepTakesItBack() {
        judge(100, 10, false);
        judge(0, 400);
        judge(0, 400);
        AdaptiveLimit next = new AdaptiveLimit(10, 10_000);
        next.takeOver(limit);

        assertThat(next.limit()).isEqualTo(10_000);
        assertThat(next.usual()).isEqualTo(limit.usual());
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 100, 120, 160, 300, 1_000})
    void anOverloadThatTheFirstStepEndsIsNoFalseAlarm(int callers) {
        AdaptiveLimit small = new AdaptiveLimit(3, 10_000);
        SimulatedCallers service = new SimulatedCallers(small, 30, 0.02);
        service.callers(20);
        service.run(30);
        service.callers(callers);
        service.run(30);

        assertThat(service.run(60)).as("seconds for each, of 0.02 in the service").isLessThan(0.05);
        assertThat(small.limit()).isBetween(30, 80);
        assertThat(small.usual()).isLessThan(25 * MILLIS);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1_530, 1_550, 1_600, 1_700})
    void aSlightOverloadThatLastsDoesNotBecomeUsual(double rate) {
        AdaptiveLimit small = new AdaptiveLimit(3, 10_000);
        SimulatedService service = new SimulatedService(small, 30, 0.02);
        service.run(1_000, 30);
        service.run(rate, 600);

        assertThat(service.run(rate, 60)).as("in time, of 1,500 a second").isGreaterThan(1_350);
    }

    private void judgeBlurred(double millis, boolean held) {
        int quick = millis * MILLIS <= AdaptiveLimit.bound(limit.usual()) ? 100 : 0;
        limit.judge(new Interval(250 * MILLIS, 100, 0, quick, 51, 100 * millis * MILLIS, 1_000, held));
    }

    @Test
    void whereOnlyTheLeastIsKnownNothingIsLearntOfWhatIsUsual() {
        judge(100, 10, false);
        for (int i = 0; i < 100; i++) {
            judgeBlurred(1, false);
            judgeBlurred(25, false);
        }
        assertThat(limit.usual()).isEqualTo(10 * MILLIS);
        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void aServiceIsOverloadedWhereEvenTheLeastIsLong() {
        judge(100, 10, false);
        judgeBlurred(60, false);
        judgeBlurred(60, false);
        assertThat(limit.limit()).isLessThan(1_000);
        int low = limit.limit();

        judgeBlurred(1, true);
        assertThat(limit.limit()).as("it may be quick").isBetween(low + 1, low * 3 / 2 + 1);
    }

    @Test
    void oneServiceWithNoiseIsNeverHeldBack() {
        for (int i = 0; i < 10_000; i++) {
            judge(50, 20 + i * 31 % 29, false);
            assertThat(limit.limit()).isEqualTo(10_000);
        }
    }

    @Test
    void onePauseIsNoOverload() {
        judge(100, 10, false);
        judge(100, 900, false);
        assertThat(limit.limit()).isEqualTo(10_000);
        judge(100, 10, false);
        judge(100, 900, false);

        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void fewSamplesSayNothing() {
        judge(100, 10, false);
        for (int i = 0; i < 100; i++) {
            judge(9, 5_000, false);
        }

        assertThat(limit.limit()).isEqualTo(10_000);
    }

    @Test
    void waitsUntilWhatWasSentUnderTheOldLimitIsAnswered() {
        judge(100, 10, false);
        judge(100, 600, false);

        assertThat(limit.settling()).isZero();
        assertThat(judge(100, 600, false)).isEqualTo(600 * MILLIS);
        assertThat(limit.settling()).isEqualTo(600 * MILLIS);
        assertThat(judge(100, 10, false)).isEqualTo(AdaptiveLimit.INTERVAL);
        assertThat(limit.settling()).isZero();
    }
}
