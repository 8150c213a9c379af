package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One request of HTTP/2. Lent to a connection from the head of the request to the end of the response; what is left of
/// the stream then (a body that nobody wants, data that the client has not taken) is the connection's business.
final class Http2ServerStream extends ServerStream<Http2ServerHandler> {

    private static final byte[] CRLF = Ascii.bytes("\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    private final Deadline deadline = new Deadline(this::onDeadline);
    private final BodyWatch watch = new BodyWatch();
    private final HeadWriter chunkLine = new HeadWriter(24);
    private final Http2ResponseFrames response = new Http2ResponseFrames(this);
    private @Nullable Http2Stream stream;
    private @Nullable ByteBuf held;
    private @Nullable Trailers trailers;
    private long received;
    private boolean open;
    private boolean ended;
    private boolean wanted;
    private boolean framing;
    private boolean dropping;
    private boolean delivering;
    private boolean tunnel;

    /// A stream of connections of this worker.
    Http2ServerStream(Worker worker) {
        super(worker);
    }

    /// The stream of the connection that the request is on.
    Http2Stream stream() {
        Http2Stream serving = stream;
        if (serving == null) {
            throw new IllegalStateException("the stream serves no request");
        }
        return serving;
    }

    /// Serves the request that `fields` are the head of.
    ///
    /// @param end
    ///            whether it is complete with its head
    /// @param refused
    ///            why it is refused, whatever the fields say, or null
    void begin(Http2ServerHandler by, Http2Stream on, FieldLines fields, boolean end, Snapshot snapshot,
            @Nullable Fault refused) {
        attach(by);
        stream = on;
        response.begin();
        received = 0;
        trailers = null;
        open = !end;
        ended = end;
        wanted = false;
        framing = false;
        dropping = false;
        tunnel = false;
        ListenerSnapshot listener = terms().current();
        Fault fault = refused;
        if (fault == null) {
            fault = listener.parser().read(head, fields, !end) ? check(fields) : head.fault();
        }
        if (fault == null) {
            exchange.begin(snapshot, listener);
        } else {
            refuse(fault, snapshot, listener);
        }
    }

    private @Nullable Fault check(FieldLines fields) {
        if (ended && head.contentLength() > 0) {
            return Fault.H2_LENGTH;
        }
        return terms().acceptsScheme(fields.scheme()) ? null : Fault.H2_PSEUDO;
    }

    /// Refuses a head, by a reset where it is malformed (RFC 9113 §8.1.1).
    private void refuse(Fault fault, Snapshot snapshot, ListenerSnapshot listener) {
        Http2ServerHandler by = connection();
        Http2Stream on = stream();
        boolean malformed = fault.status() == 400;
        if (malformed) {
            response.mute();
        }
        exchange.refuse(snapshot, listener, fault);
        if (malformed) {
            by.outbox().reset(on, Http2Error.PROTOCOL_ERROR);
            by.glitch();
        }
    }

    /// The client broke a rule, and the stream is reset for it by somebody else.
    void breakOff(Fault fault) {
        response.mute();
        if (exchange.isActive()) {
            exchange.fail(fault);
            // Policies that look at the answer may be waited for: nobody gets it, and this serves others next.
            exchange.close();
        }
        if (isAttached()) {
            over();
        }
    }

    /// The stream is closed, by the client or with its connection.
    void onClosed() {
        exchange.close();
        over();
    }

    /// Nothing more is done for this request here.
    private void over() {
        Http2ServerHandler by = connection();
        Http2Stream on = stream();
        int unread = held == null ? 0 : held.readableBytes();
        if (held != null) {
            held.release();
            held = null;
        }
        response.discard();
        worker().deadlines().clear(deadline);
        stream = null;
        detach();
        by.requests().over(this, on, unread);
    }

    // The body of the request.

    /// Takes a part of the body.
    ///
    /// @param end
    ///            whether it is the last
    /// @return bytes that are done with; the rest is held, and counts against the client's window
    /// @throws Http2Exception
    ///             where the body is not as long as declared
    @SuppressWarnings("ReferenceEquality") // the same stream
    int data(ByteBuf in, boolean end) throws Http2Exception {
        Http2Stream on = stream();
        int length = in.readableBytes();
        received += length;
        long declared = head.isHandshake() ? RequestHead.CHUNKED : head.contentLength();
        if (declared >= 0 && (received > declared || (end && received < declared))) {
            throw Http2Exception.streamError(on.id(), Http2Error.PROTOCOL_ERROR, "%s", Fault.H2_LENGTH.title());
        }
        open = !end;
        if (dropping) {
            return length;
        }
        watch.took(length, worker().deadlines().now());
        if (!wanted || held != null) {
            hold(in);
            ended |= end;
            return 0;
        }
        if (length > 0) {
            deliver(in);
        }
        if (end && stream == on) {
            endBody();
        }
        return length;
    }

    private void hold(ByteBuf in) {
        if (in.isReadable()) {
            ByteBuf before = held == null ? connection().outbox().allocator().buffer(in.readableBytes()) : held;
            held = before;
            // A copy, since a small range would keep all that was received with it.
            before.writeBytes(in, in.readerIndex(), in.readableBytes());
        }
    }

    private void deliver(ByteBuf in) {
        int length = in.readableBytes();
        if (framing) {
            chunkLine.clear();
            chunkLine.hex(length);
            chunkLine.crlf();
            exchange.requestBody().literal(chunkLine.array(), 0, chunkLine.length());
        }
        exchange.requestBody().range(in, in.readerIndex(), length, length);
        if (framing && stream != null) {
            exchange.requestBody().literal(CRLF, 0, CRLF.length);
        }
    }

    /// Takes the end of the body, with the fields behind it.
    ///
    /// @param fields
    ///            those that may pass; null for none
    void trailers(@Nullable Trailers fields) throws Http2Exception {
        trailers = fields;
        data(Unpooled.EMPTY_BUFFER, true);
    }

    private void endBody() {
        ended = false;
        worker().deadlines().clear(deadline);
        if (head.contentLength() == 0 && !tunnel) {
            // The exchange never waited for it.
            return;
        }
        if (framing) {
            exchange.requestBody().literal(LAST_CHUNK, 0, LAST_CHUNK.length);
        }
        if (trailers != null) {
            exchange.requestBody().trailers(trailers);
        }
        exchange.onRequestRead();
    }

    /// Hands on what was held.
    @SuppressWarnings("ReferenceEquality") // the same stream
    private void drain() {
        Http2Stream on = stream;
        if (delivering || on == null) {
            return;
        }
        boolean waited = held != null;
        delivering = true;
        try {
            Http2RequestReader requests = connection().requests();
            while (stream == on && wanted && held != null) {
                ByteBuf all = held;
                held = null;
                int length = all.readableBytes();
                try {
                    deliver(all);
                } finally {
                    all.release();
                }
                requests.consumed(on, length);
            }
            if (stream == on && wanted && ended && (head.contentLength() != 0 || tunnel)) {
                endBody();
            }
            // Nobody else does: this may be called by the service's side, which takes more.
            exchange.onClientReadComplete();
        } finally {
            delivering = false;
        }
        if (waited && stream == on) {
            // Nothing may come of the client for now, with whose bytes it would be sent.
            exchange.onClientReadComplete();
        }
    }

    private void onDeadline() {
        if (!isAttached() || !open || !wanted) {
            return;
        }
        Fault fault = watch.look(terms(), exchange, exchange.endlessIdleNanos() < 0);
        if (fault == null) {
            worker().deadlines().set(deadline, watch.again(terms(), exchange));
            return;
        }
        Http2Outbox outbox = connection().outbox();
        exchange.fail(fault);
        outbox.flushLater();
    }

    // What goes to the client.

    @Override
    public Framing framing() {
        return Framing.FRAMES;
    }

    @Override
    public String protocol() {
        return "HTTP/2";
    }

    @Override
    public void sendHead(HeadWriter out, int expected) {
        response.head(out);
    }

    @Override
    public void sendRange(ByteBuf in, int start, int length) {
        response.range(in, start, length);
    }

    @Override
    public void sendBytes(byte[] bytes, int start, int length) {
        response.bytes(bytes, start, length);
    }

    @Override
    public void sendTrailers(Trailers trailers) {
        response.trailers(trailers);
    }

    @Override
    public void flush() {
        if (isAttached()) {
            response.send();
            connection().outbox().flushLater();
        }
    }

    @Override
    public boolean isWritable() {
        return response.isMuted() || connection().outbox().isWritable(stream());
    }

    /// The client takes more.
    void onWritable() {
        exchange.onClientWritable();
    }

    @Override
    public void keepFraming(boolean on) {
        framing = on && head.contentLength() == RequestHead.CHUNKED;
    }

    @Override
    public void readBody(boolean on) {
        if (on && !wanted && open) {
            if (head.expectsContinue()) {
                head.continued();
                connection().outbox().head(stream(), new DefaultHttp2Headers(false).status("100"), false);
                connection().outbox().flushLater();
            }
            worker().deadlines().set(deadline, tunnel ? Long.MAX_VALUE : watch.begin(terms(), exchange));
        } else if (!on) {
            worker().deadlines().clear(deadline);
        }
        wanted = on;
        if (on) {
            drain();
        }
    }

    @Override
    public void openTunnel() {
        tunnel = true;
        readBody(true);
        if (isAttached() && terms().listener().isDraining()) {
            exchange.goAway();
        }
    }

    @Override
    public boolean closesAfterResponse() {
        return false;
    }

    @Override
    public void closeAfterResponse() {
        // A stream ends by itself; the connection goes on.
    }

    @Override
    public void dropBody() {
        dropping = true;
    }

    @Override
    public void endResponse() {
        Http2Outbox outbox = connection().outbox();
        if (!response.isMuted()) {
            Http2Stream on = stream();
            ChannelFuture last = response.end();
            if (open) {
                outbox.stopRequest(on, last);
            }
        }
        over();
        outbox.flushLater();
    }

    @Override
    public void abort() {
        Http2Outbox outbox = connection().outbox();
        Http2Stream on = stream();
        boolean reset = !response.isMuted();
        over();
        if (reset) {
            // RFC 8441 section 5: CANCEL is for a tunnel what a reset is for TCP.
            outbox.reset(on, tunnel ? Http2Error.CANCEL : Http2Error.INTERNAL_ERROR);
            outbox.flushLater();
        }
    }
}
