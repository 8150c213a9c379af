package io.tidegate.engine.exchange;

import io.tidegate.api.Attempt;
import io.tidegate.api.Fault;
import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Progress;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.upstream.UpstreamEvents;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// The way of one request to a service: which endpoint is tried, over which connection, and whether another try is
/// safe.
/// Reused from request to request.
final class Attempts {

    private final HttpExchange exchange;
    private final Worker worker;
    private final RequestSide request;
    private final PolicyRun policies;
    private final ExchangeRecord record;
    private final RequestId id;
    private final Retries retries;
    private @Nullable Race race;
    /// When a second try follows the first; null for never.
    private @Nullable Hedge hedge;
    private final Deadline waiting = new Deadline(this::next);
    private @Nullable Route route;
    private @Nullable Upstream upstream;
    private @Nullable Endpoint endpoint;
    private @Nullable UpstreamStream stream;
    /// Tells this request's connections from those that earlier ones asked for.
    private int ticket;
    private boolean connecting;
    private boolean reused;
    private boolean endless;
    /// Whether the try that runs has been answered.
    private boolean begun;

    Attempts(HttpExchange exchange, RequestSide request, PolicyRun policies, ExchangeRecord record,
            RequestId id) {
        this.exchange = exchange;
        this.worker = exchange.worker();
        this.request = request;
        this.policies = policies;
        this.record = record;
        this.id = id;
        this.retries = new Retries(exchange, request, record);
    }

    /// Begins the way to an endpoint of one of the route's upstreams.
    void begin(Route matched) {
        route = matched;
        Route.Way way = matched.way(worker.random());
        if (way == null) {
            exchange.fail(Fault.UPSTREAM_UNAVAILABLE);
            return;
        }
        upstream = way.upstream();
        retries.begin(way.retry(), way.upstream());
        endless = matched.config().streaming() || EndlessMessages.isCall(exchange.request());
        reused = false;
        Hedge declared = matched.hedge();
        hedge = null;
        if (declared != null && !endless && !exchange.request().isHandshake() && request.isIdempotent()) {
            hedge = declared;
            race().begin(declared);
        }
        next();
    }

    private Race race() {
        Race made = race == null ? new Race(exchange, this) : race;
        race = made;
        return made;
    }

    private void next() {
        Upstream target = upstream;
        Endpoint chosen = target == null ? null : target.pick(worker, endpoint);
        if (chosen == null || target == null) {
            exchange.fail(Fault.UPSTREAM_UNAVAILABLE);
            return;
        }
        if (!exchange.time().isThere(record.attempts() > 0)) {
            exchange.onLate();
            return;
        }
        endpoint = chosen;
        // Its fallback's, where the upstream has no endpoint that can be used.
        target = chosen.upstream();
        upstream = target;
        record.attempt();
        connecting = true;
        begun = false;
        if (policies.hasSteps()) {
            policies.attempt(new Try(record.attempts(), target.name(), chosen.authority()));
        }
        UpstreamEvents events = hedge == null ? exchange : race().first(chosen, ++ticket);
        chosen.pool(worker).acquire(events, hedge == null ? ++ticket : ticket, retries.needsFreshConnection());
    }

    private record Try(int number, String upstream, String endpoint) implements Attempt {
    }

    /// A connection stands: the request goes out on it, unless it was asked for by one that is over.
    ///
    /// @param again
    ///            whether it has served before
    /// @param given
    ///            whose it is
    void connected(UpstreamStream made, boolean again, int given) {
        Route matched = route;
        Endpoint chosen = endpoint;
        Upstream target = upstream;
        if (given != ticket || !connecting || matched == null || chosen == null || target == null) {
            made.giveBack();
            return;
        }
        connecting = false;
        stream = made;
        reused = again;
        record.connected(again);
        retries.tell();
        request.allow(matched.responseNanos(target.config(), endless), matched.idleNanos(target.config()));
        request.send(made, matched, chosen, id, request.hasBody() && (hedge != null || retries.needsBody()));
        if (hedge != null && exchange.isCurrent(made)) {
            race().sent();
        }
    }

    // A second try beside the first.

    /// Whether the client has sent the whole request.
    boolean isWholeRequestSent() {
        return request.isComplete();
    }

    /// The endpoint for a second try, which has been paid for then; null where there must be none.
    @Nullable
    @SuppressWarnings("ReferenceEquality") // this endpoint, not an equal one
    Endpoint hedgeTarget() {
        Upstream target = upstream;
        if (target == null || begun || !request.isAtHand() || worker.pressure().isRaised()
                || !target.hasOther(endpoint)) {
            return null;
        }
        Endpoint other = target.pick(worker, endpoint);
        return other == null || other == endpoint || !retries.affordsHedge() ? null : other;
    }

    /// A second try begins.
    ///
    /// @return its ticket
    int beginHedge(Endpoint other) {
        record.attemptBeside();
        if (policies.hasSteps()) {
            policies.attempt(new Try(record.attempts(), other.upstream().name(), other.authority()));
        }
        return ++ticket;
    }

    /// A connection stands for the second try.
    void sendHedge(UpstreamStream on, Endpoint to) {
        Route matched = route;
        if (matched != null) {
            retries.tell();
            request.sendBeside(on, matched, to, id);
        }
    }

    /// Whether an answer is one that would be tried again.
    boolean isUnwanted(ResponseHead head) {
        return retries.isUnwanted(head);
    }

    /// The second try takes the place of the first, which is given up.
    ///
    /// @param on
    ///            the stream that it was sent on; null where no connection stands yet
    void take(Endpoint to, @Nullable UpstreamStream on, boolean again, int given, long began) {
        endpoint = to;
        upstream = to.upstream();
        stream = on;
        reused = again;
        ticket = given;
        connecting = on == null;
        request.moveTo(on);
        record.take(began);
    }

    /// No connection came about. Nothing has been sent, so another endpoint can be tried whatever the method.
    void connectFailed(Fault fault, int given) {
        Upstream target = upstream;
        if (given != ticket || !connecting || target == null) {
            return;
        }
        connecting = false;
        if (endpoint != null) {
            endpoint.connectFailed(worker, fault);
        }
        if (retries.afterNoConnection(fault, target.hasOther(endpoint))) {
            again();
        } else {
            exchange.failNow(target.isDown() ? Fault.UPSTREAM_UNAVAILABLE : fault);
        }
    }

    /// The next try goes out, at once or after a while.
    private void again() {
        request.interrupt();
        if (retries.waitNanos() == 0) {
            next();
        } else {
            worker.deadlines().refresh();
            worker.deadlines().set(waiting, retries.waitNanos());
        }
    }

    /// The connection failed under the request.
    ///
    /// @param progress
    ///            how far the request had come
    void failed(Fault fault, Progress progress) {
        ended();
        if (endpoint != null) {
            endpoint.failed(worker, fault, progress, reused);
        }
        if (retries.afterFailure(fault, progress, reused, upstream != null && upstream.hasOther(endpoint))) {
            again();
        } else {
            exchange.failNow(fault);
        }
    }

    /// There is no time left.
    ///
    /// @param ofRoute
    ///            whether the route gave it, and not the client: a service that does not answer within it is to blame
    /// @return what the request fails with
    Fault late(boolean ofRoute) {
        if (ofRoute && stream != null && !begun && endpoint != null) {
            endpoint.failed(worker, Fault.UPSTREAM_TIMEOUT, Progress.UNANSWERED, reused);
        }
        return exchange.call().isActive() ? Fault.GRPC_DEADLINE : Fault.UPSTREAM_TIMEOUT;
    }

    /// How long a stream without an end in sight may be quiet on both sides, in nanoseconds; -1 where it has one.
    long endlessIdleNanos() {
        return endless && route != null && upstream != null ? route.idleNanos(upstream.config()) : -1;
    }

    /// The service has begun to answer.
    ///
    /// @param complete
    ///            whether nothing comes behind the head
    /// @return whether the answer is let go of, and another try follows
    boolean repeatsAfter(ResponseHead head, boolean complete) {
        answered(head);
        UpstreamStream from = stream;
        if (from == null || !retries.afterAnswer(head, complete)) {
            retries.accepted();
            request.settle(head, record.firstByteNanos());
            if (!endless && route != null && upstream != null && EndlessMessages.isEventStream(head)) {
                endless = true;
                request.expectNoEnd(route.responseNanos(upstream.config(), true));
            }
            return false;
        }
        ended();
        from.cancel();
        again();
        return true;
    }

    private void answered(ResponseHead head) {
        begun = true;
        record.firstByte();
        if (endpoint != null) {
            endpoint.answered(worker, head.status(), record.firstByteNanos());
        }
        if (hedge != null) {
            hedge.took(worker, record.firstByteNanos());
        }
    }

    /// The connection has served the request, or is lost.
    void ended() {
        stream = null;
        request.detach();
    }

    /// Nobody waits for the service any more.
    void letGo() {
        UpstreamStream open = stream;
        ticket++;
        ended();
        if (open != null) {
            open.cancel();
        } else if (connecting && endpoint != null) {
            endpoint.pool(worker).forget(hedge == null ? exchange : race().events());
        }
        if (hedge != null) {
            race().over();
            hedge = null;
        }
        connecting = false;
        worker.deadlines().clear(waiting);
    }

    /// No further request comes.
    void close() {
        worker.deadlines().remove(waiting);
        if (race != null) {
            race.close();
        }
    }

    /// Forgets where the request went, for the next one.
    void clear() {
        retries.over();
        route = null;
        upstream = null;
        endpoint = null;
    }

    /// Reads what the service sends, or lets it wait.
    void reading(boolean on) {
        if (stream != null) {
            stream.reading(on);
        }
    }

    @Nullable
    Upstream upstream() {
        return upstream;
    }

    @Nullable
    Endpoint endpoint() {
        return endpoint;
    }

    /// The connection that the request is on.
    @Nullable
    UpstreamStream stream() {
        return stream;
    }
}
