package io.tidegate.engine.exchange;

import io.tidegate.engine.worker.Worker;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Everything compiled from one configuration. Immutable but for the counts of exchanges that still use it: an exchange
/// keeps the one it began with to its end, and what belongs to it alone is closed when the last one is over.
public final class Snapshot {

    private final long revision;
    private final OwnFields ownFields;
    private final @Nullable ListenerSnapshot[] listeners;
    private final List<Worker> workers;
    private @Nullable Runnable close;
    /// Exchanges running, by worker; each is written by its own worker only.
    private final Count[] counts;
    private final AtomicInteger workersLeft;

    /// A worker's count, padded so that two workers never share a line of the cache.
    private static final class Count {
        private int running;
        private boolean retired;
        @SuppressWarnings("unused") // keeps the neighbours apart
        private long a, b, c, d, e, f, g;
    }

    /// A snapshot.
    ///
    /// @param listeners
    ///            by slot; null where a slot is not in use
    /// @param ownFields
    ///            what is taken out of what clients send
    public Snapshot(long revision, @Nullable ListenerSnapshot[] listeners, OwnFields ownFields, List<Worker> workers) {
        this.revision = revision;
        this.ownFields = ownFields;
        this.listeners = listeners;
        this.workers = workers;
        this.counts = new Count[workers.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new Count();
        }
        this.workersLeft = new AtomicInteger(counts.length);
    }

    /// Counts up from 1.
    public long revision() {
        return revision;
    }

    /// What is served on the listener in this slot, or null where it is not declared any more.
    public @Nullable ListenerSnapshot listener(int slot) {
        return slot < listeners.length ? listeners[slot] : null;
    }

    /// What only policies may write.
    OwnFields ownFields() {
        return ownFields;
    }

    /// Something begins that uses it, on this worker's loop; [#leave] is owed then.
    public void enter(Worker worker) {
        counts[worker.index()].running++;
    }

    /// It is over.
    public void leave(Worker worker) {
        Count count = counts[worker.index()];
        if (--count.running == 0 && count.retired) {
            workerDone(worker);
        }
    }

    /// Exchanges of a worker that use it, as that worker knows.
    int running(Worker worker) {
        return counts[worker.index()].running;
    }

    /// No new exchange takes it any more.
    void retire(Runnable whenUnused) {
        close = whenUnused;
        for (Worker worker : workers) {
            worker.loop().execute(() -> {
                Count count = counts[worker.index()];
                count.retired = true;
                if (count.running == 0) {
                    workerDone(worker);
                }
            });
        }
    }

    private void workerDone(Worker worker) {
        counts[worker.index()].retired = false;
        Runnable action = close;
        if (workersLeft.decrementAndGet() == 0 && action != null) {
            worker.offloadAlways(action);
        }
    }
}
