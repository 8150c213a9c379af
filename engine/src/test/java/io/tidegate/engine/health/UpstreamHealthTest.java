package io.tidegate.engine.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.config.UpstreamConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who is left out, and for how long.
class UpstreamHealthTest {

    private final ManualTiming timing = new ManualTiming();

    static UpstreamConfig config(String keys, int endpoints) {
        StringBuilder urls = new StringBuilder();
        IntStream.range(0, endpoints).forEach(i -> urls.append("\"http://10.0.0.").append(i).append(":80\", "));
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("test.yaml",
                "upstreams: { b: { endpoints: [\"http://10.1.0.0:80\"] }, a: { endpoints: [" + urls + "]"
                        + (keys.isEmpty() ? "" : ", " + keys) + " } }\n");
        if (!(loaded instanceof Loaded.Accepted accepted)) {
            throw new AssertionError("the configuration was refused: " + loaded);
        }
        return Objects.requireNonNull(accepted.config().upstreams().get("a"));
    }

    private UpstreamHealth health(String keys, int endpoints) {
        return health(keys, endpoints, timing);
    }

    static UpstreamHealth health(String keys, int endpoints, ManualTiming timing) {
        UpstreamConfig config = config(keys, endpoints);
        return new UpstreamHealth("a", config,
                config.endpoints().stream().map(endpoint -> endpoint.url().authority()).toList(), 2, timing);
    }

    static void fail(UpstreamHealth health, int endpoint, int times) {
        for (int i = 0; i < times; i++) {
            health.endpoints().get(endpoint).failed(i % 2);
        }
    }

    private static void refuse(UpstreamHealth health, int endpoint, int times) {
        for (int i = 0; i < times; i++) {
            health.endpoints().get(endpoint).refused(i % 2);
        }
    }

    private static boolean isUsed(UpstreamHealth health, int endpoint) {
        return health.selection().used().contains(endpoint);
    }

    // Errors.

    @Test
    void fiveErrorsInARowOverAllLoopsLeaveAnEndpointOut() {
        UpstreamHealth health = health("", 3);
        fail(health, 0, 4);
        assertThat(isUsed(health, 0)).isTrue();
        health.endpoints().get(0).answered(1, 1);
        fail(health, 0, 4);
        assertThat(isUsed(health, 0)).isTrue();
        fail(health, 0, 1);
        assertThat(isUsed(health, 0)).isFalse();
        assertThat(health.state(health.endpoints().getFirst()).ejected()).isEqualTo("errors");
        assertThat(health.state(health.endpoints().getFirst()).ejectedForMillis()).isEqualTo(10_000);
    }

    @Test
    void itIsLeftOutLongerEachTimeUpToABound() {
        UpstreamHealth health = health("outlierDetection: { ejectFor: 10s, maxEjectFor: 35s }", 3);
        for (long millis : new long[]{10_000, 20_000, 30_000, 35_000, 35_000}) {
            fail(health, 0, 5);
            assertThat(health.state(health.endpoints().getFirst()).ejectedForMillis()).isEqualTo(millis);
            timing.pass(millis - 1);
            assertThat(isUsed(health, 0)).isFalse();
            timing.pass(1);
            assertThat(isUsed(health, 0)).isTrue();
        }
    }

    @Test
    void whoWasWellForLongerThanItWasLeftOutBeginsAnew() {
        UpstreamHealth health = health("", 3);
        fail(health, 0, 5);
        timing.pass(10_000);
        timing.pass(10_000);
        fail(health, 0, 5);
        assertThat(health.state(health.endpoints().getFirst()).ejectedForMillis()).isEqualTo(20_000);
        timing.pass(20_000);
        timing.pass(20_001);
        fail(health, 0, 5);
        assertThat(health.state(health.endpoints().getFirst()).ejectedForMillis()).isEqualTo(10_000);
    }

    @Test
    void noMoreThanTheirShareAreLeftOutAndOfTwoOne() {
        UpstreamHealth five = health("", 5);
        IntStream.range(0, 5).forEach(i -> fail(five, i, 5));
        assertThat(five.selection().used()).containsExactly(2, 3, 4);

        UpstreamHealth two = health("outlierDetection: { maxEjected: 10% }", 2);
        fail(two, 0, 5);
        fail(two, 1, 5);
        assertThat(two.selection().used()).containsExactly(1);

        UpstreamHealth none = health("outlierDetection: { maxEjected: 0% }", 5);
        fail(none, 0, 50);
        assertThat(none.selection().used()).hasSize(5);

        UpstreamHealth one = health("outlierDetection: { maxEjected: 100% }", 1);
        fail(one, 0, 50);
        assertThat(one.selection().used()).containsExactly(0);
    }

    @Test
    void whoMayNotBeLeftOutYetIsOnceThereIsRoom() {
        UpstreamHealth health = health("", 3);
        fail(health, 0, 5);
        fail(health, 1, 5);
        assertThat(isUsed(health, 1)).isTrue();
        timing.pass(10_000);
        fail(health, 1, 5);
        assertThat(isUsed(health, 1)).isFalse();
    }

    @Test
    void nobodyIsLeftOutWhereThatIsOff() {
        UpstreamHealth health = health("outlierDetection: false", 3);
        fail(health, 0, 1000);
        refuse(health, 0, 1000);
        assertThat(isUsed(health, 0)).isTrue();
    }

    // Refused connections.

    @Test
    void thoseThatTakeNoConnectionsAreLeftOutHoweverManyTheyAre() {
        UpstreamHealth health = health("", 4);
        IntStream.range(0, 3).forEach(i -> refuse(health, i, 5));
        assertThat(health.selection().used()).containsExactly(3);
        assertThat(health.selection().panic()).isFalse();

        refuse(health, 3, 5);
        assertThat(health.selection().used()).isEmpty();
        assertThat(health.selection().trials()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void anAnswerBringsBackWhoTookNoConnectionsOnlyWhereNobodyElseIsUsed() {
        UpstreamHealth health = health("", 2);
        refuse(health, 0, 5);
        health.endpoints().get(0).answered(0, 1);
        assertThat(isUsed(health, 0)).as("what was left on connections from before").isFalse();

        refuse(health, 1, 5);
        refuse(health, 0, 1);
        health.endpoints().get(0).answered(0, 1);
        assertThat(health.selection().used()).containsExactly(0);
    }

    @Test
    void whoIsBackFromThatNeedsOnlyOneMoreRefusalUntilItHasAnswered() {
        UpstreamHealth health = health("", 3);
        refuse(health, 0, 5);
        timing.pass(10_000);
        assertThat(isUsed(health, 0)).isTrue();
        refuse(health, 0, 1);
        assertThat(isUsed(health, 0)).isFalse();
        timing.pass(20_000);
        health.endpoints().get(0).answered(0, 1);
        refuse(health, 0, 4);
        assertThat(isUsed(health, 0)).isTrue();
    }

    // Compared with the others.

    private static void count(UpstreamHealth health, int endpoint, int answers, int errors, long nanos) {
        for (int i = 0; i < Math.max(answers, errors); i++) {
            if (i < errors) {
                health.endpoints().get(endpoint).failed(1);
            }
            if (i < answers) {
                health.endpoints().get(endpoint).answered(0, nanos);
            }
        }
    }

    @Test
    void moreErrorsThanTheOthersLeaveAnEndpointOut() {
        UpstreamHealth health = health("outlierDetection: { errorRate: 20%, minRequests: 20 }", 3);
        count(health, 0, 85, 15, 1);
        count(health, 1, 100, 0, 1);
        count(health, 2, 10, 8, 1);
        timing.pass(10_000);
        assertThat(health.selection().used()).as("15 %, and too few to tell").hasSize(3);

        count(health, 0, 50, 50, 1);
        count(health, 1, 100, 5, 1);
        timing.pass(10_000);
        assertThat(health.state(health.endpoints().getFirst()).ejected()).isEqualTo("errorRate");
        assertThat(health.selection().used()).containsExactly(1, 2);
    }

    @Test
    void whoIsManyTimesSlowerThanTheOthersIsLeftOut() {
        UpstreamHealth health = health("outlierDetection: { slowerBy: 3, minRequests: 20 }", 3);
        count(health, 0, 50, 0, 299);
        count(health, 1, 50, 0, 100);
        count(health, 2, 50, 0, 100);
        timing.pass(10_000);
        assertThat(health.selection().used()).hasSize(3);

        count(health, 0, 50, 0, 301);
        count(health, 1, 50, 0, 50);
        count(health, 2, 50, 0, 150);
        timing.pass(10_000);
        assertThat(health.state(health.endpoints().getFirst()).ejected()).isEqualTo("slow");
    }

    // Checks.

    private static void check(UpstreamHealth health, int endpoint, @Nullable String failure, int times) {
        for (int i = 0; i < times; i++) {
            health.checked(health.endpoints().get(endpoint), failure);
        }
    }

    @Test
    void threeFailedChecksInARowTakeAnEndpointOutAndTwoGoodOnesBringItBack() {
        UpstreamHealth health = health("healthCheck: /up", 3);
        check(health, 0, "status 500", 2);
        check(health, 0, null, 1);
        check(health, 0, "status 500", 2);
        assertThat(isUsed(health, 0)).isTrue();
        check(health, 0, "status 503", 1);
        assertThat(isUsed(health, 0)).isFalse();
        assertThat(health.state(health.endpoints().getFirst()).unhealthy()).isEqualTo("status 503");
        check(health, 0, null, 1);
        check(health, 0, "status 500", 1);
        check(health, 0, null, 1);
        assertThat(isUsed(health, 0)).isFalse();
        check(health, 0, null, 1);
        assertThat(isUsed(health, 0)).isTrue();
        assertThat(health.state(health.endpoints().getFirst()).checksPassed()).isEqualTo(4);
        assertThat(health.state(health.endpoints().getFirst()).checksFailed()).isEqualTo(6);
    }

    @Test
    void goodChecksBringBackWhoTookNoConnectionsButNotWhoAnsweredWithErrors() {
        UpstreamHealth health = health("healthCheck: /up", 4);
        refuse(health, 0, 5);
        fail(health, 1, 5);
        check(health, 0, null, 2);
        check(health, 1, null, 20);
        assertThat(health.selection().used()).containsExactly(0, 2, 3);
    }

    @Test
    void belowTheThresholdAllAreUsedButThoseThatTakeNoConnections() {
        UpstreamHealth health = health("healthCheck: /up", 4);
        check(health, 0, "x", 3);
        check(health, 1, "x", 3);
        assertThat(health.selection()).satisfies(half -> {
            assertThat(half.used()).containsExactly(2, 3);
            assertThat(half.panic()).isFalse();
        });
        check(health, 2, "x", 3);
        assertThat(health.selection().used()).containsExactly(0, 1, 2, 3);
        assertThat(health.selection().panic()).isTrue();
        refuse(health, 1, 5);
        assertThat(health.selection().used()).containsExactly(0, 2, 3);
        check(health, 0, null, 2);
        assertThat(health.selection().panic()).isFalse();
    }

    @Test
    void withoutAThresholdTheUnhealthyAreNeverUsed() {
        UpstreamHealth health = health("healthCheck: /up, panicThreshold: 0%", 2);
        check(health, 0, "x", 3);
        assertThat(health.selection().used()).containsExactly(1);
        check(health, 1, "x", 3);
        assertThat(health.selection().used()).isEmpty();
        assertThat(health.selection().trials()).isEmpty();
    }

    // Where there is a fallback.

    @Test
    void whereThereIsAFallbackAllCanBeLeftOutAndOneErrorIsEnoughOnceTheyAreBack() {
        UpstreamHealth health = health("fallback: b", 2);
        fail(health, 0, 5);
        refuse(health, 1, 5);
        assertThat(health.selection().used()).isEmpty();
        assertThat(health.selection().trials()).as("where the fallback is down too").containsExactly(0, 1);
        timing.pass(10_000);
        assertThat(health.selection().used()).containsExactly(0, 1);
        fail(health, 0, 1);
        health.endpoints().get(1).answered(0, 1);
        fail(health, 1, 4);
        assertThat(health.selection().used()).containsExactly(1);
    }

    @Test
    void aFallbackIsUsedRatherThanThoseThatAreUnhealthy() {
        UpstreamHealth health = health("healthCheck: /up, fallback: b", 3);
        check(health, 0, "x", 3);
        check(health, 1, "x", 3);
        assertThat(health.selection().used()).as("one is well").hasSize(3);
        check(health, 2, "x", 3);
        assertThat(health.selection().used()).isEmpty();
        check(health, 2, null, 2);
        assertThat(health.selection().panic()).isTrue();
    }

    // Draining, and what comes after.

    @Test
    void whoIsDrainedIsNotUsedWhateverElseIsTheCase() {
        UpstreamHealth health = health("healthCheck: /up", 2);
        List<Integer> changes = new ArrayList<>();
        health.onChange(() -> changes.add(health.selection().used().size()));
        assertThat(health.drain("10.0.0.0:80", true)).isTrue();
        assertThat(health.drain("10.0.0.0:80", true)).isTrue();
        assertThat(health.drain("10.0.0.9:80", true)).isFalse();
        check(health, 1, "x", 3);
        assertThat(health.selection().used()).as("panic").containsExactly(1);
        assertThat(health.drain("10.0.0.0:80", false)).isTrue();
        assertThat(health.selection().used()).containsExactly(0);
        assertThat(changes).containsExactly(1, 1, 1);
    }

    @Test
    void anUpstreamThatTakesThePlaceOfAnotherKnowsWhatThatKnew() {
        UpstreamHealth before = health("healthCheck: /up", 4);
        before.drain("10.0.0.0:80", true);
        check(before, 1, "x", 3);
        fail(before, 2, 5);
        timing.pass(4_000);
        UpstreamHealth after = health("healthCheck: /up2, panicThreshold: 0%", 5);
        after.takeOver(before);

        assertThat(after.selection().used()).containsExactly(3, 4);
        timing.pass(6_000);
        assertThat(after.selection().used()).containsExactly(2, 3, 4);
        fail(after, 2, 5);
        assertThat(after.state(after.endpoints().get(2)).ejectedForMillis()).isEqualTo(20_000);
        assertThat(after.state(after.endpoints().get(2)).ejections()).containsEntry("errors", 2L);
    }

    // Circuit breakers.

    @Test
    void anEndpointWhoseBreakerIsOpenIsNotUsedEvenWhereFewAreLeft() {
        UpstreamHealth health = health("", 3);
        health.endpoints().get(0).broken(true);
        health.endpoints().get(1).broken(true);
        assertThat(health.selection().used()).containsExactly(2);
        assertThat(health.endpoints().get(0).isUsable()).isFalse();
        health.endpoints().get(2).broken(true);
        assertThat(health.selection().used()).isEmpty();
        assertThat(health.selection().trials()).isEmpty();
        health.endpoints().get(1).broken(false);

        assertThat(health.selection().used()).containsExactly(1);
    }
}
