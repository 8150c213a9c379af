package io.tidegate.engine.upstream;

import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.observe.EndpointCells;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Requests of one event loop that wait for a connection to become free, the first to come first. Touched on that loop
/// only.
final class Waiters {

    /// One of them.
    ///
    /// @param events
    ///            who waits
    /// @param ticket
    ///            what it asked with
    record Waiter(UpstreamEvents events, int ticket, Deadline deadline) {
    }

    private final Pool pool;
    private final Worker worker;
    private final EndpointCells cells;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    /// Read by other loops too.
    private volatile int size;

    Waiters(Pool pool) {
        this.pool = pool;
        this.worker = pool.worker();
        this.cells = pool.cells();
    }

    /// Lets a request wait for so many nanoseconds; then it hears that the service is busy.
    void add(UpstreamEvents events, int ticket, long nanos) {
        Deadline deadline = new Deadline(() -> late(events, ticket));
        waiters.add(new Waiter(events, ticket, deadline));
        size = waiters.size();
        cells.waitBegins();
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, nanos);
    }

    @SuppressWarnings("ReferenceEquality") // one exchange, not an equal one
    private void late(UpstreamEvents events, int ticket) {
        waiters.removeIf(waiter -> waiter.events == events && waiter.ticket == ticket);
        size = waiters.size();
        cells.waitEnds();
        pool.used(-1);
        events.onConnectFailed(UpstreamFaults.BUSY, ticket);
    }

    /// The one that has waited longest, which waits no longer; null where nobody does.
    @Nullable
    Waiter next() {
        Waiter waiter = waiters.poll();
        size = waiters.size();
        if (waiter != null) {
            ends(waiter);
        }
        return waiter;
    }

    /// A request has gone.
    @SuppressWarnings("ReferenceEquality") // one exchange, not an equal one
    void forget(UpstreamEvents events) {
        waiters.removeIf(waiter -> {
            boolean found = waiter.events == events;
            if (found) {
                ends(waiter);
                pool.used(-1);
            }
            return found;
        });
        size = waiters.size();
    }

    private void ends(Waiter waiter) {
        worker.deadlines().remove(waiter.deadline);
        cells.waitEnds();
    }

    /// Whether nobody waits. Any thread may ask.
    boolean isEmpty() {
        return size == 0;
    }
}
