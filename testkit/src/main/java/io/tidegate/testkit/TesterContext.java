package io.tidegate.testkit;

import io.tidegate.api.Background;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.StateStore;
import io.tidegate.engine.outbound.OutboundHttp;
import io.tidegate.engine.state.MemoryState;
import io.tidegate.engine.worker.BackgroundWork;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// What a policy under test may use beyond the exchange.
record TesterContext(String path, SharedValues values, InstantSource clock) implements PolicyContext {

    @Override
    @SuppressWarnings("unchecked") // a name stands for one type, as in the gateway
    public <T extends AutoCloseable> T shared(String name, Supplier<T> create) {
        return (T) values.byName.computeIfAbsent(name, _ -> create.get());
    }

    @Override
    public StateStore state() {
        return values.state;
    }

    @Override
    public Counter counter(String event) {
        return values.events.computeIfAbsent(event, _ -> new LongAdder())::increment;
    }

    @Override
    public void gauge(String name, DoubleSupplier value) {
        values.gauges.put(name, value);
    }

    @Override
    public Consumers consumers() {
        return values.consumers;
    }

    @Override
    public HttpCaller http(HttpClientConfig settings) {
        return shared("//http/" + settings, () -> new OutboundHttp(settings, values.background));
    }

    @Override
    public Background background() {
        return values.background;
    }

    /// The values that the policies of one tester share, by name.
    static final class SharedValues {

        private static final int MOST_ENTRIES = 10_000;
        private static final long MOST_BYTES = 16L << 20;

        private final Map<String, AutoCloseable> byName = new LinkedHashMap<>();
        private final Map<String, LongAdder> events = new ConcurrentHashMap<>();
        private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
        private final BackgroundWork background = new BackgroundWork();
        private final StateStore state;
        Consumers consumers = Consumers.NONE;

        SharedValues() {
            this(new MemoryState(MOST_ENTRIES, MOST_BYTES));
        }

        SharedValues(StateStore state) {
            this.state = state;
        }

        long count(String event) {
            LongAdder count = events.get(event);
            return count == null ? 0 : count.sum();
        }

        double gauge(String name) {
            DoubleSupplier value = gauges.get(name);
            return value == null ? Double.NaN : value.getAsDouble();
        }

        void close() {
            background.close();
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
