package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Body;
import io.tidegate.api.BodyTransform;
import io.tidegate.api.Fault;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.KnownHeader;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sends the request of an exchange to a service: its head, and its body as the client sends it.
final class RequestSide implements Relay.Target, TunnelDirection.Way {

    private static final byte[] NOTHING = {};

    private final HttpExchange exchange;
    private final Downstream client;
    private final Worker worker;
    private final RequestHead request;
    private final Relay relay;
    private final Mirroring mirroring;
    private @Nullable UpstreamStream stream;
    private @Nullable TunnelDirection tunnel;
    private @Nullable Runnable whenSent;
    private long responseNanos;
    private long idleNanos;
    private long sentLength;
    private long completeAt;
    private boolean begun;
    private boolean complete;

    RequestSide(HttpExchange exchange, Downstream client, RequestHead request) {
        this.exchange = exchange;
        this.client = client;
        this.worker = client.worker();
        this.request = request;
        this.relay = new Relay(worker, this);
        this.mirroring = new Mirroring(exchange, client, request);
    }

    void begin() {
        begun = false;
        complete = request.contentLength() == 0;
        completeAt = worker.deadlines().now();
        stream = null;
        tunnel = null;
        whenSent = null;
        relay.reset(Route.DEFAULT_MAX_BODY);
    }

    /// Whose request it is.
    Downstream client() {
        return client;
    }

    Relay relay() {
        return relay;
    }

    /// Whether there is no body, and none is held.
    private boolean hasNoBody() {
        return complete && !relay.isWhole();
    }

    /// Keeps the body, and shows it once it is complete.
    void collect(int maxBytes, Consumer<Body> then, Runnable tooLarge) {
        if (hasNoBody()) {
            HeldBody.show(NOTHING, maxBytes, then, tooLarge);
            return;
        }
        relay.collect(maxBytes, then, () -> {
            if (!complete) {
                // The rest waits with the client until somebody takes it.
                client.readBody(false);
            }
            tooLarge.run();
        });
        if (!complete && relay.isCollecting()) {
            client.readBody(true);
        }
    }

    /// Puts another body in place of the one that was collected, an empty one included.
    void replaceBody(byte[] body) {
        if (hasNoBody()) {
            relay.replaceNone(body);
        } else {
            relay.replace(body);
        }
    }

    /// Rewrites the body on its way.
    void transform(BodyTransform transform) {
        if (begun || stream != null) {
            throw new IllegalStateException("a request's body can be transformed in onRequest only");
        }
        relay.transform(transform);
    }

    /// Whether there is a body, sent or to be sent.
    boolean hasBody() {
        return begun || !hasNoBody();
    }

    /// Whether nothing of it is gone that would have to be sent once more.
    boolean isAtHand() {
        return !begun || relay.kept().isKeeping();
    }

    /// What was sent was for nothing: the rest of it waits for the next try.
    void interrupt() {
        if (begun) {
            relay.interrupt();
            if (!complete) {
                client.readBody(false);
            }
        }
    }

    /// The client gets this answer, `took` nanoseconds after the start of the try: it will not be sent once more.
    void settle(ResponseHead answer, long took) {
        relay.kept().drop();
        mirroring.answered(answer, took);
    }

    /// The exchange is over.
    void over() {
        relay.discard();
        mirroring.over();
    }

    /// Whether sending it twice does no harm (RFC 9110 §9.2.2), by its method or since its client says so.
    boolean isIdempotent() {
        return switch (request.sentMethod()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> request.has(KnownHeader.IDEMPOTENCY_KEY) || request.hasAdded("idempotency-key");
        };
    }

    /// Whether the client has sent all of it.
    boolean isComplete() {
        return complete;
    }

    /// Runs this once all of it has been sent on, which is not so yet.
    void whenSent(Runnable then) {
        whenSent = then;
    }

    /// When it had sent all of it, in the terms of [System#nanoTime].
    long completeAt() {
        return completeAt;
    }

    /// Says how long the response to what is sent next may take, in all and between two reads.
    void allow(long response, long idle) {
        responseNanos = response;
        idleNanos = idle;
    }

    /// Sends the head, and what is held of the body; then lets the rest come.
    ///
    /// @param keep
    ///            whether it may have to be sent once more
    void send(UpstreamStream to, Route route, Endpoint endpoint, RequestId id, boolean keep) {
        stream = to;
        if (begun) {
            sendAgain(to, route, endpoint, id, keep);
            return;
        }
        boolean whole = relay.isWhole();
        // A part of it where a policy that only observes gave up on a body that was too large for it.
        boolean held = relay.isHolding();
        boolean hasBody = whole ? relay.heldLength() > 0 : !complete;
        boolean rewritten = relay.transforms() && hasBody;
        long length = rewritten
                ? RequestWriter.CHUNKED
                : whole ? relay.heldLength() : RequestWriter.AS_RECEIVED;
        sentLength = length;
        sendHead(to, route, endpoint, id, !hasBody);
        if (!hasBody) {
            to.expect(responseNanos, idleNanos);
            to.flush();
            mirroring.complete();
            return;
        }
        begun = true;
        boolean copied = mirroring.copyBody(relay);
        if (keep) {
            relay.kept().keep();
        }
        if (held || rewritten || keep || copied) {
            // The framing of what was held is gone.
            relay.open(cutsChunks(to));
        }
        if (!complete && exchange.isCurrent(to)) {
            if (!held && !rewritten && !keep && !copied) {
                client.keepFraming(!to.framesBodies());
            }
            client.readBody(true);
        }
        if (exchange.isCurrent(to)) {
            to.flush();
        }
    }

    /// Sends all of it on a second stream beside the one that it is on.
    void sendBeside(UpstreamStream to, Route route, Endpoint endpoint, RequestId id) {
        UpstreamStream before = stream;
        stream = to;
        if (begun) {
            sendAgain(to, route, endpoint, id, true);
        } else {
            sendHead(to, route, endpoint, id, true);
            to.expect(responseNanos, idleNanos);
        }
        to.flush();
        stream = before;
    }

    /// The stream that it was sent on beside is the only one from here on; null where that has no connection yet.
    void moveTo(@Nullable UpstreamStream other) {
        stream = other;
    }

    private boolean cutsChunks(UpstreamStream to) {
        return !to.framesBodies() && (sentLength == RequestWriter.CHUNKED
                || (sentLength == RequestWriter.AS_RECEIVED && request.contentLength() == RequestHead.CHUNKED));
    }

    private void sendHead(UpstreamStream to, Route route, Endpoint endpoint, RequestId id, boolean bodiless) {
        HeadWriter out = worker.heads();
        if (request.acceptsTrailers()
                || (client.framing() == Downstream.Framing.FRAMES && request.takesTrailers())) {
            to.takeTrailers();
        }
        if (request.isHandshake()) {
            to.askForTunnel(request.makeServiceKey(worker.random()));
        }
        exchange.time().tell(responseNanos);
        mirroring.choose(route);
        RequestWriter.write(out, request, route.config(), endpoint, client.peer(), id, sentLength);
        mirroring.head(out, route);
        to.sendHead(out, bodiless, request.method().equals("HEAD"), relay.heldLength() + relay.kept().length());
    }

    private void sendAgain(UpstreamStream to, Route route, Endpoint endpoint, RequestId id, boolean keep) {
        sendHead(to, route, endpoint, id, false);
        relay.again(cutsChunks(to));
        if (!keep) {
            relay.kept().drop();
        }
        if (!complete && exchange.isCurrent(to)) {
            client.readBody(true);
        }
        if (exchange.isCurrent(to)) {
            to.flush();
        }
    }

    /// The response turns out to have no end in sight: of the time that it may take, this is left.
    void expectNoEnd(long response) {
        responseNanos = response;
        if (complete && stream != null) {
            stream.expect(response, idleNanos);
        }
    }

    /// The service has agreed to a tunnel: what the client sends goes through it, as long as it likes.
    void openTunnel(TunnelDirection through) {
        // Whatever policies made of the body: the handshake had none.
        relay.reset(Long.MAX_VALUE);
        tunnel = through;
        begun = true;
        complete = false;
        responseNanos = Long.MAX_VALUE;
        idleNanos = Long.MAX_VALUE;
        if (stream != null) {
            stream.expect(Long.MAX_VALUE, Long.MAX_VALUE);
        }
    }

    /// The service is given up.
    void detach() {
        stream = null;
    }

    /// The service takes more.
    void onWritable() {
        UpstreamStream to = stream;
        if (to != null && begun && !complete) {
            to.expect(Long.MAX_VALUE, Long.MAX_VALUE);
            client.readBody(true);
        }
    }

    /// All that the client sent at once has been handed on.
    @Override
    public void flush() {
        UpstreamStream to = stream;
        if (to != null) {
            to.flush();
        }
    }

    @Override
    public boolean takesMore() {
        UpstreamStream to = stream;
        return to != null && to.isWritable();
    }

    /// The client has sent the whole body.
    void complete() {
        complete = true;
        completeAt = worker.deadlines().now();
        relay.end();
    }

    @Override
    public void range(ByteBuf in, int start, int length) {
        TunnelDirection through = tunnel;
        if (through == null) {
            pass(in, start, length);
        } else {
            through.range(in, start, length);
        }
    }

    @Override
    public void pass(ByteBuf in, int start, int length) {
        UpstreamStream to = stream;
        if (to != null) {
            to.sendBody(in, start, length);
            pace(to);
        }
    }

    @Override
    public void bytes(byte[] bytes, int start, int length) {
        UpstreamStream to = stream;
        if (to != null) {
            to.sendBytes(bytes, start, length);
            pace(to);
        }
    }

    private void pace(UpstreamStream to) {
        if (!complete && !to.isWritable()) {
            // It is the service now that lets us wait. First, since it may take what waits before the next call is over.
            to.expect(Long.MAX_VALUE, idleNanos);
            client.readBody(false);
        }
    }

    @Override
    public void trailers(Trailers trailers) {
        if (stream != null) {
            stream.sendTrailers(trailers);
        }
    }

    @Override
    public void end() {
        TunnelDirection through = tunnel;
        if (through == null) {
            finish();
        } else {
            through.end();
        }
    }

    /// Nothing more of the request comes.
    void finish() {
        UpstreamStream to = stream;
        if (to != null) {
            to.endRequest();
            to.expect(responseNanos, idleNanos);
        }
        mirroring.complete();
        Runnable then = whenSent;
        if (then != null) {
            whenSent = null;
            then.run();
        }
    }

    @Override
    public void refuse(Fault fault) {
        exchange.onRefusal(fault, List.of());
    }
}
