package io.tidegate.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.observe.Metrics;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/// Values of policies in metrics.
class PolicyValueTest {

    private final Metrics metrics = new Metrics(1, new Metrics.BuildInfo("test", "any"));

    private String shown() {
        return metrics.text().lines().filter(line -> line.startsWith("tidegate_policy_value{"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1)).findFirst().orElse("nothing");
    }

    @Test
    void aConfigurationThatIsRefusedTakesNoValueFromTheOneThatRuns() {
        DoubleSupplier running = () -> 1.5;
        DoubleSupplier refused = () -> 2.5;
        try (PolicyValue value = new PolicyValue(metrics, "routes.a.policies[0]", "jwt", "keys_age_seconds")) {
            value.show(running);
            value.show(refused);
            assertThat(shown()).isEqualTo("2.5");

            value.hide(refused);
            assertThat(shown()).isEqualTo("1.5");

            value.show(refused);
            value.hide(running);
            assertThat(shown()).isEqualTo("2.5");
        }
        assertThat(shown()).isEqualTo("nothing");
    }
}
