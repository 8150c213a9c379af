package io.tidegate.engine.compile;

import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.Metrics.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/// A value of a policy, for as long as it is declared: over a reload, that of the new one; where the new one comes to
/// nothing, that of the old one again.
final class PolicyValue implements AutoCloseable {

    private final List<DoubleSupplier> values = new CopyOnWriteArrayList<>();
    private final Registration registration;

    PolicyValue(Metrics metrics, String path, String type, String name) {
        registration = metrics.gauge("tidegate_policy_value",
                "Values of policies, by where they are declared, their type and what it is.",
                this::now, "policy", path, "type", type, "name", name);
    }

    void show(DoubleSupplier shown) {
        values.add(shown);
    }

    /// Not any more.
    void hide(DoubleSupplier shown) {
        values.remove(shown);
    }

    private double now() {
        DoubleSupplier shown = null;
        for (DoubleSupplier later : values) {
            shown = later;
        }
        return shown == null ? Double.NaN : shown.getAsDouble();
    }

    @Override
    public void close() {
        registration.close();
    }
}
