package io.tidegate.bench.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {

    @Test
    void timePassesInTheOrderOfWhatHappens() {
        Simulation time = new Simulation(1);
        StringBuilder seen = new StringBuilder();
        time.at(2, () -> seen.append('c'));
        time.at(1, () -> {
            seen.append('a');
            time.after(0, () -> seen.append('b'));
        });
        time.at(3.5, () -> seen.append('d'));
        time.run(3);
        assertThat(seen).hasToString("abc");
        assertThat(time.now()).isEqualTo(3 * Simulation.SECOND);
    }

    @Test
    void theSameComesOfItEveryTime() {
        Outcome one = Scenarios.flappingEndpoint();
        Outcome other = Scenarios.flappingEndpoint();
        assertThat(Plot.svg(one.axis(), one.panels())).isEqualTo(Plot.svg(other.axis(), other.panels()));
        assertThat(one.figures()).isEqualTo(other.figures());
    }

    @Test
    void aServiceWorksOnAsManyAsItCanAndLosesAllWhenItIsKilled() {
        Simulation time = new Simulation(1);
        SimulatedService service = new SimulatedService(time, 2, 10);
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            service.serve(reply -> seen.append(reply).append(' '));
        }
        assertThat(service.inside()).isEqualTo(5);
        service.up(false);
        service.serve(reply -> seen.append(reply).append(' '));
        time.run(10);
        assertThat(seen).hasToString("RESET RESET RESET RESET RESET REFUSED ");
    }

    @Test
    void aLoopServesWhatIsCriticalAsLongAsThatFitsIn() {
        double[] twice = Scenarios.loop(2, 100);
        assertThat(twice[0]).as("good, of what can be served").isGreaterThan(74);
        assertThat(twice[1]).as("critical requests served, of 100").isGreaterThan(99.9);
        assertThat(twice[2]).as("99 of 100 within, in virtual milliseconds").isLessThan(100);
        assertThat(Scenarios.loop(2, null)[0]).as("where nothing is shed").isLessThan(1);
    }

    @Test
    void axesHaveRoundNumbers() {
        assertThat(Scale.of(List.of(List.of(3.0, 47.0)), false).ticks()).containsExactly(0.0, 20.0, 40.0);
        Scale orders = Scale.of(List.of(List.of(3.0, 470.0)), true);
        assertThat(orders.ticks()).containsExactly(1.0, 10.0, 100.0, 1000.0);
        assertThat(orders.part(1)).isZero();
        assertThat(orders.part(1000)).isEqualTo(1);
        assertThat(Scale.words(1500)).isEqualTo("1,500");
    }
}
