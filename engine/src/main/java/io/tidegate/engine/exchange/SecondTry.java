package io.tidegate.engine.exchange;

import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// A try beside the first one: whether it may be made, where it goes, and how it is sent. Reused from request
/// to request.
final class SecondTry {

    private final Worker worker;
    private final RequestSide request;
    private final PolicyRun policies;
    private final ExchangeRecord record;
    private final RequestId id;
    private final Retries retries;
    private final Steering steering;
    /// Of the try that the exchange does not know of.
    private Passage passage;

    SecondTry(Worker worker, RequestSide request, PolicyRun policies, ExchangeRecord record, RequestId id,
            Retries retries, Steering steering, Passage passage) {
        this.worker = worker;
        this.request = request;
        this.policies = policies;
        this.record = record;
        this.id = id;
        this.retries = retries;
        this.steering = steering;
        this.passage = passage;
    }

    /// The way of the try that the exchange does not know of.
    Passage passage() {
        return passage;
    }

    /// The two tries change places.
    ///
    /// @param known
    ///            the way of the one that the exchange has known of
    /// @return that of the other
    Passage swap(Passage known) {
        Passage other = passage;
        passage = known;
        return other;
    }

    /// Whether the client has sent the whole request, so that it is the service that takes its time.
    boolean isWholeRequestSent() {
        return request.isComplete();
    }

    /// Runs this once the client has sent the whole request, which it has not yet.
    void whenWholeRequestIsSent(Runnable then) {
        request.whenSent(then);
    }

    /// The endpoint that it goes to, which has been paid for then; null where there must be none.
    ///
    /// @param first
    ///            where the first one went
    /// @param call
    ///            whether it is a call of gRPC
    @Nullable
    @SuppressWarnings("ReferenceEquality") // this endpoint, not an equal one
    Endpoint target(Upstream upstream, @Nullable Endpoint first, boolean call) {
        if (!request.isAtHand() || worker.pressure().isRaised() || !upstream.hasOther(first)) {
            return null;
        }
        Endpoint other = passage.takes(upstream) ? passage.choose(upstream, steering, first) : null;
        if (other == null) {
            passage.giveBack();
            return null;
        }
        passage.begins(other, false, call);
        if (other == first || !retries.affordsHedge()) {
            passage.declines();
            return null;
        }
        return other;
    }

    /// It begins.
    void begin(Endpoint to) {
        record.attemptBeside();
        if (policies.hasSteps()) {
            policies.attempt(new Attempts.Try(record.attempts(), to.upstream().name(), to.authority()));
        }
    }

    /// A connection stands for it.
    void send(UpstreamStream on, Route route, Endpoint to) {
        retries.tell();
        request.sendBeside(on, route, to, id);
    }

    /// Whether an answer is one that would be tried again.
    boolean isUnwanted(ResponseHead head, boolean complete) {
        return retries.isUnwanted(head, complete);
    }

    /// No further request comes.
    void close() {
        passage.close();
    }
}
