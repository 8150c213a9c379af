package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.config.RetryCause;
import io.tidegate.engine.observe.RetryCells.Reason;
import io.tidegate.engine.observe.RetryCells.Refusal;
import io.tidegate.engine.upstream.Progress;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.wire.NamedFields;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.RetryAfter;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// Decides whether a request is sent to its service once more, and when. Reused from request to request.
///
/// A repeat must be listed, be within the number of tries, do no harm, have what was sent at hand, have time, and be
/// within the budget of the upstream; asked in this order, so that what is refused costs the budget nothing.
final class Retries {

    private static final long AT_ONCE = 0;

    private final HttpExchange exchange;
    private final Worker worker;
    private final RequestSide request;
    private final ExchangeRecord record;
    private @Nullable Retry terms;
    private @Nullable Upstream target;
    private @Nullable Reason running;
    private long wait;
    private boolean lost;
    /// Whether the answer that came last is one that is tried again.
    private boolean unwanted;

    Retries(HttpExchange exchange, RequestSide request, ExchangeRecord record) {
        this.exchange = exchange;
        this.worker = exchange.worker();
        this.request = request;
        this.record = record;
    }

    /// A request goes to an upstream for the first time.
    void begin(Retry matched, Upstream upstream) {
        terms = matched;
        target = upstream;
        upstream.retryBudget().lane(worker.index()).request(worker.deadlines().now());
        lost = false;
    }

    /// The request is over.
    void over() {
        settle(false);
        terms = null;
        target = null;
    }

    /// Whether another try follows where nothing else forbids it.
    private boolean hasTries() {
        return terms != null && record.attempts() <= terms.attempts();
    }

    /// Whether what is sent now may have to be sent once more, so that its body has to be kept.
    boolean needsBody() {
        return hasTries() && mayRepeat();
    }

    /// Whether sending it twice does no harm, or is said to do none: who lists a status of gRPC says so of calls.
    private boolean mayRepeat() {
        return isSafe() || (exchange.call().isActive() && terms != null && terms.looksAtCalls());
    }

    /// Whether the request is one that may be sent a second time before the first is answered.
    ///
    /// @param streaming
    ///            whether its route says that it is a stream
    /// @param call
    ///            whether it is a call of gRPC: only those that the gateway itself understands
    boolean allowsHedge(boolean streaming, boolean call) {
        return !streaming && !exchange.request().isHandshake() && (!call || exchange.call().isActive()) && mayRepeat();
    }

    private boolean isSafe() {
        return request.isIdempotent();
    }

    /// How long to wait before the repeat that was granted, in nanoseconds; 0 where it goes out at once.
    long waitNanos() {
        return wait;
    }

    /// Whether a connection was lost that had served, so that others of its age may be lost too.
    boolean needsFreshConnection() {
        return lost;
    }

    /// No connection came about. Nothing has been sent, so every method may be tried again.
    ///
    /// @param elsewhere
    ///            whether there is another endpoint
    boolean afterNoConnection(Fault fault, boolean elsewhere) {
        Retry matched = terms;
        if (matched == null || !matched.isOn(RetryCause.CONNECT_FAILURE) || fault.equals(UpstreamFaults.BUSY)) {
            return false;
        }
        if (!elsewhere && (fault.equals(UpstreamFaults.TLS) || fault.equals(UpstreamFaults.TLS_EXPIRED))) {
            // It would be refused once more.
            return false;
        }
        return grants(Reason.CONNECT_FAILURE, true, elsewhere ? AT_ONCE : backoff(matched), elsewhere);
    }

    /// The connection failed under the request.
    ///
    /// @param progress
    ///            how far it had come
    /// @param reused
    ///            whether the connection had served before: a service may close an idle one just as it is used
    ///            again (RFC 9112 section 9.3.1)
    /// @param elsewhere
    ///            whether there is another endpoint
    boolean afterFailure(Fault fault, Progress progress, boolean reused, boolean elsewhere) {
        Retry matched = terms;
        if (matched == null || progress == Progress.ANSWERED) {
            return false;
        }
        boolean first = record.attempts() == 1;
        if (progress == Progress.UNPROCESSED) {
            // As clients of gRPC do it, the first time goes at nobody's expense.
            return matched.isOn(RetryCause.RESET)
                    && grants(Reason.UNPROCESSED, true, first ? AT_ONCE : backoff(matched), first);
        }
        if (fault.equals(UpstreamFaults.TIMEOUT)) {
            return matched.isOn(RetryCause.TIMEOUT) && grants(Reason.TIMEOUT, isSafe(), backoff(matched), false);
        }
        boolean broke = fault.equals(UpstreamFaults.CLOSED) || fault.equals(UpstreamFaults.RESET);
        // Others that waited as long may be lost too.
        lost = reused;
        // What is lost with a connection that has served is free too: each has to serve before it can be lost.
        return broke && matched.isOn(RetryCause.RESET) && grants(Reason.RESET, isSafe(),
                first && (reused || elsewhere) ? AT_ONCE : backoff(matched), first && reused);
    }

    /// The service has answered.
    ///
    /// @param complete
    ///            whether nothing comes behind the head
    /// @return whether the answer is let go of, and the request repeated
    boolean afterAnswer(ResponseHead head, boolean complete) {
        Retry matched = terms;
        unwanted = false;
        if (matched == null || !matched.looksAtAnswers()) {
            return false;
        }
        boolean byCall = isOnCall(matched, head, complete);
        if (!byCall && !matched.isOnStatus(head.status())) {
            return false;
        }
        unwanted = true;
        if (!hasTries()) {
            return false;
        }
        long asked = RetryAfter.nanos(head);
        if (asked > matched.longestWait()) {
            return refuses(Refusal.RETRY_AFTER);
        }
        return grants(byCall ? Reason.GRPC_STATUS : Reason.STATUS, byCall || isSafe(),
                Math.max(asked, backoff(matched)), false);
    }

    /// Whether a call of gRPC ends with this head, by a status that is tried again.
    private boolean isOnCall(Retry matched, ResponseHead head, boolean complete) {
        int status = matched.looksAtCalls() ? exchange.call().statusOf(head, complete) : -1;
        return status >= 0 && matched.isOnCall(status);
    }

    /// Whether an answer is one that would be tried again, by its status.
    ///
    /// @param complete
    ///            whether nothing comes behind the head
    boolean isUnwanted(ResponseHead head, boolean complete) {
        Retry matched = terms;
        return matched != null && matched.looksAtAnswers()
                && (matched.isOnStatus(head.status()) || isOnCall(matched, head, complete));
    }

    /// Whether the request may be sent a second time before the first is answered; it has been counted then.
    boolean affordsHedge() {
        Retry matched = terms;
        Upstream upstream = target;
        if (matched == null || upstream == null || !exchange.time().isEnough(0)) {
            return false;
        }
        return upstream.retryBudget().lane(worker.index()).repeat(worker.deadlines().now(), matched.share())
                || refuses(Refusal.BUDGET);
    }

    private long backoff(Retry matched) {
        return matched.wait(record.attempts(), worker.random());
    }

    /// @param safe
    ///            whether sending it twice does no harm
    /// @param after
    ///            nanoseconds until it would go out
    /// @param free
    ///            whether it costs the budget nothing
    private boolean grants(Reason reason, boolean safe, long after, boolean free) {
        Retry matched = terms;
        Upstream upstream = target;
        if (matched == null || upstream == null || !hasTries()) {
            return false;
        }
        if (!safe) {
            return refuses(Refusal.UNSAFE);
        }
        if (!request.isAtHand()) {
            return refuses(Refusal.BODY);
        }
        if (!exchange.time().isEnough(after)) {
            return refuses(Refusal.TIME);
        }
        if (!free && !upstream.retryBudget().lane(worker.index()).repeat(worker.deadlines().now(), matched.share())) {
            return refuses(Refusal.BUDGET);
        }
        settle(false);
        running = reason;
        wait = after;
        return true;
    }

    private boolean refuses(Refusal why) {
        if (target != null) {
            target.retryCells(worker).refused(why);
        }
        return false;
    }

    /// The try that runs has come to its end.
    ///
    /// @param well
    ///            whether the client gets what came of it, and that is nothing that would be tried again
    private void settle(boolean well) {
        if (running != null && target != null) {
            target.retryCells(worker).repeated(running, well);
        }
        running = null;
    }

    /// The client gets the answer that has come.
    void accepted() {
        settle(!unwanted);
    }

    /// Tells the service the number of the try, where it is to know.
    void tell() {
        String field = terms == null ? null : terms.attemptField();
        if (field != null) {
            NamedFields.replace(exchange.request(), field,
                    record.attempts() > 1 ? Integer.toString(record.attempts()) : null);
        }
    }
}
