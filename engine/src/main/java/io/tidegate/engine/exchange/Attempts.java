package io.tidegate.engine.exchange;

import io.tidegate.api.Attempt;
import io.tidegate.api.Fault;
import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Progress;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// The way of one request to a service: which endpoint is tried, over which connection, and whether another try is
/// safe.
/// Reused from request to request.
final class Attempts {

    private static final int MOST = 3;

    private final HttpExchange exchange;
    private final Worker worker;
    private final RequestSide request;
    private final PolicyRun policies;
    private final ExchangeRecord record;
    private final RequestId id;
    private @Nullable Route route;
    private @Nullable Upstream upstream;
    private @Nullable Endpoint endpoint;
    private @Nullable UpstreamStream stream;
    /// Tells this request's connections from those that earlier ones asked for.
    private int ticket;
    private boolean connecting;
    private boolean reused;
    private boolean endless;

    Attempts(HttpExchange exchange, RequestSide request, PolicyRun policies, ExchangeRecord record,
            RequestId id) {
        this.exchange = exchange;
        this.worker = exchange.worker();
        this.request = request;
        this.policies = policies;
        this.record = record;
        this.id = id;
    }

    /// Begins the way to an endpoint of one of the route's upstreams.
    void begin(Route matched) {
        route = matched;
        upstream = matched.target(worker.random());
        endless = matched.config().streaming() || EndlessMessages.isCall(exchange.request());
        reused = false;
        next();
    }

    private void next() {
        Upstream target = upstream;
        Endpoint chosen = target == null ? null : target.pick(worker, endpoint);
        if (chosen == null || target == null) {
            exchange.fail(Fault.UPSTREAM_UNAVAILABLE);
            return;
        }
        GrpcCall call = exchange.call();
        if (call.isActive() && !call.hasTime(record.attempts() > 0)) {
            exchange.failNow(Fault.GRPC_DEADLINE);
            return;
        }
        endpoint = chosen;
        // Its fallback's, where the upstream has no endpoint that can be used.
        target = chosen.upstream();
        upstream = target;
        record.attempt();
        connecting = true;
        if (policies.hasSteps()) {
            policies.attempt(new Try(record.attempts(), target.name(), chosen.authority()));
        }
        chosen.pool(worker).acquire(exchange, ++ticket);
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
        request.send(made, matched, chosen, id, matched.responseNanos(target.config(), endless),
                matched.idleNanos(target.config()));
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
        if (!fault.equals(Fault.UPSTREAM_BUSY) && target.size() > 1 && record.attempts() < MOST) {
            next();
        } else {
            exchange.failNow(target.isDown() ? Fault.UPSTREAM_UNAVAILABLE : fault);
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
        // RFC 9112 section 9.3.1: a service may close an idle connection just as it is used again. Sent once more when
        // nothing came back and sending it twice does no harm.
        boolean again = switch (progress) {
            case UNPROCESSED -> request.isUntouched();
            case UNANSWERED -> (reused || mayBeDying(fault)) && !fault.equals(Fault.UPSTREAM_TIMEOUT)
                    && request.mayBeRepeated();
            case ANSWERED -> false;
        };
        if (again && record.attempts() < MOST) {
            next();
        } else {
            exchange.failNow(fault);
        }
    }

    /// Whether an endpoint has taken a new connection and let go of it, as one that dies does, and another one can be
    /// asked
    /// instead, once.
    private boolean mayBeDying(Fault fault) {
        return record.attempts() == 1 && upstream != null && upstream.size() > 1
                && (fault.equals(Fault.UPSTREAM_CLOSED) || fault.equals(Fault.UPSTREAM_RESET));
    }

    /// How long a stream without an end in sight may be quiet on both sides, in nanoseconds; -1 where it has one.
    long endlessIdleNanos() {
        return endless && route != null && upstream != null ? route.idleNanos(upstream.config()) : -1;
    }

    /// The service has begun to answer.
    void answered(ResponseHead head) {
        int status = head.status();
        if (!endless && route != null && upstream != null && EndlessMessages.isEventStream(head)) {
            endless = true;
            request.expectNoEnd(route.responseNanos(upstream.config(), true));
        }
        record.firstByte();
        if (endpoint != null) {
            endpoint.answered(worker, status, record.firstByteNanos());
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
            endpoint.pool(worker).forget(exchange);
        }
        connecting = false;
    }

    /// Forgets where the request went, for the next one.
    void clear() {
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
