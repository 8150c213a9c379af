package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Body;
import io.tidegate.api.BodyTransform;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import io.tidegate.engine.exchange.Downstream.Framing;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends the response of an exchange: decides how it is framed, writes its head, and moves its body.
final class ResponseSide implements Relay.Target, TunnelDirection.Way {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseSide.class);
    private static final byte[] NOTHING = {};

    private final HttpExchange exchange;
    private final Downstream client;
    private final Worker worker;
    private final RequestHead request;
    private final Relay relay;
    private @Nullable ResponseHead made;
    private @Nullable ResponseHead saved;
    private @Nullable ResponseHead shown;
    private @Nullable TunnelDirection tunnel;
    private byte[] answer = NOTHING;
    private boolean answers;
    private boolean trailersOnly;
    private boolean bodiless;
    private boolean headSent;

    ResponseSide(HttpExchange exchange, Downstream client, RequestHead request) {
        this.exchange = exchange;
        this.client = client;
        this.worker = client.worker();
        this.request = request;
        this.relay = new Relay(worker, this);
    }

    void begin() {
        headSent = false;
        bodiless = false;
        tunnel = null;
        relay.reset(Long.MAX_VALUE);
    }

    /// The exchange is over: lets go of what was kept of it.
    void clear() {
        relay.discard();
        answer = NOTHING;
        answers = false;
        trailersOnly = false;
        shown = null;
        if (made != null) {
            made.reset();
        }
        if (saved != null) {
            saved.reset();
        }
    }

    Relay relay() {
        return relay;
    }

    /// Rewrites the body on its way.
    void transform(BodyTransform transform) {
        if (headSent) {
            throw new IllegalStateException("a response's body can be transformed in onResponse only");
        }
        relay.transform(transform);
    }

    /// The head that policies see; null where there is no response yet.
    @Nullable
    ResponseHead head() {
        return shown;
    }

    /// Policies see this head from here on.
    void show(ResponseHead head) {
        shown = head;
    }

    /// Whether the response is an answer made here.
    boolean isAnswer() {
        return answers;
    }

    /// Length of the body in bytes, or -1 where it is not known.
    long length() {
        if (answers) {
            return answer.length;
        }
        ResponseHead head = shown;
        return head == null || bodiless ? 0 : Math.max(-1, head.contentLength());
    }

    /// Shows the body once it is complete.
    void collect(int maxBytes, Consumer<Body> then, Runnable tooLarge) {
        if (answers || switchesProtocols()) {
            HeldBody.show(answer, maxBytes, then, tooLarge);
        } else {
            relay.collect(maxBytes, then, tooLarge);
        }
    }

    /// Puts another body in place of the answer's, or of the one that was collected.
    void replaceBody(byte[] body) {
        if (answers) {
            answer = body;
        } else if (!switchesProtocols()) {
            relay.replace(body);
        }
    }

    /// Whether the service opens a tunnel: there is no body to be seen or changed.
    private boolean switchesProtocols() {
        return shown != null && shown.switchesProtocols();
    }

    /// Sends the head that opens a tunnel; what comes behind it goes through that.
    void openTunnel(HeadWriter head, TunnelDirection through) {
        headSent = true;
        client.sendHead(head, relay.heldLength());
        tunnel = through;
        relay.dropTransforms();
        relay.open(false);
    }

    /// Whether a head has gone out, so that nothing else can be answered any more.
    boolean isHeadSent() {
        return headSent;
    }

    void setBodiless(boolean complete) {
        bodiless = complete;
    }

    /// Keeps the head, and what comes of the body, until policies are done with it. The connection may serve somebody
    /// else before they are.
    ResponseHead hold(ResponseHead head, UpstreamStream from) {
        ResponseHead own = saved == null ? new ResponseHead() : saved;
        saved = own;
        own.copyFrom(head);
        from.keepFraming(false);
        if (!relay.isCollecting()) {
            relay.hold();
            from.reading(false);
        }
        return own;
    }

    @SuppressWarnings("ReferenceEquality") // the head that is kept, not an equal one
    boolean isHeld(ResponseHead head) {
        return head == saved;
    }

    /// Sends a head as it is received; `in` holds it from `start` to `end` where `end` is more than `start`.
    void send(ResponseHead head, ByteBuf in, int start, int end, UpstreamStream from) {
        settleBodiless(head);
        boolean chunked = head.contentLength() == ResponseHead.CHUNKED;
        boolean rewritten = relay.transforms() && !bodiless;
        boolean unknownLength = !bodiless && (head.contentLength() < 0 || rewritten);
        announceClose(unknownLength);
        boolean chunks = client.framing() == Framing.CHUNKS;
        boolean keepFraming = chunked && chunks && !rewritten && !relay.copiesReceived();
        boolean encodeChunks = unknownLength && !keepFraming && chunks;
        if (!bodiless && chunked) {
            from.keepFraming(keepFraming);
        }
        headSent = true;
        boolean asReceived = head.isPlain() && end > start && !client.closesAfterResponse()
                && chunks && head.status() != 204 && !encodeChunks && !rewritten
                && (keepFraming || !chunked) && client.peer().altSvcLine().length == 0;
        if (asReceived) {
            client.sendRange(in, start, end - start);
        } else {
            HeadWriter out = write(head, rewritten, unknownLength);
            client.sendHead(out, in.readableBytes());
        }
        if (encodeChunks) {
            relay.open(true);
        }
    }

    /// Sends a head that was held, and what has come behind it meanwhile.
    void sendHeld(ResponseHead head, @Nullable UpstreamStream from) {
        settleBodiless(head);
        boolean whole = relay.isWhole();
        boolean rewritten = relay.transforms() && !bodiless;
        boolean known = bodiless || (!rewritten && (whole || head.contentLength() >= 0));
        if (whole && !rewritten && !bodiless) {
            head.drop(KnownHeader.CONTENT_LENGTH);
            head.add("content-length", Integer.toString(relay.heldLength()));
        }
        announceClose(!known);
        HeadWriter out = write(head, rewritten, !known);
        headSent = true;
        client.sendHead(out, relay.heldLength());
        relay.open(!known && client.framing() == Framing.CHUNKS);
        if (from != null && exchange.isCurrent(from)) {
            from.reading(client.isWritable());
        }
    }

    /// Where the message has no body there is nothing to rewrite, and what a policy puts in its place is sent only
    /// where one may be. The length that is told to HEAD is that of the body that GET would get, which is not known
    /// then (RFC 9110 section 8.6).
    private void settleBodiless(ResponseHead head) {
        if (!bodiless) {
            return;
        }
        boolean changed = relay.transforms();
        relay.dropTransforms();
        if (relay.heldLength() > 0) {
            if (request.method().equals("HEAD") || head.status() == 204 || head.status() == 304) {
                changed = true;
                relay.replace(NOTHING);
            } else {
                bodiless = false;
            }
        }
        if (changed) {
            head.drop(KnownHeader.CONTENT_LENGTH);
        }
    }

    /// Makes the answer to a fault.
    ///
    /// @return its head
    ResponseHead make(Answers answering, Fault fault, List<Field> headers, RequestId id) {
        ResponseHead head = made();
        answer = answering.make(head, fault, headers, id.toString());
        answers = true;
        return head;
    }

    /// Makes the answer to a fault that a call of gRPC ran into: a status and nothing else (gRPC over HTTP/2,
    /// "Trailers-Only").
    ///
    /// @return its head
    ResponseHead makeStatus(Fault fault, List<Field> headers, RequestId id) {
        ResponseHead head = made();
        Answers.makeStatus(head, fault, id.toString());
        answer = NOTHING;
        answers = true;
        trailersOnly = true;
        for (Field field : headers) {
            if (!field.name().equalsIgnoreCase("content-type")) {
                head.addAll(List.of(field));
            }
        }
        return head;
    }

    /// Makes an answer of what a policy, or the gateway itself, replies.
    ///
    /// @return its head
    ResponseHead make(Reply reply) {
        ResponseHead head = made();
        head.make(reply.status());
        head.addAll(reply.headers());
        answer = reply.body();
        answers = true;
        return head;
    }

    /// The head of an answer made here; most exchanges never need one.
    private ResponseHead made() {
        ResponseHead head = made;
        if (head == null) {
            head = new ResponseHead();
            made = head;
        }
        return head;
    }

    /// Sends the answer that was made.
    ///
    /// @return number of bytes of its body that were sent
    int sendMade(ResponseHead head) {
        byte[] sent = rewritten(answer);
        int status = head.status();
        boolean empty = trailersOnly || status == 204 || status == 304;
        HeadWriter out = ResponseWriter.writeMade(worker, head, client, empty ? -1 : sent.length);
        headSent = true;
        boolean withBody = !empty && sent.length > 0 && !request.method().equals("HEAD");
        client.sendHead(out, withBody ? sent.length : 0);
        if (withBody) {
            client.sendBytes(sent, 0, sent.length);
        }
        return withBody ? sent.length : 0;
    }

    private byte[] rewritten(byte[] body) {
        try {
            return relay.rewrite(body);
        } catch (RuntimeException e) {
            LOG.error("a policy failed to rewrite an answer", e);
            return body;
        }
    }

    /// A response that ends with the connection, and one that comes before its request was complete, end the
    /// connection; their heads have to say so.
    private void announceClose(boolean unknownLength) {
        if (client.framing() == Framing.FRAMES) {
            return;
        }
        if ((unknownLength && client.framing() == Framing.CLOSE) || !exchange.requestSide().isComplete()) {
            client.closeAfterResponse();
        }
    }

    private HeadWriter write(ResponseHead head, boolean rewritten, boolean unknownLength) {
        boolean toHead = request.method().equals("HEAD");
        // A response without a body has no length either, but where it is that of the one that GET would get.
        boolean noBody = bodiless && !toHead && head.status() != 304;
        if (rewritten || noBody) {
            head.drop(KnownHeader.CONTENT_LENGTH);
        }
        boolean chunks = unknownLength || (toHead && head.contentLength() == ResponseHead.CHUNKED);
        return ResponseWriter.write(worker.heads(), head, client,
                chunks ? ResponseWriter.CHUNKED : noBody ? 0 : ResponseWriter.AS_RECEIVED);
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
        client.sendRange(in, start, length);
        if (!client.isWritable()) {
            exchange.pauseService();
        }
    }

    @Override
    public void bytes(byte[] bytes, int start, int length) {
        client.sendBytes(bytes, start, length);
        if (!client.isWritable()) {
            exchange.pauseService();
        }
    }

    @Override
    public void trailers(Trailers trailers) {
        client.sendTrailers(trailers);
        exchange.call().told();
    }

    @Override
    public void end() {
        TunnelDirection through = tunnel;
        if (through == null) {
            exchange.onResponseSent();
        } else {
            through.end();
        }
    }

    @Override
    public void flush() {
        client.flush();
    }

    @Override
    public boolean takesMore() {
        return client.isWritable();
    }

    @Override
    public void refuse(Fault fault) {
        exchange.onRefusal(fault, List.of());
    }
}
