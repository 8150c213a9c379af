package io.tidegate.engine.limit;

import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place at a service, or in the queue for one. Its owner has one for all the requests that it sends one after the
/// other; giving it back where there is nothing to give back does nothing, so that every way out can do it. Confined to
/// its event loop.
///
/// ```
///   none ── ask ──▶ own or shared ── give back ──▶ none
///     │                   ▲
///     └─ ask ─▶ waiting ──┴── too long, or pushed out: refused ──▶ none
/// ```
///
public final class Permit {

    static final List<Criticality> LEAST_FIRST = List.of(Criticality.LOW, Criticality.NORMAL, Criticality.CRITICAL);

    /// What comes of asking.
    public enum Answer {
        /// It may run.
        GRANTED,
        /// It hears later.
        WAITS,
        /// There are too many already.
        REFUSED
    }

    enum State {
        NONE, WAITING, OWN, SHARED
    }

    private final Worker worker;
    private final Runnable granted;
    private final Runnable refused;
    private State state = State.NONE;
    private @Nullable Lane lane;
    private @Nullable Deadline deadline;
    private Criticality criticality = Criticality.NORMAL;
    private long since;

    /// None yet.
    ///
    /// @param granted
    ///            runs once its turn has come after a wait
    /// @param refused
    ///            runs where it has waited for nothing
    public Permit(Worker worker, Runnable granted, Runnable refused) {
        this.worker = worker;
        this.granted = granted;
        this.refused = refused;
    }

    /// Asks for a place.
    public Answer ask(Concurrency of, Criticality how) {
        if (state != State.NONE) {
            throw new IllegalStateException("a place is held already");
        }
        Lane mine = of.lane(worker.index());
        lane = mine;
        criticality = how;
        state = mine.takePlace();
        if (state != State.NONE) {
            return Answer.GRANTED;
        }
        worker.deadlines().refresh();
        since = worker.deadlines().now();
        if (!mine.await(this)) {
            return Answer.REFUSED;
        }
        state = State.WAITING;
        Deadline end = deadline;
        if (end == null) {
            end = new Deadline(this::refuse);
            deadline = end;
        }
        worker.deadlines().set(end, of.waitNanos());
        // One may have been given back by another loop, which saw nobody wait.
        mine.serveLater();
        return Answer.WAITS;
    }

    /// Takes a place, where there is one at once.
    ///
    /// @return whether there was
    public boolean take(Concurrency of) {
        if (state != State.NONE) {
            throw new IllegalStateException("a place is held already");
        }
        lane = of.lane(worker.index());
        state = lane.takePlace();
        return state != State.NONE;
    }

    /// No place is needed, and nothing is to be told of the request.
    public void skip() {
        if (state != State.NONE) {
            throw new IllegalStateException("a place is held already");
        }
        lane = null;
    }

    /// How long answers of the service that was asked last use to take, in nanoseconds; 0 where that is not known.
    public long usualNanos() {
        return lane == null ? 0 : lane.usualNanos();
    }

    Criticality criticality() {
        return criticality;
    }

    long since() {
        return since;
    }

    void grant(State place) {
        state = place;
        end();
        granted.run();
    }

    /// Ends its wait for nothing.
    void refuse() {
        Lane mine = lane;
        if (state == State.WAITING && mine != null) {
            mine.leave(this, true);
            mine.refused();
            state = State.NONE;
            end();
            refused.run();
        }
    }

    private void end() {
        if (deadline != null) {
            worker.deadlines().clear(deadline);
        }
    }

    /// The request that had a place last was answered after so many nanoseconds.
    ///
    /// @param blurred
    ///            whether it took that long at least, and nobody knows whether it took longer
    public void answered(long nanos, boolean blurred) {
        if (lane != null) {
            lane.answered(nanos, blurred);
        }
    }

    /// The request that had a place last was answered with an error after so many nanoseconds.
    public void failed(long nanos) {
        if (lane != null) {
            lane.failed(nanos);
        }
    }

    /// The request that had a place last was given up after so many nanoseconds without an answer.
    public void givenUp(long nanos) {
        if (lane != null) {
            lane.givenUp(nanos);
        }
    }

    /// Gives back what it has, a place or one in the queue.
    public void giveBack() {
        State was = state;
        Lane mine = lane;
        if (was == State.NONE || mine == null) {
            return;
        }
        state = State.NONE;
        switch (was) {
            case OWN -> mine.giveBackOwn();
            case SHARED -> mine.giveBackShared();
            default -> {
                end();
                mine.leave(this, false);
            }
        }
    }

    /// No further request comes.
    public void close() {
        giveBack();
        if (deadline != null) {
            worker.deadlines().remove(deadline);
        }
    }
}
