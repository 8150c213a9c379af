package io.tidegate.engine.exchange;

import io.tidegate.config.HedgeConfig;
import io.tidegate.engine.worker.Deadlines;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.util.List;

/// When requests of a route are sent a second time before the first is answered, compiled.
public final class Hedge {

    private final long after;
    private final long least;
    private final List<Latencies> latencies;

    /// One that knows of no request yet.
    public Hedge(HedgeConfig config, Workers workers) {
        after = config.after() == null ? -1 : config.after().toNanos();
        least = config.least().toNanos();
        latencies = workers.all().stream().map(worker -> new Latencies(config.percentile(), System.nanoTime()))
                .toList();
    }

    /// How long the first is waited for, in nanoseconds; [Long#MAX_VALUE] where too little is known.
    long waitNanos(Worker worker) {
        if (after >= 0) {
            return after;
        }
        return Math.max(least, latencies.get(worker.index()).nanos(worker.deadlines().now()));
    }

    /// A try took so long to its answer, or until it was given up.
    void took(Worker worker, long nanos) {
        if (after < 0) {
            Deadlines clock = worker.deadlines();
            latencies.get(worker.index()).took(nanos, clock.now());
        }
    }
}
