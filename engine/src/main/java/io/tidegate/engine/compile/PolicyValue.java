package io.tidegate.engine.compile;

import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.Metrics.Registration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// A value of a policy, for as long as it is declared: over a reload, that of the new one.
final class PolicyValue implements AutoCloseable {

    private final AtomicReference<@Nullable DoubleSupplier> value = new AtomicReference<>();
    private final Registration registration;

    PolicyValue(Metrics metrics, String path, String type, String name) {
        registration = metrics.gauge("tidegate_policy_value",
                "Values of policies, by where they are declared, their type and what it is.",
                this::now, "policy", path, "type", type, "name", name);
    }

    void show(DoubleSupplier shown) {
        value.set(shown);
    }

    /// Not any more, unless another one is shown by now.
    void hide(DoubleSupplier shown) {
        value.compareAndSet(shown, null);
    }

    private double now() {
        DoubleSupplier shown = value.get();
        return shown == null ? Double.NaN : shown.getAsDouble();
    }

    @Override
    public void close() {
        registration.close();
    }
}
