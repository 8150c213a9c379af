package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.breaker.Breaker;
import io.tidegate.engine.limit.Concurrency;
import io.tidegate.engine.limit.Permit;
import io.tidegate.engine.upstream.Caller;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Deadlines;
import io.tidegate.engine.worker.OwnDelay;
import io.tidegate.engine.worker.Worker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What one try after the other has to be let through by, and owes for it: a place among those that run at the
/// upstream, passes of circuit breakers, and one verdict of what came of it. Reused from request to request.
///
/// The verdict comes with the end of a response, since one that breaks off is none; of a stream without an end in sight
/// it comes with its head, and its place is given back then.
final class Passage {

    /// How often another endpoint is looked for where one lets nothing through.
    private static final int MOST_CHOICES = 4;
    private static final int SERVER_ERROR = 500;
    private static final int NO_GRPC = -1;
    private static final long UNKNOWN = 0;
    /// A call that ends within this of its head was no stream.
    private static final long ONE_ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Worker worker;
    private final Deadlines deadlines;
    private final OwnDelay own;
    private final RequestSide request;
    private final Permit permit;
    private @Nullable Endpoint endpoint;
    private @Nullable Breaker closed;
    private int endpointPass;
    private int upstreamPass;
    private boolean owed;
    /// Whether it is a stream for as long as its route says so, and whether it is a call of gRPC, which may be one.
    private boolean streaming;
    private boolean call;
    private boolean answered;
    private long begunAt;
    private long headAt;
    /// From the end of the request to the head of the response, in nanoseconds, at least; [#UNKNOWN] where that was not
    /// waited for.
    private long took;
    /// The same as it is told to the limit, and whether that is only the least that it may have been.
    private long told;
    private boolean blurred;
    private int status;
    private long firstByte;

    /// @param granted
    ///            runs once a place has become free, and before that [#asks] has said that it would be waited for
    /// @param refused
    ///            runs where none has in time
    Passage(Worker worker, RequestSide request, Runnable granted, Runnable refused) {
        this.worker = worker;
        this.deadlines = worker.deadlines();
        this.own = worker.pressure().ownDelay();
        this.request = request;
        this.permit = new Permit(worker, granted, refused);
    }

    // The way in.

    /// The first of an upstream, its fallback and so on that can be used and whose breaker lets requests through; one
    /// that can't be used where none can; null where all breakers are open.
    @Nullable
    Upstream wayTo(Upstream first) {
        Upstream unused = null;
        closed = null;
        for (Upstream at = first; at != null; at = at.fallback()) {
            if (!at.admits()) {
                closed = closed == null ? at.breaker() : closed;
            } else if (at.isUsed()) {
                return at;
            } else if (unused == null) {
                unused = at;
            }
        }
        return unused;
    }

    /// Asks for a place among those that run.
    Permit.Answer asks(Upstream upstream, Criticality criticality) {
        Concurrency bound = upstream.concurrency();
        if (bound == null) {
            permit.skip();
            return Permit.Answer.GRANTED;
        }
        return permit.ask(bound, criticality);
    }

    /// Takes a place among those that run, where there is one at once.
    boolean takes(Upstream upstream) {
        Concurrency bound = upstream.concurrency();
        if (bound == null) {
            permit.skip();
            return true;
        }
        return permit.take(bound);
    }

    /// Chooses an endpoint that lets the try through; null where there is none.
    @Nullable
    Endpoint choose(Upstream from, Caller caller, @Nullable Endpoint before) {
        Endpoint other = before;
        closed = null;
        for (int i = 0; i < MOST_CHOICES; i++) {
            Endpoint chosen = from.pick(worker, caller, other);
            if (chosen == null) {
                return null;
            }
            if (passes(chosen)) {
                return chosen;
            }
            other = chosen;
        }
        return null;
    }

    private boolean passes(Endpoint chosen) {
        Breaker own = chosen.breaker();
        Breaker all = chosen.upstream().breaker();
        endpointPass = own == null ? 0 : own.enter();
        if (own != null && endpointPass == Breaker.REFUSED) {
            closed = own;
            return false;
        }
        upstreamPass = all == null ? 0 : all.enter();
        if (all != null && upstreamPass == Breaker.REFUSED) {
            closed = all;
            if (own != null) {
                own.left(endpointPass);
            }
            return false;
        }
        return true;
    }

    /// Whether a breaker is why there was no way; and in how many seconds there may be one.
    boolean isClosed() {
        return closed != null;
    }

    /// Counts the request as turned away by a breaker.
    ///
    /// @return in how many seconds there may be a way
    long turnsAway() {
        Breaker by = closed;
        if (by == null) {
            return 1;
        }
        by.turnedAway();
        return by.retryAfterSeconds();
    }

    /// A try begins.
    void begins(Endpoint chosen, boolean isStreaming, boolean isCall) {
        endpoint = chosen;
        streaming = isStreaming;
        call = isCall;
        owed = true;
        answered = false;
        took = UNKNOWN;
        begunAt = deadlines.now();
    }

    // What comes of it.

    /// The head of a response.
    ///
    /// @param nanos
    ///            from the start of the try
    void answers(ResponseHead head, long nanos) {
        answered = true;
        status = head.status();
        firstByte = nanos;
        headAt = deadlines.now();
        long seems = sinceSent(headAt);
        took = ofService(seems);
        // With nothing to compare with, all of it is taken: too much is mended as soon as the loop is on time.
        boolean known = permit.usualNanos() > 0;
        told = known ? took : seems;
        blurred = known && own.blurs(permit.usualNanos());
        if (endpoint != null) {
            endpoint.answers(worker, status, nanos);
        }
    }

    /// The client gets the answer.
    ///
    /// @param endless
    ///            whether it has no end in sight for what its head says
    void accepted(boolean endless) {
        if (call) {
            // Whether it is a stream is seen at its end, which may be far: nobody who tests waits for that.
            tellTests();
            permit.giveBack();
        } else if (endless || streaming) {
            streaming = true;
            completed(NO_GRPC);
            permit.giveBack();
        }
    }

    private void tellTests() {
        Endpoint at = endpoint;
        if (at != null && Breaker.isTest(endpointPass) && at.breaker() != null) {
            tell(at.breaker(), endpointPass, NO_GRPC);
            endpointPass = Breaker.REFUSED;
        }
        if (at != null && Breaker.isTest(upstreamPass) && at.upstream().breaker() != null) {
            tell(at.upstream().breaker(), upstreamPass, NO_GRPC);
            upstreamPass = Breaker.REFUSED;
        }
    }

    /// What the service seems to have taken since it has had the request; [#UNKNOWN] where it has not yet.
    private long sinceSent(long until) {
        return request.isComplete() ? Math.max(1, until - Math.max(begunAt, request.completeAt())) : UNKNOWN;
    }

    /// What it has taken at least.
    private long ofService(long nanos) {
        return nanos == UNKNOWN ? UNKNOWN : own.least(nanos);
    }

    /// The response is whole.
    ///
    /// @param grpc
    ///            its status of gRPC; negative where it has none
    void completed(int grpc) {
        Endpoint at = endpoint;
        if (!owed || at == null) {
            return;
        }
        owed = false;
        at.answered(worker, status, grpc, firstByte);
        tell(at.breaker(), endpointPass, grpc);
        tell(at.upstream().breaker(), upstreamPass, grpc);
        if (streaming || took == UNKNOWN || (call && deadlines.now() - headAt > ONE_ANSWER_NANOS)) {
            return;
        }
        if (status >= SERVER_ERROR || grpc > 0) {
            // Errors are often quick, which says nothing of how long it takes to do the work.
            permit.failed(took);
        } else {
            permit.answered(told, blurred);
        }
    }

    private void tell(@Nullable Breaker breaker, int pass, int grpc) {
        if (breaker != null) {
            breaker.over(worker.index(), pass, deadlines.now(), breaker.isFailure(status, grpc), took);
        }
    }

    /// No connection came about.
    void connectFailed(Fault fault) {
        if (endpoint != null) {
            endpoint.connectFailed(worker, fault);
        }
        unreached(fault);
        giveBack();
    }

    private void unreached(Fault fault) {
        if (fault.equals(UpstreamFaults.BUSY)) {
            leavesBreakers();
        } else {
            fails();
            if (fault.equals(UpstreamFaults.CONNECT_TIMEOUT)) {
                permit.givenUp(ofService(deadlines.now() - begunAt));
            }
        }
    }

    /// It failed on a connection that stood.
    ///
    /// @param blamed
    ///            whether the service is to blame
    void broke(Fault fault, boolean blamed) {
        if (!owed) {
            return;
        }
        if (fault.equals(UpstreamFaults.TIMEOUT) && !answered) {
            givesUp();
        }
        if (blamed) {
            fails();
        } else {
            leavesBreakers();
        }
    }

    private void givesUp() {
        long waited = ofService(sinceSent(deadlines.now()));
        if (!streaming && waited != UNKNOWN) {
            permit.givenUp(waited);
        }
    }

    private void fails() {
        Endpoint at = endpoint;
        if (owed && at != null) {
            owed = false;
            fails(at.breaker(), endpointPass);
            fails(at.upstream().breaker(), upstreamPass);
        }
    }

    private void fails(@Nullable Breaker breaker, int pass) {
        if (breaker != null) {
            breaker.over(worker.index(), pass, deadlines.now(), true, UNKNOWN);
        }
    }

    private void leavesBreakers() {
        Endpoint at = endpoint;
        if (owed && at != null) {
            owed = false;
            if (at.breaker() != null) {
                at.breaker().left(endpointPass);
            }
            if (at.upstream().breaker() != null) {
                at.upstream().breaker().left(upstreamPass);
            }
        }
    }

    /// It does not begin after all.
    void declines() {
        leavesBreakers();
        giveBack();
    }

    /// Its client is there no longer, or gets another answer.
    void leaves() {
        if (owed && answered) {
            completed(NO_GRPC);
        } else if (owed) {
            if (!call) {
                givesUp();
            }
            leavesBreakers();
        }
        giveBack();
    }

    /// Its time is over that its client has given it, and the service is not to blame for that.
    void late() {
        if (owed && !answered) {
            givesUp();
            leavesBreakers();
        }
    }

    /// The try is over: its place is for somebody else.
    void giveBack() {
        endpoint = null;
        permit.giveBack();
    }

    /// No further request comes.
    void close() {
        permit.close();
    }
}
