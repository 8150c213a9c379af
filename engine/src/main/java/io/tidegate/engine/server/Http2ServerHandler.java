package io.tidegate.engine.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.api.Fault;
import io.tidegate.engine.tls.TlsClosing;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.GlitchBudget;
import io.tidegate.engine.worker.Worker;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One client connection that speaks HTTP/2 (RFC 9113). Netty's codec reads and writes the frames ([Http2Frames]);
/// each request is an [Http2ServerStream]. Here is what concerns the connection: its bounds, its time-outs, its end.
final class Http2ServerHandler extends Http2ConnectionHandler implements ServerConnection, Http2Frames.Events {

    private static final long SECOND = 1_000_000_000L;
    /// Between the word that nothing new is taken and the end of taking: what a client had sent before it heard.
    private static final long GOING_AWAY_NANOS = SECOND;
    /// How long the word that a connection is given up may wait to be taken.
    private static final long FAREWELL_MILLIS = 1000;
    /// Broken rules and resets in ten seconds (CVE-2023-44487, CVE-2025-8671).
    private static final int MAX_GLITCHES = 100;
    /// Frames without use in ten seconds (CVE-2019-9512, CVE-2019-9515, CVE-2019-9518).
    private static final int MAX_IDLE_FRAMES = 1000;

    private final ConnectionTerms terms;
    private final Http2Frames frames;
    private final Worker worker;
    private final Channel channel;
    private final Http2Delivery delivery;
    private final Http2SlowStreams slow;
    private final Http2Outbox outbox;
    private final Http2RequestReader requests;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final GlitchBudget glitches;
    private final GlitchBudget idleFrames;
    private @Nullable ChannelHandlerContext context;
    private boolean leaving;
    private boolean failed;

    private Http2ServerHandler(ConnectionTerms terms, Channel channel, Http2Frames frames) {
        super(frames.decoder(), frames.encoder(), frames.settings());
        this.terms = terms;
        this.frames = frames;
        this.worker = terms.worker();
        this.channel = channel;
        this.delivery = new Http2Delivery(terms, channel, this::onNothingTaken);
        this.slow = new Http2SlowStreams(terms, connection(), encoder().flowController(), this::onTooSlow);
        this.outbox = new Http2Outbox(this, channel, slow);
        this.requests = new Http2RequestReader(this, frames.lines());
        long now = worker.deadlines().now();
        this.glitches = new GlitchBudget(MAX_GLITCHES, now);
        this.idleFrames = new GlitchBudget(MAX_IDLE_FRAMES, now);
    }

    /// The handler of a connection that begins to speak HTTP/2 on `channel`.
    static Http2ServerHandler of(ConnectionTerms terms, Channel channel) {
        Http2Frames frames = new Http2Frames(terms.config().limits());
        Http2ServerHandler handler = new Http2ServerHandler(terms, channel, frames);
        frames.tell(handler);
        handler.decoder().frameListener(handler.requests);
        handler.connection().addListener(handler.new Streams());
        handler.encoder().flowController().listener(handler::onWritable);
        return handler;
    }

    /// Its place in the pipeline.
    ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("the handler is not in place");
        }
        return known;
    }

    @Override
    public ConnectionTerms terms() {
        return terms;
    }

    /// What takes what its streams send.
    Http2Outbox outbox() {
        return outbox;
    }

    /// What reads its requests.
    Http2RequestReader requests() {
        return requests;
    }

    // The connection.

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        ctx.pipeline().addFirst(delivery);
        super.handlerAdded(ctx);
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, terms.timeouts().firstByte().toNanos());
        Http2Stream whole = connection().connectionStream();
        decoder().flowController().incrementWindowSize(whole,
                Http2Frames.CONNECTION_WINDOW - decoder().flowController().windowSize(whole));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        worker.deadlines().refresh();
        outbox.readBegins();
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        requests.readComplete();
        outbox.readEnds();
        super.channelReadComplete(ctx);
        slow.watchGiven();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        // The streams that ended just now have set it.
        worker.deadlines().remove(deadline);
        delivery.close();
    }

    private void onDeadline() {
        if (leaving || connection().numActiveStreams() == 0) {
            ChannelHandlerContext ctx = context();
            try {
                if (leaving) {
                    goAway(ctx, connection().remote().lastStreamCreated(), Http2Error.NO_ERROR.code(),
                            Unpooled.EMPTY_BUFFER, ctx.newPromise());
                }
                // Waits for the streams that are left, each of which has bounds of its own.
                gracefulShutdownTimeoutMillis(-1);
                close(ctx, ctx.newPromise());
            } catch (Exception e) {
                onError(ctx, true, e);
            }
        }
    }

    /// In two steps (RFC 9113 §6.8), so that what the client has sent before it hears of it is still served.
    @Override
    public void drain() {
        if (terms.listener().isDraining()) {
            requests.goAway();
        }
        if (leaving) {
            return;
        }
        leaving = true;
        ChannelHandlerContext ctx = context();
        goAway(ctx, Integer.MAX_VALUE, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
        ctx.flush();
        worker.deadlines().set(deadline, GOING_AWAY_NANOS);
    }

    @Override
    public void cut() {
        // Past this handler, which would wait for its streams.
        TlsClosing.cut(context());
    }

    // What breaks the rules.

    /// The client did what nobody needs to do.
    void glitch() {
        if (glitches.spend(worker.deadlines().now())) {
            flood();
        }
    }

    /// The client sent a frame that nobody needs.
    void idleFrame() {
        if (idleFrames.spend(worker.deadlines().now())) {
            flood();
        }
    }

    private void flood() {
        Http2Exception reason = Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "%s",
                Fault.H2_FLOOD.title());
        onConnectionError(context(), false, reason, reason);
    }

    @Override
    protected void onConnectionError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
            @Nullable Http2Exception fault) {
        if (failed) {
            return;
        }
        // Until the client has heard of it, which is its own choice, it could go on as before.
        frames.stop();
        gracefulShutdownTimeoutMillis(FAREWELL_MILLIS);
        if (fault != null && channel.isActive()) {
            failed = true;
            Fault reason = fault.error() == Http2Error.ENHANCE_YOUR_CALM ? Fault.H2_FLOOD : Fault.H2_PROTOCOL;
            terms.current().telemetry().metrics().worker(worker.index()).rejected(reason);
        }
        super.onConnectionError(ctx, outbound, cause, fault);
    }

    @Override
    protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
            Http2Exception.StreamException fault) {
        if (!outbound) {
            Http2ServerStream broken = requests.serving(connection().stream(fault.streamId()));
            if (broken != null) {
                broken.breakOff(Fault.H2_STREAM);
            }
        }
        super.onStreamError(ctx, outbound, cause, fault);
        if (!outbound) {
            glitch();
        }
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        requests.refuse(stream, Fault.HEADERS_TOO_LARGE);
    }

    @Override
    public void onControlFlood() {
        flood();
    }

    @Override
    public void onFrameDropped() {
        idleFrame();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            // The client has broken the connection off: nothing that anybody needs to be told of.
            cut();
        } else {
            super.exceptionCaught(ctx, cause);
        }
    }

    private void onTooSlow(Http2Stream stream) {
        Http2ServerStream served = requests.serving(stream);
        if (served != null) {
            served.breakOff(Fault.CLIENT_TOO_SLOW);
        }
        outbox.reset(stream, Http2Error.CANCEL);
        outbox.flushLater();
    }

    /// The client takes nothing of the connection, whatever room it gives to streams.
    private void onNothingTaken() {
        try {
            connection().forEachActiveStream(stream -> {
                Http2ServerStream served = requests.serving(stream);
                if (served != null) {
                    served.breakOff(Fault.CLIENT_TOO_SLOW);
                }
                return true;
            });
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
        cut();
    }

    // Its streams.

    @Override
    public void onDataWritten(int streamId, int bytes) {
        slow.wentOut(streamId, bytes);
    }

    private void onWritable(Http2Stream stream) {
        Http2ServerStream served = requests.serving(stream);
        if (served != null && outbox.isWritable(stream)) {
            served.onWritable();
        }
    }

    /// What comes of streams.
    private final class Streams extends Http2ConnectionAdapter {

        @Override
        public void onStreamActive(Http2Stream stream) {
            if (!leaving) {
                worker.deadlines().clear(deadline);
            }
        }

        @Override
        public void onStreamClosed(Http2Stream stream) {
            Http2ServerStream served = requests.serving(stream);
            if (served != null) {
                served.onClosed();
            }
            slow.forget(stream);
            if (connection().numActiveStreams() == 0 && !leaving) {
                worker.deadlines().set(deadline, terms.timeouts().idle().toNanos());
            }
        }
    }
}
