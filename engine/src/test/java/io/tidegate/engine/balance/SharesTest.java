package io.tidegate.engine.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What falls to whom: to sides of a split, to zones, to endpoints that have just begun, and to gateways.
class SharesTest {

    private static final int KEYS = 20_000;

    private static long key(int number) {
        return KeyHash.of("client-" + number);
    }

    @Test
    void aSplitGivesEachSideItsShare() {
        Split split = new Split(List.of("stable", "canary"), List.of(95, 5));
        long canaries = IntStream.range(0, KEYS).filter(i -> split.side(key(i)) == 1).count();
        // Six standard deviations.
        assertThat(canaries).isBetween(KEYS / 20 - 185L, KEYS / 20 + 185L);
    }

    @Test
    void aLargerShareKeepsWhomItHas() {
        Split small = new Split(List.of("stable", "old", "canary"), List.of(80, 15, 5));
        Split large = new Split(List.of("canary", "old", "stable"), List.of(25, 15, 60));
        String[] first = {"stable", "old", "canary"};
        String[] then = {"canary", "old", "stable"};
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            String before = first[small.side(key(i))];
            String after = then[large.side(key(i))];
            if (before.equals("canary")) {
                assertThat(after).isEqualTo("canary");
            }
            moved += before.equals(after) ? 0 : 1;
        }
        assertThat(moved).as("about a fifth has to move, from one to the other").isLessThan(KEYS * 27 / 100);
    }

    @Test
    void requestsStayInTheirZoneWhileItIsWell() {
        assertThat(Zones.share(10, 10, 0.7)).isEqualTo(1);
        assertThat(Zones.share(7, 10, 0.7)).isEqualTo(1);
        assertThat(Zones.share(5, 10, 0.7)).isBetween(0.714, 0.715);
        assertThat(Zones.share(0, 10, 0.7)).isZero();
        assertThat(Zones.share(0, 0, 0.7)).as("no endpoint in the zone").isZero();
        assertThat(Zones.share(1, 10, 0)).as("never spills while one is left").isEqualTo(1);
    }

    @Test
    void aLargerShareOfKeysHoldsTheSmallerOne() {
        long within = IntStream.range(0, KEYS).filter(i -> KeyHash.isWithin(key(i), 0.3)).count();
        assertThat(within).isBetween(KEYS * 3 / 10 - 400L, KEYS * 3 / 10 + 400L);
        assertThat(IntStream.range(0, KEYS).filter(i -> KeyHash.isWithin(key(i), 0.3)))
                .allMatch(i -> KeyHash.isWithin(key(i), 0.5));
    }

    @Test
    void whoBeginsGetsATenthAndThenMore() {
        SlowStart start = new SlowStart(1_000);
        assertThat(start.part("new", 0)).as("nothing is known of it").isEqualTo(1);
        start.begins("new", 10_000);
        assertThat(start.part("new", 10_000)).isEqualTo(0.1);
        assertThat(start.part("new", 10_500)).isEqualTo(0.5);
        assertThat(start.isUnderWay(10_999)).isTrue();
        assertThat(start.part("new", 11_000)).isEqualTo(1);
        assertThat(start.isUnderWay(11_000)).isFalse();
        assertThat(SlowStart.weights(new int[]{2, 2, 1}, new double[]{1, 0.1, 0.5})).containsExactly(200, 20, 50);
        int[] many = new int[20_000];
        Arrays.fill(many, 1_000);
        double[] parts = new double[many.length];
        Arrays.fill(parts, 1);
        assertThat(IntStream.of(SlowStart.weights(many, parts)).asLongStream().sum()).isLessThan(Integer.MAX_VALUE);
    }

    private static List<String> endpoints(int count) {
        return IntStream.range(0, count).mapToObj(i -> "http://10.0." + i / 250 + '.' + i % 250 + ":80").toList();
    }

    @Test
    void numberedGatewaysUseAllEndpointsEvenly() {
        List<String> all = endpoints(100);
        Map<String, Integer> uses = new HashMap<>();
        for (int gateway = 0; gateway < 50; gateway++) {
            List<String> part = Subset.of(all, 20, "gateway-" + gateway);
            assertThat(part).hasSize(20).doesNotHaveDuplicates();
            part.forEach(name -> uses.merge(name, 1, Integer::sum));
        }
        assertThat(uses).hasSize(100);
        assertThat(uses.values()).allMatch(count -> count == 10);
    }

    @Test
    void fiveGatewaysLeaveNoEndpointOut() {
        List<String> all = endpoints(93);
        Map<String, Integer> uses = new HashMap<>();
        for (int gateway = 0; gateway < 5; gateway++) {
            Subset.of(all, 20, "gateway-" + gateway).forEach(name -> uses.merge(name, 1, Integer::sum));
        }
        assertThat(uses).hasSize(93);
        assertThat(uses.values()).allMatch(count -> count <= 2);
    }

    @Test
    void aSubsetDependsOnNothingButTheGateway() {
        List<String> all = endpoints(100);
        assertThat(Subset.of(all, 20, "edge")).isEqualTo(Subset.of(all, 20, "edge"))
                .isNotEqualTo(Subset.of(all, 20, "other"));
        assertThat(Subset.of(all, 20, "edge")).containsExactlyInAnyOrderElementsOf(
                Subset.of(all.reversed(), 20, "edge"));
        assertThat(Subset.of(all, 100, "edge")).isEqualTo(all);
    }

    @Test
    void anEndpointThatGoesMovesFewOthers() {
        List<String> all = endpoints(100);
        for (int gateway = 0; gateway < 5; gateway++) {
            List<String> before = Subset.of(all, 20, "gateway-" + gateway);
            List<String> after = Subset.of(all.subList(0, 99), 20, "gateway-" + gateway);
            assertThat(after.stream().filter(name -> !before.contains(name)).count()).isLessThanOrEqualTo(2);
        }
    }
}
