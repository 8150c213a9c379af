package io.tidegate.engine.exchange;

import io.tidegate.api.Body;
import io.tidegate.api.Client;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.route.HeadInput;
import io.tidegate.engine.route.RouteMatch;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.BodySink;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One request and its response, from the head to the end. Confined to its client's event loop, reused for other
/// requests of that loop. What the service says comes by its [ServiceEvents].
///
/// ```
/// IDLE ─ begin ─▶ IN_POLICIES ─ passed ─▶ FORWARDING (Attempts) ─ a head came: policies in reverse ─ conclude ─▶ IDLE
///                    │                        │
///                    │ a policy answers       │ it failed, and is not safe to repeat
///                    ▼                        ▼
///                 ANSWERING ◀──────────── fail: a problem, where no head has gone out; else the connection breaks
///                    └ policies in reverse ─▶ sent ─ conclude ─▶ IDLE
/// ```
///
public final class HttpExchange implements PolicyRun.Owner {

    private enum State {
        IDLE, IN_POLICIES, FORWARDING, ANSWERING
    }

    private final Downstream client;
    private final Worker worker;
    private final RequestHead request;
    private final RequestId id = new RequestId();
    private final PolicyRun policies;
    private final RequestSide requestSide;
    private final ResponseSide responseSide;
    private final GrpcCall call;
    private final RequestTime time;
    private final Attempts attempts;
    private final ServiceEvents service;
    private final ExchangeRecord record;
    private final Admission admission;
    private final HeadInput input;
    private final RouteMatch<Route> match = new RouteMatch<>();
    private @Nullable PolicyView view;

    private State state = State.IDLE;
    private @Nullable Snapshot snapshot;
    private @Nullable ListenerSnapshot listener;
    private @Nullable Route route;

    /// An exchange for one request after the other of `client`, whose heads are read into `request`.
    public HttpExchange(Downstream client, RequestHead request) {
        this.client = client;
        this.worker = client.worker();
        this.request = request;
        this.input = new HeadInput(request);
        this.record = new ExchangeRecord(client, request, id);
        this.admission = new Admission(client, request, record);
        this.policies = new PolicyRun(this, worker);
        this.requestSide = new RequestSide(this, client, request);
        this.responseSide = new ResponseSide(this, client, request);
        this.call = new GrpcCall(this, client, request, requestSide.relay());
        this.time = new RequestTime(worker.deadlines(), request, call, this::onLate);
        this.attempts = new Attempts(this, requestSide, policies, record, id);
        this.service = new ServiceEvents(this, client, policies, attempts, record);
    }

    /// Whether a request is being served.
    public boolean isActive() {
        return state != State.IDLE;
    }

    /// Whether a request is being served and no head has gone out for it.
    public boolean awaitsResponse() {
        return isActive() && !responseSide.isHeadSent();
    }

    // The request.

    /// Serves the request that was read.
    public void begin(Snapshot pinned, ListenerSnapshot on) {
        assert worker.inLoop();
        open(pinned, on);
        client.peer().show(request);
        id.take(client.peer(), request, worker.random());
        if (client.peer().isMisdirected(request)) {
            fail(Fault.MISDIRECTED);
            return;
        }
        Reply known = Answers.withoutRoute(request, on);
        if (known != null) {
            onReply(known);
            return;
        }
        if (on.httpsPort() > 0) {
            fail(Fault.HOST_MISSING);
            return;
        }
        pinned.ownFields().strip(request);
        switch (on.routes().match(input, match).outcome()) {
            case FOUND -> begin(match.route(), on);
            case NO_ROUTE -> fail(Fault.NO_ROUTE);
            case METHOD_NOT_ALLOWED -> Answers.otherMethods(this, request, match.allowedMethods());
            case REDIRECT_SLASH -> {
                route = match.route();
                onReply(Answers.slashRedirect(request, match.redirectAddsSlash()));
            }
        }
    }

    private void open(Snapshot pinned, ListenerSnapshot on) {
        pinned.enter(worker);
        snapshot = pinned;
        listener = on;
        state = State.IN_POLICIES;
        requestSide.begin();
        responseSide.begin();
        record.begin();
        admission.begin();
        call.begin();
    }

    /// Answers what was not even a request.
    public void refuse(Snapshot pinned, ListenerSnapshot on, Fault fault) {
        open(pinned, on);
        client.peer().forget();
        id.renew(worker.random());
        fail(fault);
    }

    private void begin(Route matched, ListenerSnapshot on) {
        route = matched;
        Fault refused = admission.refusal(matched, on);
        if (refused != null) {
            fail(refused, Tunnel.knownVersion(refused), Rejects.whenRead(refused));
            return;
        }
        if (matched.config().methodOverride()) {
            request.letMethodOverridePass();
        }
        if (!time.begin(matched)) {
            fail(Fault.GRPC_TIMEOUT_SYNTAX);
            return;
        }
        view = matched.isLookedAt() ? new PolicyView(this) : null;
        if (matched.steps().length == 0) {
            onRequestPassed();
            return;
        }
        policies.request(matched.steps());
    }

    /// There is no time left.
    void onLate() {
        failNow(attempts.late(time.isOfRoute()));
    }

    @Override
    public void onRequestPassed() {
        Route matched = route;
        if (matched == null) {
            return;
        }
        boolean tooLarge = request.contentLength() > requestSide.relay().limit();
        Fault refused = tooLarge ? Fault.BODY_TOO_LARGE : admission.refusalInTheEnd(matched, view);
        if (refused != null) {
            fail(refused);
            return;
        }
        state = State.FORWARDING;
        attempts.begin(matched);
    }

    /// How long both sides may be quiet where the messages are streams without an end in sight, in nanoseconds;
    /// -1 else.
    public long endlessIdleNanos() {
        return attempts.endlessIdleNanos();
    }

    /// Whether it is a call of gRPC that has been running for a while, so that its client may well give it up.
    public boolean isSettledCall() {
        return call.isSettled();
    }

    /// Bytes of the response's body that have come.
    public long responseBytes() {
        return record.responseBytes;
    }

    /// Takes the request's body; [#onRequestRead] takes its end.
    public BodySink requestBody() {
        return call.isActive() ? call : requestSide.relay();
    }

    /// Fields have come behind the request's body, of which [#onRequestRead] will tell.
    public void onRequestTrailers(Trailers behind) {
        Trailers left = snapshot == null ? null : snapshot.ownFields().strip(behind);
        if (left != null) {
            requestBody().trailers(left);
        }
    }

    /// The whole body of the request has arrived.
    public void onRequestRead() {
        requestSide.complete();
    }

    /// All that the client sent at once has been handed on.
    public void onClientReadComplete() {
        requestSide.flush();
    }

    // When it does not work.

    /// Ends the exchange where nobody else sends what comes of it.
    void failNow(Fault fault) {
        fail(fault);
        client.flush();
    }

    /// Ends the exchange because of `fault`: a problem answer where no response has begun, a broken one else. The
    /// connection ends with it where it is one of the [Rejects].
    public void fail(Fault fault) {
        fail(fault, List.of(), Rejects.whenRead(fault));
    }

    @Override
    public void onRefusal(Fault fault, List<Field> headers) {
        fail(fault, headers, Rejects.whenRefused(fault));
    }

    private void fail(Fault fault, List<Field> headers, boolean rejected) {
        ListenerSnapshot on = listener;
        if (state == State.IDLE || on == null) {
            return;
        }
        if (rejected) {
            record.rejected = true;
            client.closeAfterResponse();
        }
        record.fault = fault;
        if (responseSide.isHeadSent()) {
            breakOff(fault);
        } else if (call.isActive()) {
            answer(responseSide.makeStatus(fault, headers, id));
        } else {
            answer(responseSide.make(on.answers(), fault, headers, id));
        }
    }

    @Override
    public void onReset(Fault fault) {
        record.fault = fault;
        conclude();
        client.reset();
    }

    private void breakOff(Fault fault) {
        Trailers status = call.broken(fault);
        if (status == null) {
            conclude();
            client.abort();
        } else {
            client.sendTrailers(status);
            onResponseSent();
        }
    }

    @Override
    public void onReply(Reply reply) {
        answer(responseSide.make(reply));
    }

    /// Most bytes of the request's body that are let through.
    public long bodyLimit() {
        return requestSide.relay().limit();
    }

    /// Answers with what was made here, once the policies that ran have seen it.
    private void answer(ResponseHead made) {
        admission.answered(route, view);
        attempts.letGo();
        time.stop();
        call.answer(made, false);
        state = State.ANSWERING;
        show(made);
        requestSide.relay().discard();
        responseSide.relay().dropTransforms();
        policies.response();
    }

    private void sendAnswer(ResponseHead made) {
        if (!requestSide.isComplete()) {
            client.dropBody();
        }
        record.status = made.status();
        record.responseBytes = responseSide.sendMade(made);
        onResponseSent();
    }

    // The response.

    void show(ResponseHead head) {
        responseSide.show(head);
        if (view != null) {
            view.show(head);
        }
    }

    @Override
    public void onResponsePassed() {
        ResponseHead head = responseSide.head();
        if (head != null && state == State.ANSWERING) {
            sendAnswer(head);
            // Where a policy was waited for, nobody else sends it.
            client.flush();
        } else {
            service.onResponsePassed(head);
        }
    }

    /// The listener accepts no more: what has no end by itself ends.
    public void goAway() {
        service.goAway();
    }

    /// The client does not take what it is given: the service has to wait.
    void pauseService() {
        attempts.reading(false);
    }

    /// More of the response can be given.
    public void onClientWritable() {
        if (responseSide.isHeadSent()) {
            attempts.reading(true);
        }
    }

    /// The response has been handed to the client.
    void onResponseSent() {
        Trailers owed = call.owed();
        if (owed != null) {
            client.sendTrailers(owed);
        }
        conclude();
        client.endResponse();
    }

    // The end.

    private void conclude() {
        service.over();
        attempts.letGo();
        time.stop();
        record.requestBytes = requestSide.relay().count();
        record.grpc = call.isActive() ? call.outcome(record.fault, record.status) : null;
        record.finish(route, attempts.upstream(), attempts.endpoint());
        policies.end(record);
        if (view != null) {
            record.consumer = view.principalName();
            view.close();
            view = null;
        }
        if (listener != null) {
            listener.telemetry().count(worker, record, route, listener.label());
        }
        state = State.IDLE;
        requestSide.over();
        responseSide.clear();
        match.clear();
        if (snapshot != null) {
            snapshot.leave(worker);
        }
        snapshot = null;
        listener = null;
        route = null;
        attempts.clear();
    }

    /// The connection is over: whatever runs is given up, and nothing will be served any more.
    public void close() {
        if (state != State.IDLE) {
            if (record.fault == null && !service.hasSaidGoodbye()) {
                record.fault = Fault.CLIENT_CLOSED;
            }
            conclude();
        }
        time.close();
        attempts.close();
    }

    // What policies see and do.

    @Override
    public Exchange view() {
        return Objects.requireNonNull(view, "no policy runs");
    }

    @Override
    public void collect(int maxBytes, Consumer<Body> then, Runnable tooLarge) {
        if (responseSide.head() == null) {
            requestSide.collect(maxBytes, then, tooLarge);
        } else {
            responseSide.collect(maxBytes, then, tooLarge);
            attempts.reading(true);
        }
    }

    Worker worker() {
        return worker;
    }

    RequestHead request() {
        return request;
    }

    String id() {
        return id.toString();
    }

    Client client() {
        return client.peer().seen();
    }

    @Nullable
    String routeName() {
        return route == null ? null : route.name();
    }

    RouteMatch<Route> match() {
        return match;
    }

    GrpcCall call() {
        return call;
    }

    RequestTime time() {
        return time;
    }

    ServiceEvents service() {
        return service;
    }

    /// Null where no route has been found for it, and once it is over.
    @Nullable
    Route route() {
        return route;
    }

    /// Null once it is over.
    @Nullable
    ListenerSnapshot listener() {
        return listener;
    }

    RequestSide requestSide() {
        return requestSide;
    }

    ResponseSide responseSide() {
        return responseSide;
    }

    @SuppressWarnings("ReferenceEquality") // this stream, not an equal one
    boolean isCurrent(UpstreamStream other) {
        return attempts.stream() == other;
    }
}
