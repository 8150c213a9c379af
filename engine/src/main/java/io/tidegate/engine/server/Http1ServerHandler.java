package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.tidegate.api.Fault;
import io.tidegate.config.ProtocolConfig;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.tls.TlsClosing;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Outbox;
import io.tidegate.engine.worker.RequestQueue.Place;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One client connection, whose requests are served one after the other (RFC 9112 §9.3): what comes behind a request
/// waits, unread, until its response is complete. [Http1ServerStream] is the request that is read or served; an idle
/// connection has none.
final class Http1ServerHandler extends ChannelInboundHandlerAdapter implements ServerConnection {

    private static final long SECOND = 1_000_000_000L;
    /// How long bytes of a client are dropped before its connection is closed, so that it reads the answer first.
    private static final long LINGER_NANOS = SECOND;
    /// How long an idle connection is kept once the listener accepts no more.
    private static final long DRAIN_IDLE_NANOS = 5 * SECOND;

    private final ConnectionTerms terms;
    private final Worker worker;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final Outbox outbox;
    private final DeliveryWatch delivery;
    private final ChannelHandlerContext context;
    private @Nullable Http1ServerStream stream;
    private final Place place = new Place(this::turn);
    private @Nullable ByteBuf pending;
    private boolean undecided;
    private boolean reading;
    private boolean autoRead = true;
    private boolean close;
    private boolean closing;
    private long rest;
    private boolean resting;

    Http1ServerHandler(ConnectionTerms terms, ChannelHandlerContext context) {
        this.terms = terms;
        this.worker = terms.worker();
        this.context = context;
        this.outbox = new Outbox(context.channel(), worker);
        this.delivery = new DeliveryWatch(terms, outbox, this::onSlowClient);
    }

    void start() {
        undecided = !terms.isSecured() && terms.config().spoken().contains(ProtocolConfig.H2C);
        worker.deadlines().refresh();
        deadline(terms.timeouts().firstByte().toNanos());
    }

    // What comes from the client.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        ByteBuf before = pending;
        if (closing) {
            in.release();
            return;
        }
        worker.deadlines().refresh();
        if (before != null) {
            // What was on its way while reading was being switched off, or what tells the protocol.
            in = ctx.alloc().compositeBuffer().addComponent(true, before).addComponent(true, in);
        }
        pending = in;
        if (undecided && !decide(in)) {
            return;
        }
        if (!reading && !resting && (before != null || !waits(in))) {
            if (place.waits()) {
                worker.requests().leave(place);
            }
            consume();
        }
    }

    /// Lets a request that comes to a busy loop wait for its turn; the rest of what it is a part of finds it under way.
    private boolean waits(ByteBuf in) {
        if (stream != null || worker.requests().isFree()) {
            return false;
        }
        ByteBuf kept = worker.requests().add(place, context.alloc(), in);
        if (kept != null) {
            pending = kept;
        }
        return kept != null;
    }

    /// Finds out whether the client speaks HTTP/1.1.
    ///
    /// @return whether it does
    private boolean decide(ByteBuf in) {
        switch (Http2Preface.look(in)) {
            case NO -> undecided = false;
            case MAYBE -> {
                deadline(terms.timeouts().requestHead().toNanos());
                return false;
            }
            case YES -> {
                pending = null;
                worker.deadlines().remove(deadline);
                delivery.close();
                terms.listener().speaksHttp2(this, context, in);
                return false;
            }
        }
        if (!terms.config().spoken().contains(ProtocolConfig.HTTP1)) {
            refuse(attached(), Fault.VERSION_UNSUPPORTED);
            return false;
        }
        return true;
    }

    /// Takes as much of what was received as can be taken now; the rest stays, and reading stops.
    private void consume() {
        reading = true;
        ByteBuf in = pending;
        try {
            while (in != null && in.isReadable() && !closing && !resting) {
                Http1ServerStream serving = stream;
                if (serving != null && serving.isServing()) {
                    if (!serving.takesBody()) {
                        break;
                    }
                    serving.readBody(in);
                } else if (!outbox.isWritable() || !readHead(in)) {
                    // A client that does not take its answers gets no more of them.
                    break;
                }
            }
        } finally {
            reading = false;
            if (in != null && (closing || !in.isReadable() || !context.channel().isActive())) {
                in.release();
                pending = null;
            }
        }
        autoRead(closing || (pending == null && !resting && (stream == null || !stream.holdsBody())));
    }

    private void autoRead(boolean on) {
        if (autoRead != on) {
            autoRead = on;
            context.channel().config().setAutoRead(on);
        }
    }

    /// The stream that reads the next request.
    private Http1ServerStream attached() {
        Http1ServerStream next = stream;
        if (next == null) {
            next = terms.listener().http1Streams(worker).take();
            next.attach(this);
            stream = next;
        }
        return next;
    }

    private boolean readHead(ByteBuf in) {
        Http1ServerStream next = attached();
        RequestHead head = next.head;
        if (head.length() == 0) {
            deadline(terms.timeouts().requestHead().toNanos());
        }
        if (!terms.current().parser().read(head, in)) {
            if (head.fault() != null) {
                refuse(next, head.fault());
            }
            return false;
        }
        Snapshot snapshot = terms.pin();
        clearDeadline();
        close = terms.countRequest() || !head.keepAlive();
        next.begin(snapshot);
        return true;
    }

    /// Answers what is no request, and closes: nothing behind it is ever parsed.
    private void refuse(Http1ServerStream refused, Fault fault) {
        close = true;
        clearDeadline();
        refused.exchange.refuse(terms.pin(), terms.current(), fault);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readComplete();
    }

    private void readComplete() {
        if (stream != null) {
            stream.exchange.onClientReadComplete();
        }
        flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.deadlines().remove(deadline);
        delivery.close();
        worker.requests().leave(place);
        rests(false);
        closing = true;
        if (stream != null) {
            stream.exchange.close();
            stream.dropRest();
            giveBack(stream);
        }
        outbox.discard();
        if (pending != null && !reading) {
            pending.release();
            pending = null;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            return;
        }
        if (stream != null) {
            stream.exchange.onClientWritable();
        }
        if (pending != null) {
            goOn();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    // Time.

    private void onDeadline() {
        Http1ServerStream serving = stream;
        if (place.waits() && !closing) {
            // What it waits for sets the next.
            return;
        }
        if (resting) {
            rests(false);
            readNext();
        } else if (!outbox.isDelivered() && (closing || isIdle())) {
            // The client is still taking the last response; DeliveryWatch tells whether fast enough.
            deadline((closing ? terms.timeouts().writeIdle() : terms.timeouts().idle()).toNanos());
        } else if (closing || serving == null) {
            context.close();
        } else if (serving.isServing()) {
            serving.onDeadline();
        } else if (isIdle()) {
            context.close();
        } else {
            refuse(serving, Fault.REQUEST_TIMEOUT);
            outbox.flush();
        }
    }

    /// Whether nothing is served and nothing has come. An empty line alone is no request that somebody waits for an
    /// answer to.
    private boolean isIdle() {
        return stream == null || (!stream.isServing() && stream.head.length() <= 2);
    }

    private void onSlowClient() {
        if (stream != null) {
            stream.exchange.fail(Fault.CLIENT_TOO_SLOW);
        }
        TlsClosing.cut(context);
    }

    /// A response whose head has not gone out yet says that it is the last. Else the next one does: a client that was
    /// not told may be sending it already.
    @Override
    public void drain() {
        Http1ServerStream serving = stream;
        if (closing || resting) {
            // What it rests for is over soon; then it is kept no longer than an idle one.
            return;
        }
        if (serving != null && serving.isServing()) {
            close |= serving.exchange.awaitsResponse();
            serving.exchange.goAway();
        } else if (serving == null || serving.head.length() == 0) {
            deadline(DRAIN_IDLE_NANOS);
        }
    }

    @Override
    public void cut() {
        closing = true;
        TlsClosing.cut(context);
    }

    // What the stream asks for.

    @Override
    public ConnectionTerms terms() {
        return terms;
    }

    Outbox outbox() {
        return outbox;
    }

    boolean isClosing() {
        return closing;
    }

    /// Sends what is waiting, and watches that the client takes it.
    void flush() {
        if (outbox.flush()) {
            delivery.begin();
        }
    }

    /// Looks again in so many nanoseconds, where a request is served at its [Http1ServerStream#onDeadline]; replaces
    /// what was set before.
    void deadline(long nanos) {
        worker.deadlines().set(deadline, nanos);
    }

    void clearDeadline() {
        worker.deadlines().clear(deadline);
    }

    /// Whether the end of the response ends the connection.
    boolean closesAfterResponse() {
        return close;
    }

    void closeAfterResponse() {
        close = true;
    }

    /// What comes behind the response is left unread for so many nanoseconds.
    void restAfterResponse(long nanos) {
        rest = nanos;
    }

    /// The stream takes its body, or takes it no more.
    void bodyWantedChanged() {
        if (!reading) {
            // Outside of a read, nobody else hands on what has been waiting here.
            consume();
            readComplete();
        }
    }

    /// The request is read and its response is complete: the next one.
    void next() {
        if (close || closing) {
            shut();
            return;
        }
        if (!reading) {
            // The stream can't do it any more.
            flush();
        }
        if (stream != null) {
            giveBack(stream);
        }
        if (rest > 0) {
            deadline(rest);
            rest = 0;
            rests(true);
            autoRead(false);
        } else {
            readNext();
        }
    }

    private void rests(boolean begins) {
        if (resting != begins) {
            resting = begins;
            worker.pressure().rests(begins);
        }
    }

    private void readNext() {
        deadline(terms.listener().isDraining() ? DRAIN_IDLE_NANOS : terms.timeouts().idle().toNanos());
        goOn();
    }

    private void giveBack(Http1ServerStream done) {
        stream = null;
        done.detach();
        terms.listener().http1Streams(worker).giveBack(done);
    }

    /// Reads on.
    void goOn() {
        if (!reading && !resting && !place.waits()) {
            if (pending != null && stream == null && !worker.requests().isFree()) {
                worker.requests().add(place);
            } else if (pending != null) {
                // A turn of its own, so that pipelined requests don't grow the stack.
                worker.loop().execute(this::resume);
            } else {
                autoRead(true);
            }
        }
    }

    /// The turn of the request that has waited.
    private void turn() {
        try {
            resume();
        } catch (RuntimeException | Error e) {
            context.close();
            throw e;
        }
    }

    private void resume() {
        if (!reading && !closing && !resting && pending != null) {
            worker.deadlines().refresh();
            consume();
            readComplete();
        }
    }

    /// Sends what is waiting, then closes.
    void shut() {
        if (closing) {
            return;
        }
        closing = true;
        flush();
        if (stream != null) {
            stream.dropRest();
            if (!stream.isServing()) {
                giveBack(stream);
            }
        }
        deadline(Math.max(LINGER_NANOS, terms.timeouts().writeIdle().toNanos()));
        // What the client still sends is dropped for a moment, so that it reads the answer first (RFC 9112 section 9.6).
        TlsClosing.finishOutput(context).addListener(sent -> deadline(LINGER_NANOS));
        if (!reading) {
            consume();
        }
    }

    /// Closes at once. Where `reset` is set, in a way that can't be taken for the end of a body.
    void abort(boolean reset) {
        closing = true;
        outbox.flush();
        if (reset) {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        TlsClosing.cut(context);
    }
}
