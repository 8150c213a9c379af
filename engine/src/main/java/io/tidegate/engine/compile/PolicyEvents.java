package io.tidegate.engine.compile;

import io.tidegate.api.Counter;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.Metrics.Registration;
import java.util.concurrent.atomic.LongAdder;

/// How often a policy did something, for as long as it is declared.
final class PolicyEvents implements Counter, AutoCloseable {

    private final LongAdder count = new LongAdder();
    private final Registration registration;

    PolicyEvents(Metrics metrics, String path, String type, String event) {
        registration = metrics.counter("tidegate_policy_events_total",
                "What policies did, by where they are declared, their type and what it was.", count::sum, "policy",
                path, "type", type, "event", event);
    }

    @Override
    public void add() {
        count.increment();
    }

    @Override
    public void close() {
        registration.close();
    }
}
