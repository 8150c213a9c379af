package io.tidegate.engine.exchange;

import io.tidegate.api.Attempt;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Progress;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.upstream.UpstreamEvents;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way of one request to a service: which endpoint is tried, over which connection, and whether another try is
/// safe. Reused from request to request.
final class Attempts {

    private final HttpExchange exchange;
    private final Worker worker;
    private final RequestSide request;
    private final PolicyRun policies;
    private final ExchangeRecord record;
    private final RequestId id;
    private final Retries retries;
    private final Steering steering;
    private Passage passage;
    private @Nullable Race race;
    /// When a second try follows the first; null for never.
    private @Nullable Hedge hedge;
    private final Deadline waiting = new Deadline(this::next);
    private @Nullable Route route;
    private @Nullable Upstream upstream;
    private @Nullable Reply fallback;
    private @Nullable Endpoint endpoint;
    private @Nullable UpstreamStream stream;
    /// Tells this request's connections from those that earlier ones asked for.
    private int ticket;
    private boolean connecting;
    private boolean reused;
    private boolean endless;
    private boolean call;
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
        this.steering = new Steering(exchange, request.client(), policies);
        this.passage = newPassage();
    }

    /// Begins the way to an endpoint of one of the route's upstreams.
    void begin(Route matched) {
        route = matched;
        steering.begin();
        Route.Way way = matched.way(worker, steering);
        if (way == null) {
            exchange.fail(UpstreamFaults.UNAVAILABLE);
            return;
        }
        upstream = way.upstream();
        fallback = way.fallback();
        retries.begin(way.retry(), way.upstream());
        call = EndlessMessages.isCall(exchange.request());
        endless = matched.config().streaming() || call;
        reused = false;
        Hedge declared = matched.hedge();
        hedge = null;
        if (declared != null && retries.allowsHedge(matched.config().streaming(), call)) {
            hedge = declared;
            race().begin(declared);
        }
        next();
    }

    private Passage newPassage() {
        return new Passage(worker, request, this::go, () -> exchange.failNow(UpstreamFaults.LIMITED));
    }

    private Race race() {
        Race made = race == null
                ? new Race(exchange, this,
                        new SecondTry(worker, request, policies, record, id, retries, steering, newPassage()))
                : race;
        race = made;
        return made;
    }

    private void next() {
        Upstream wanted = upstream;
        Route matched = route;
        Upstream target = wanted == null ? null : passage.wayTo(wanted);
        if (target == null || matched == null) {
            noWay();
            return;
        }
        upstream = target;
        switch (passage.asks(target, record.criticality)) {
            case GRANTED -> go();
            case WAITS -> {
                // It goes on once its turn has come.
            }
            case REFUSED -> exchange.failNow(UpstreamFaults.LIMITED);
        }
    }

    private void noWay() {
        if (!passage.isClosed()) {
            unreached(UpstreamFaults.UNAVAILABLE);
        } else if (!FallbackAnswer.standsIn(exchange, record, fallback, UpstreamFaults.CIRCUIT_OPEN)) {
            exchange.onRefusal(UpstreamFaults.CIRCUIT_OPEN,
                    List.of(new Field("retry-after", Long.toString(passage.turnsAway()))));
        }
    }

    /// There is a place for the try.
    private void go() {
        Upstream from = upstream;
        Route matched = route;
        if (!exchange.time().isThere(record.attempts() > 0)) {
            exchange.onLate();
            return;
        }
        Endpoint chosen = from == null ? null : passage.choose(from, steering, endpoint);
        if (chosen == null || matched == null) {
            noWay();
            return;
        }
        passage.begins(chosen, matched.config().streaming(), call);
        endpoint = chosen;
        // Its fallback's, where the upstream has no endpoint that can be used.
        Upstream target = chosen.upstream();
        upstream = target;
        record.attempt();
        connecting = true;
        begun = false;
        if (policies.hasSteps()) {
            policies.attempt(new Try(record.attempts(), target.name(), chosen.authority()));
        }
        ticket++;
        UpstreamEvents events = hedge == null ? exchange.service() : race().first(chosen, ticket);
        chosen.pool(worker).acquire(events, ticket, retries.needsFreshConnection());
    }

    /// One try, as policies see it.
    record Try(int number, String upstream, String endpoint) implements Attempt {
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

    /// A second try begins beside the first.
    ///
    /// @return its ticket
    int nextTicket() {
        return ++ticket;
    }

    /// The route of a request that has not been answered yet; null where it has.
    @Nullable
    Route unanswered() {
        return begun ? null : route;
    }

    /// How the try goes that the exchange knows of.
    Passage passage() {
        return passage;
    }

    /// The second try takes the place of the first, which is given up.
    ///
    /// @param on
    ///            the stream that it was sent on; null where no connection stands yet
    void take(Endpoint to, @Nullable UpstreamStream on, boolean again, int given, long began, Passage way) {
        endpoint = to;
        upstream = to.upstream();
        stream = on;
        reused = again;
        ticket = given;
        connecting = on == null;
        passage = way;
        request.moveTo(on);
        record.take(began);
    }

    /// No connection came about, so that another endpoint can be tried whatever the method.
    void connectFailed(Fault fault, int given) {
        Upstream target = upstream;
        if (given != ticket || !connecting || target == null) {
            return;
        }
        connecting = false;
        passage.connectFailed(fault);
        if (retries.afterNoConnection(fault, target.hasOther(endpoint))) {
            again();
        } else {
            unreached(target.isDown() ? UpstreamFaults.UNAVAILABLE : fault);
        }
    }

    /// Nothing was sent.
    private void unreached(Fault fault) {
        if (!FallbackAnswer.standsIn(exchange, record, fallback, fault)) {
            exchange.failNow(fault);
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
        if (endpoint != null) {
            passage.broke(fault, endpoint.failed(worker, fault, progress, reused));
        }
        ended();
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
            passage.broke(UpstreamFaults.TIMEOUT,
                    endpoint.failed(worker, UpstreamFaults.TIMEOUT, Progress.UNANSWERED, reused));
        } else {
            passage.late();
        }
        return exchange.call().isActive() ? Fault.GRPC_DEADLINE : UpstreamFaults.TIMEOUT;
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
            if (endpoint != null) {
                steering.answered(head, endpoint);
            }
            if (!endless && route != null && upstream != null && EndlessMessages.isEventStream(head)) {
                endless = true;
                request.expectNoEnd(route.responseNanos(upstream.config(), true));
            }
            passage.accepted(endless || head.switchesProtocols());
            return false;
        }
        passage.completed(exchange.call().statusOf(head, complete));
        ended();
        from.cancel();
        again();
        return true;
    }

    private void answered(ResponseHead head) {
        begun = true;
        record.firstByte();
        passage.answers(head, record.firstByteNanos());
        if (hedge != null) {
            hedge.took(worker, record.firstByteNanos());
        }
    }

    /// The service has sent all of its response.
    void completed() {
        passage.completed(exchange.call().endStatus());
        ended();
    }

    /// The connection has served the request, or is lost.
    private void ended() {
        stream = null;
        request.detach();
        passage.giveBack();
    }

    /// Nobody waits for the service any more.
    void letGo() {
        UpstreamStream open = stream;
        ticket++;
        passage.leaves();
        ended();
        if (open != null) {
            open.cancel();
        } else if (connecting && endpoint != null) {
            endpoint.pool(worker).forget(hedge == null ? exchange.service() : race().events());
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
        passage.close();
        if (race != null) {
            race.close();
        }
    }

    /// Forgets where the request went, for the next one.
    void clear() {
        retries.over();
        route = null;
        upstream = null;
        fallback = null;
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
