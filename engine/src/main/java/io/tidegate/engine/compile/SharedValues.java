package io.tidegate.engine.compile;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Values of policies that outlive a reload. Each is closed when the last policy that uses it is.
final class SharedValues {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");

    private final Map<String, Shared> values = new HashMap<>();

    private static final class Shared {
        private final AutoCloseable value;
        private int users;

        Shared(AutoCloseable value) {
            this.value = value;
        }
    }

    /// The value under `name`, made where there is none. [#release] is owed.
    @SuppressWarnings("unchecked") // one name is one kind of value: it holds the type of the policy
    synchronized <T extends AutoCloseable> T acquire(String name, Supplier<T> create) {
        Shared shared = values.computeIfAbsent(name, missing -> new Shared(create.get()));
        shared.users++;
        return (T) shared.value;
    }

    void release(String name) {
        AutoCloseable closed;
        synchronized (this) {
            Shared shared = values.get(name);
            if (shared == null || --shared.users > 0) {
                return;
            }
            values.remove(name);
            closed = shared.value;
        }
        try {
            closed.close();
        } catch (Exception e) {
            LOG.warn("value '{}' of a policy could not be closed", name, e);
        }
    }
}
