package io.tidegate.engine.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which key goes to which candidate, and which keys move.
class HashRingTest {

    private static final int KEYS = 20_000;

    private static final class One implements Candidate {

        private int active;

        @Override
        public int active() {
            return active;
        }

        @Override
        public double latency(int worker) {
            return 0;
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Named(List<String> names, int[] weights) {

        static Named even(int count) {
            return new Named(IntStream.range(0, count).mapToObj(i -> "10.0.0." + i + ":80").toList(),
                    IntStream.range(0, count).map(i -> 1).toArray());
        }

        HashRing ring(double factor, List<One> candidates, int... used) {
            double[] parts = new double[used.length];
            Arrays.fill(parts, 1);
            return new HashRing(new RingPoints(names, weights), candidates, used,
                    IntStream.of(used).map(i -> weights[i]).toArray(), parts, factor);
        }

        HashRing ring(int... used) {
            return ring(0, IntStream.of(used).mapToObj(i -> new One()).toList(), used);
        }

        HashRing whole() {
            return ring(IntStream.range(0, weights.length).toArray());
        }
    }

    private static long key(int number) {
        return KeyHash.of("user-" + number);
    }

    private static int[] counts(HashRing ring, int candidates) {
        int[] counts = new int[candidates];
        for (int i = 0; i < KEYS; i++) {
            counts[ring.choose(key(i), -1)]++;
        }
        return counts;
    }

    @Test
    void everybodyGetsAboutHisShareOfTheKeys() {
        int[] counts = counts(Named.even(10).whole(), 10);
        assertThat(IntStream.of(counts).min().orElse(0)).isGreaterThan(KEYS / 10 * 65 / 100);
        assertThat(IntStream.of(counts).max().orElse(0)).isLessThan(KEYS / 10 * 135 / 100);
    }

    @Test
    void weightsAreRespected() {
        int[] counts = counts(new Named(List.of("a", "b", "c"), new int[]{1, 2, 5}).whole(), 3);
        assertThat(counts[0]).isBetween(KEYS / 8 * 60 / 100, KEYS / 8 * 140 / 100);
        assertThat(counts[2]).isBetween(KEYS * 5 / 8 * 80 / 100, KEYS * 5 / 8 * 120 / 100);
    }

    /// For many lists at random, with weights: whoever comes takes keys for himself and moves no others; whoever goes
    /// gives his own away and no others.
    @Test
    void onlyTheShareOfWhoeverComesOrGoesMoves() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 30; round++) {
            int count = 2 + random.nextInt(12);
            // The greatest weight is there from the beginning: it is what points are measured by.
            Set<String> different = new HashSet<>();
            while (different.size() < count) {
                different.add("host-" + random.nextInt(10_000) + ":80");
            }
            List<String> names = new ArrayList<>(different);
            int[] weights = IntStream.range(0, count).map(i -> i == 0 ? 8 : 1 + random.nextInt(8)).toArray();
            int newcomer = count - 1;
            HashRing before = new Named(names.subList(0, newcomer), Arrays.copyOf(weights, newcomer)).whole();
            HashRing after = new Named(names, weights).whole();
            int moved = 0;
            int sample = 3_000;
            for (int i = 0; i < sample; i++) {
                int was = before.choose(key(i), -1);
                int is = after.choose(key(i), -1);
                if (was != is) {
                    assertThat(is).as("key %s in round %s", i, round).isEqualTo(newcomer);
                    moved++;
                }
            }
            double share = (double) weights[newcomer] / IntStream.of(weights).sum();
            assertThat((double) moved / sample).as("round %s", round).isBetween(share * 0.5, share * 1.6);
        }
    }

    @Test
    void whoIsLeftOutForAWhileGetsTheSameKeysBack() {
        Named all = Named.even(4);
        HashRing whole = all.whole();
        HashRing without = all.ring(0, 1, 3);
        int[] names = {0, 1, 3};
        for (int i = 0; i < 2_000; i++) {
            int home = whole.choose(key(i), -1);
            int now = names[without.choose(key(i), -1)];
            assertThat(now).isEqualTo(home == 2 ? now : home).isNotEqualTo(2);
        }
    }

    @Test
    void aRepeatGoesToTheOneThatWouldHaveTheKeyWithoutTheFirst() {
        Named all = Named.even(5);
        HashRing whole = all.whole();
        for (int i = 0; i < 500; i++) {
            int home = whole.choose(key(i), -1);
            int[] others = IntStream.range(0, 5).filter(each -> each != home).toArray();
            int second = whole.choose(key(i), home);
            assertThat(second).isEqualTo(others[all.ring(others).choose(key(i), -1)]);
            assertThat(whole.choose(key(i), second)).as("the third").isNotIn(home, second);
        }
    }

    /// Requests that all have the same key never end, and come one after the other.
    @Test
    void nobodyGetsMoreThanItsBound() {
        Named all = new Named(List.of("a", "b", "c", "d"), new int[]{1, 1, 1, 2});
        List<One> candidates = IntStream.range(0, 4).mapToObj(i -> new One()).toList();
        HashRing ring = all.ring(1.25, candidates, 0, 1, 2, 3);
        long hash = key(1);
        for (int total = 1; total <= 1_000; total++) {
            int chosen = ring.choose(hash, -1);
            One one = candidates.get(chosen);
            one.active++;
            double fair = total * all.weights()[chosen] / 5.0;
            assertThat(one.active).as("of %s", total).isLessThanOrEqualTo((int) Math.ceil(1.25 * fair));
        }
        int[] running = candidates.stream().mapToInt(One::active).toArray();
        assertThat(IntStream.of(running).sum()).isEqualTo(1_000);
        assertThat(IntStream.of(running).filter(each -> each > 0).count()).as("who bear a part of it").isGreaterThan(2);
        assertThat(ring.home(hash)).isEqualTo(all.whole().choose(hash, -1));
    }

    @Test
    void whoGrowsGetsMoreAndMoreOfItsKeysAndNoOthers() {
        Named all = Named.even(4);
        HashRing whole = all.whole();
        RingPoints points = new RingPoints(all.names(), all.weights());
        List<One> candidates = IntStream.range(0, 4).mapToObj(i -> new One()).toList();
        Set<Integer> before = Set.of();
        for (double part : new double[]{0.1, 0.4, 0.7, 1}) {
            HashRing growing = new HashRing(points, candidates, new int[]{0, 1, 2, 3}, all.weights(),
                    new double[]{1, 1, 1, part}, 0);
            Set<Integer> keys = new HashSet<>();
            for (int i = 0; i < 4_000; i++) {
                int chosen = growing.choose(key(i), -1);
                if (chosen == 3) {
                    keys.add(i);
                }
            }
            assertThat(keys).containsAll(before).hasSizeGreaterThan(before.size());
            assertThat(keys).allMatch(key -> whole.choose(key(key), -1) == 3);
            before = keys;
        }
    }
}
