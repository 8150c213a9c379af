package io.tidegate.engine.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Who is chosen how often.
class BalancersTest {

    private static final int DRAWS = 60_000;

    record One(int active, double latency) implements Candidate {

        One(int active) {
            this(active, 0);
        }

        @Override
        public double latency(int worker) {
            return latency;
        }
    }

    private static LeastRequests least(int[] weights, int... active) {
        return new LeastRequests(IntStream.of(active).mapToObj(One::new).toList(), weights);
    }

    private static PeakEwma peak(One... candidates) {
        return new PeakEwma(List.of(candidates), IntStream.of(new int[candidates.length]).map(any -> 1).toArray());
    }

    private static int[] weights(int... weights) {
        return weights;
    }

    private static int[] counts(Balancer balancer, int candidates) {
        SplittableRandom random = new SplittableRandom(7);
        int[] counts = new int[candidates];
        for (int i = 0; i < DRAWS; i++) {
            counts[balancer.choose(0, random)]++;
        }
        return counts;
    }

    @Test
    void atRandomEachGetsItsShare() {
        // Eight standard deviations or more.
        int[] counts = counts(Balancer.random(weights(1, 2, 3)), 3);
        assertThat(counts[0]).isBetween(9_250, 10_750);
        assertThat(counts[1]).isBetween(19_050, 20_950);
        int[] even = counts(Balancer.random(weights(5, 5, 5)), 3);
        assertThat(even[0]).isBetween(19_050, 20_950);
    }

    @Test
    void inTurnIsEvenlySpreadAndByLoop() {
        RoundRobin balancer = new RoundRobin(weights(2, 1), 2);
        SplittableRandom random = new SplittableRandom();
        int[] picks = IntStream.range(0, 6).map(i -> balancer.choose(0, random)).toArray();
        assertThat(picks).containsExactly(0, 1, 0, 0, 1, 0);
        assertThat(balancer.choose(1, random)).as("another loop begins for itself").isZero();
    }

    @Test
    void theLessBusyOfTwoIsChosen() {
        int[] counts = counts(least(weights(1, 1), 9, 0), 2);
        assertThat(counts[0]).as("nobody is drawn twice").isZero();
    }

    @Test
    void ofThreeTheBusyOneGetsNothingWhileOthersAreIdle() {
        int[] counts = counts(least(weights(1, 1, 1), 1, 0, 0), 3);
        assertThat(counts[0]).isZero();
        assertThat(counts[1]).isBetween(DRAWS / 2 - 1_000, DRAWS / 2 + 1_000);
        int[] unequal = counts(least(weights(2, 1, 1), 2, 0, 0), 3);
        assertThat(unequal[0]).isZero();
    }

    @Test
    void idleOnesAreAskedByTheirWeights() {
        int[] least = counts(least(weights(1, 2, 3), 0, 0, 0), 3);
        assertThat(least[0]).isBetween(9_250, 10_750);
        assertThat(least[1]).isBetween(19_050, 20_950);
        int[] peak = counts(new PeakEwma(List.of(new One(0, 1e6), new One(0, 1e6), new One(0, 1e6)),
                weights(1, 2, 3)), 3);
        assertThat(peak[0]).isBetween(9_250, 10_750);
        assertThat(peak[1]).isBetween(19_050, 20_950);
    }

    @Test
    void busyMeansForItsWeight() {
        int[] counts = counts(least(weights(10, 1), 9, 1), 2);
        assertThat(counts[1]).as("one request is more for it than nine for the other").isZero();
        int[] other = counts(least(weights(10, 1), 11, 0), 2);
        assertThat(other[0]).as("eleven are more for it than one for the other").isZero();
    }

    @Test
    void whoIsExpectedToAnswerSoonerIsChosen() {
        int[] slow = counts(peak(new One(0, 20e6), new One(3, 1e6)), 2);
        assertThat(slow[0]).as("one after nothing at 20 ms is later than one after three at 1 ms").isZero();
        int[] busy = counts(peak(new One(0, 20e6), new One(30, 1e6)), 2);
        assertThat(busy[1]).isZero();
    }

    @Test
    void whoIsNotKnownIsAskedOnceUntilItAnswers() {
        int[] idle = counts(peak(new One(0, 0), new One(0, 1e6)), 2);
        assertThat(idle[1]).isZero();
        int[] asked = counts(peak(new One(1, 0), new One(0, 1e6)), 2);
        assertThat(asked[0]).isZero();
    }

    @Test
    void slowAnswersCountAtOnceAndAreForgottenSlowly() {
        Latency latency = new Latency();
        assertThat(latency.expected(0)).isZero();
        long second = 1_000_000_000L;
        latency.took(0, 100);
        latency.took(second, 5_000);
        assertThat(latency.expected(second)).isEqualTo(5_000);
        latency.took(second, 100);
        assertThat(latency.expected(second)).as("at the same moment").isEqualTo(5_000);
        latency.took(11 * second, 100);
        assertThat(latency.expected(11 * second)).isBetween(1_850.0, 1_950.0);
        assertThat(latency.expected(21 * second)).as("not asked for ten seconds").isBetween(680.0, 720.0);
    }
}
