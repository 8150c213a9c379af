package io.tidegate.engine.exchange;

import io.tidegate.engine.wire.NamedFields;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Everything compiled from one configuration. Immutable but for the counts of exchanges that still use it: an exchange
/// keeps the one it began with to its end, and what belongs to it alone is closed when the last one is over.
public final class Snapshot {

    private final long revision;
    private final Set<String> ownFields;
    private final String[] ownNames;
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
    ///            names of header fields that clients have no business to send, as policies of this configuration write
    ///            them
    public Snapshot(long revision, @Nullable ListenerSnapshot[] listeners, Set<String> ownFields,
            List<Worker> workers) {
        this.revision = revision;
        this.ownFields = ownFields.stream().map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.toUnmodifiableSet());
        this.ownNames = this.ownFields.toArray(new String[0]);
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

    /// Takes out of what a client has sent what only policies may write: neither services nor policies see it, and no
    /// route is found by it. For services that take `_` for `-` the two are one name; what a client sends with `_` is
    /// gone already.
    void strip(RequestHead request) {
        for (String name : ownNames) {
            NamedFields.remove(request, name);
        }
    }

    /// The same for what a client has sent behind a body; null where nothing is left.
    @Nullable
    Trailers strip(Trailers behind) {
        return ownNames.length == 0 ? behind : behind.without(ownFields);
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
