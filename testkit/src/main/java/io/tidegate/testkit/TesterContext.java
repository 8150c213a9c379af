package io.tidegate.testkit;

import io.tidegate.api.PolicyContext;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// What a policy under test may use beyond the exchange.
record TesterContext(String path, SharedValues values, InstantSource clock) implements PolicyContext {

    @Override
    @SuppressWarnings("unchecked") // a name stands for one type, as in the gateway
    public <T extends AutoCloseable> T shared(String name, Supplier<T> create) {
        return (T) values.byName.computeIfAbsent(name, _ -> create.get());
    }

    /// The values that the policies of one tester share, by name.
    static final class SharedValues {

        private final Map<String, AutoCloseable> byName = new LinkedHashMap<>();

        void close() {
            for (AutoCloseable value : byName.values()) {
                try {
                    value.close();
                } catch (Exception e) {
                    throw new IllegalStateException("a shared value could not be closed", e);
                }
            }
            byName.clear();
        }
    }
}
