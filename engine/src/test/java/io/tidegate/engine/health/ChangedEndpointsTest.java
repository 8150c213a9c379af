package io.tidegate.engine.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.health.UpstreamHealth.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is known of endpoints while others take the place of some.
class ChangedEndpointsTest {

    private final ManualTiming timing = new ManualTiming();

    @Test
    void anEndpointThatStaysKeepsWhatIsKnownOfIt() {
        UpstreamHealth health = UpstreamHealthTest.health("", 2, timing);
        EndpointHealth stays = health.endpoints().get(1);
        UpstreamHealthTest.fail(health, 1, 5);
        EndpointHealth comes = health.made("10.0.0.9:80");
        health.replace(List.of(new Member(comes, 0), new Member(stays, 0)), () -> {});
        assertThat(health.states()).extracting(EndpointState::endpoint).containsExactly("10.0.0.9:80", "10.0.0.1:80");
        assertThat(health.states().get(1).ejected()).isEqualTo("errors");
        assertThat(health.selection().used()).containsExactly(0);
    }

    @Test
    void whatComesOfRequestsToAnEndpointThatIsGoneChangesNothing() {
        UpstreamHealth health = UpstreamHealthTest.health("healthCheck: { path: /, unhealthyAfter: 1 }", 2, timing);
        EndpointHealth stays = health.endpoints().getFirst();
        EndpointHealth goes = health.endpoints().get(1);
        UpstreamHealthTest.fail(health, 1, 5);
        health.replace(List.of(new Member(stays, 0)), () -> {});
        List<Selection> changes = new ArrayList<>();
        health.onChange(() -> changes.add(health.selection()));
        timing.pass(60_000);
        IntStream.range(0, 10).forEach(i -> goes.failed(0));
        IntStream.range(0, 10).forEach(i -> goes.refused(0));
        health.checked(goes, "status 503");
        goes.answered(0, 1);
        assertThat(changes).isEmpty();
        assertThat(health.selection().used()).containsExactly(0);
    }

    @Test
    void endpointsOfAHigherTierAreUsedWhileTooFewOfALowerOneAreWell() {
        UpstreamHealth health = UpstreamHealthTest.health("outlierDetection: { maxEjected: 100% }", 3, timing);
        List<EndpointHealth> all = health.endpoints();
        health.replace(List.of(new Member(all.get(0), 0), new Member(all.get(1), 7), new Member(all.get(2), 0)),
                () -> {});
        assertThat(health.selection().used()).containsExactly(0, 2);
        UpstreamHealthTest.fail(health, 0, 5);
        assertThat(health.selection().used()).containsExactly(2);
        UpstreamHealthTest.fail(health, 2, 5);
        assertThat(health.selection().used()).containsExactly(1);
        UpstreamHealthTest.fail(health, 1, 5);
        assertThat(health.selection().used()).containsExactly(0, 1, 2);
        assertThat(health.selection().panic()).isTrue();
    }
}
