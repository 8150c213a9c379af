package io.tidegate.engine.upstream;

import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The connections to services of the whole process. Those that wait to be used again must not take the file
/// descriptors that others need: where there are too many, one of them is closed for each that is opened. Where none
/// waits, since clients of HTTP/2 use many at a time, none is opened.
public final class ServiceConnections {

    /// How many more there may be than are wanted, for as long as it takes another event loop to close one.
    static final int SLACK = 64;

    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    /// By worker.
    private final List<Set<Pool>> pools = new ArrayList<>();

    /// None yet.
    ///
    /// @param most
    ///            how many there may be before idle ones are closed: at least as many as there may be clients, each of
    ///            which uses one at a time by HTTP/1.1
    public ServiceConnections(int most, Workers workers) {
        this.most = most;
        workers.all().forEach(worker -> pools.add(ConcurrentHashMap.newKeySet()));
    }

    void add(Pool pool) {
        pools.get(pool.worker().index()).add(pool);
    }

    void remove(Pool pool) {
        pools.get(pool.worker().index()).remove(pool);
    }

    /// One is about to be opened.
    ///
    /// @return whether it may; [#closed] is owed then
    boolean opening(Worker by) {
        if (open.incrementAndGet() > most && !closeOneIdle(by)) {
            for (Set<Pool> others : pools) {
                others.stream().map(Pool::worker).filter(worker -> worker != by).findAny()
                        .ifPresent(worker -> worker.loop().execute(() -> closeOneIdle(worker)));
            }
        }
        if (open.get() > most + SLACK) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    /// One was closed, or did not come about.
    void closed() {
        open.decrementAndGet();
    }

    /// On the worker's loop.
    private boolean closeOneIdle(Worker worker) {
        return open.get() > most && pools.get(worker.index()).stream().max(Comparator.comparingInt(Pool::idle))
                .filter(Pool::closeOldest).isPresent();
    }
}
