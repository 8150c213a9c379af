package io.tidegate.engine.limit;

import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.worker.Worker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one event loop knows of the requests at a service: those that run, those that wait, and how long they take.
/// Touched on that loop only, where nothing else is said.
///
/// Of those that wait the most critical come first; of those alike the first to come, unless it has waited for half of
/// the time it may: then there is more than can be served, and the last to come has the best chance to be served in
/// time. Where some wait for nothing, only few may ([WaitingLine]).
final class Lane {

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    /// Keeps what two loops write on different cache lines.
    private static final int PAD = 8;
    private static final int OWN = PAD;
    private static final int ANSWERS = PAD + 1;
    private static final int GIVEN_UP = PAD + 2;
    private static final int LATENCY = PAD + 3;
    private static final int HELD = PAD + 4;
    private static final int BLURRED = PAD + 5;
    private static final int QUICK = PAD + 6;
    private static final int CELLS = PAD + 7;

    private final Concurrency all;
    private final Worker worker;
    private final long[] cells = new long[CELLS + PAD];
    /// What was taken of the cells. Touched by one thread at a time, whichever looks at an interval.
    private final long[] taken = new long[CELLS];
    /// By criticality, as declared there.
    private final List<WaitingLine<Permit>> lines = new ArrayList<>();
    private volatile int waiting;
    private boolean serving;

    Lane(Concurrency all, Worker worker) {
        this.all = all;
        this.worker = worker;
        for (int i = 0; i < Criticality.values().length; i++) {
            lines.add(new WaitingLine<>(all.waitNanos()));
        }
    }

    private void add(int cell, long amount) {
        ELEMENT.setOpaque(cells, cell, cells[cell] + amount);
    }

    private long read(int cell) {
        return (long) ELEMENT.getOpaque(cells, cell);
    }

    private long take(int cell) {
        long sum = read(cell);
        long since = sum - taken[cell];
        taken[cell] = sum;
        return since;
    }

    // Places.

    /// Takes a place: one of this loop's, or one that all share.
    Permit.State takePlace() {
        if (cells[OWN] < all.ownLimit()) {
            add(OWN, 1);
            return Permit.State.OWN;
        }
        return all.takeShared() ? Permit.State.SHARED : Permit.State.NONE;
    }

    void giveBackOwn() {
        add(OWN, -1);
        serve();
    }

    void giveBackShared() {
        all.giveBackShared();
        if (waiting > 0) {
            serve();
        } else {
            all.offer();
        }
    }

    // Those that wait.

    /// Lets a request wait.
    ///
    /// @return whether it may
    boolean await(Permit permit) {
        long now = worker.deadlines().now();
        add(HELD, 1);
        all.look(now);
        WaitingLine<Permit> line = lines.get(permit.criticality().ordinal());
        line.makeRoom(all.room(), Permit::refuse);
        if (!all.reserveWait() && !pushesOut(permit)) {
            all.refuses();
            return false;
        }
        line.add(permit, now);
        joined();
        return true;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: this loop
    private void joined() {
        waiting++;
    }

    /// Puts it in the place of one that is less critical.
    private boolean pushesOut(Permit permit) {
        for (Criticality less : Permit.LEAST_FIRST) {
            if (less == permit.criticality()) {
                return false;
            }
            Permit other = lines.get(less.ordinal()).first();
            if (other != null) {
                other.refuse();
                return all.reserveWait();
            }
        }
        return false;
    }

    /// It waits no longer.
    ///
    /// @param inVain
    ///            whether it is turned away, and does not go by itself
    void leave(Permit permit, boolean inVain) {
        WaitingLine<Permit> line = lines.get(permit.criticality().ordinal());
        if (line.remove(permit, inVain, worker.deadlines().now())) {
            left();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: this loop
    private void left() {
        waiting--;
        all.waitEnds();
    }

    void refused() {
        all.refuses();
    }

    /// Gives the places that are free to those that wait.
    void serve() {
        if (serving || waiting == 0) {
            return;
        }
        serving = true;
        try {
            while (waiting > 0) {
                Permit.State place = takePlace();
                if (place == Permit.State.NONE) {
                    return;
                }
                Permit next = next();
                if (next == null) {
                    throw new IllegalStateException("nobody waits");
                }
                next.grant(place);
            }
        } finally {
            serving = false;
        }
    }

    private @Nullable Permit next() {
        for (int i = Permit.LEAST_FIRST.size() - 1; i >= 0; i--) {
            WaitingLine<Permit> line = lines.get(Permit.LEAST_FIRST.get(i).ordinal());
            Permit oldest = line.first();
            if (oldest != null) {
                long now = worker.deadlines().now();
                boolean late = now - oldest.since() > all.waitNanos() / 2;
                Permit next = late ? line.takeLast(now) : line.takeFirst(now);
                left();
                return next;
            }
        }
        return null;
    }

    /// From another loop: places may have become free.
    void serveLater() {
        worker.loop().execute(() -> {
            serve();
            if (waiting == 0) {
                // It was for nobody here: another loop may have it.
                all.offer();
            }
        });
    }

    /// Any thread may ask.
    boolean hasWaiting() {
        return waiting > 0;
    }

    // How long they take.

    void answered(long nanos, boolean blurred) {
        add(ANSWERS, 1);
        if (nanos <= AdaptiveLimit.bound((double) all.usualNanos())) {
            add(QUICK, 1);
        }
        if (blurred) {
            add(BLURRED, 1);
        }
        add(LATENCY, nanos);
        all.look(worker.deadlines().now());
    }

    void givenUp(long nanos) {
        if (nanos > all.usualNanos()) {
            add(GIVEN_UP, 1);
            add(LATENCY, nanos);
            all.look(worker.deadlines().now());
        }
    }

    /// An error, which tells something only where it took longer than answers do.
    void failed(long nanos) {
        if (all.usualNanos() > 0) {
            givenUp(nanos);
        }
    }

    long usualNanos() {
        return all.usualNanos();
    }

    // From the thread that looks at an interval.

    long samples() {
        return read(ANSWERS) - taken[ANSWERS] + read(GIVEN_UP) - taken[GIVEN_UP];
    }

    long takeAnswers() {
        return take(ANSWERS);
    }

    long takeGivenUp() {
        return take(GIVEN_UP);
    }

    long takeQuick() {
        return take(QUICK);
    }

    long takeBlurred() {
        return take(BLURRED);
    }

    double takeLatency() {
        return take(LATENCY);
    }

    long takeHeld() {
        return take(HELD);
    }

    /// Any thread may ask.
    int own() {
        return (int) read(OWN);
    }
}
