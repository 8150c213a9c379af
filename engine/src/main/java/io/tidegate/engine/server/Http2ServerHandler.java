package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.api.Fault;
import io.tidegate.config.ClientTimeoutsConfig;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Peer;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.tls.TlsClosing;
import io.tidegate.engine.tls.TlsConnection;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Delivery;
import io.tidegate.engine.worker.GlitchBudget;
import io.tidegate.engine.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One client connection that speaks HTTP/2 (RFC 9113). Netty's codec reads and writes the frames ([Http2Frames]);
/// each request is an [Http2ServerStream]. Here is what concerns the connection: its bounds, its time-outs, its end.
final class Http2ServerHandler extends Http2ConnectionHandler implements ServerConnection {

    private static final long SECOND = 1_000_000_000L;
    /// Between the word that nothing new is taken and the end of taking: what a client had sent before it heard.
    private static final long GOING_AWAY_NANOS = SECOND;
    /// Broken rules and resets in ten seconds (CVE-2023-44487, CVE-2025-8671).
    private static final int MAX_GLITCHES = 100;
    /// Frames without use in ten seconds (CVE-2019-9512, CVE-2019-9515, CVE-2019-9518).
    private static final int MAX_IDLE_FRAMES = 1000;

    private final Listener listener;
    private final Worker worker;
    private final Channel channel;
    private final @Nullable TlsConnection secured;
    private final Http2Frames frames;
    private final Http2Connection.PropertyKey begun;
    private final Http2Connection.PropertyKey serving;
    private final Http2Connection.PropertyKey slow;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final GlitchBudget glitches;
    private final GlitchBudget idleFrames;
    private final List<Http2ServerStream> touched = new ArrayList<>();
    private final List<Http2Stream> written = new ArrayList<>();
    private final Runnable flushTask = this::flushNow;
    private final long bornAt;
    private final long ageNanos;
    private @Nullable ChannelHandlerContext context;
    private ListenerSnapshot current;
    private Peer peer;
    private boolean reading;
    private boolean flushQueued;
    private boolean leaving;
    private boolean failed;
    private int slowStreams;
    private int requests;

    private Http2ServerHandler(Listener listener, ListenerSnapshot current, Worker worker, Channel channel,
            @Nullable TlsConnection secured, Http2Frames frames) {
        super(frames.decoder(), frames.encoder(), frames.settings());
        this.listener = listener;
        this.current = current;
        this.worker = worker;
        this.channel = channel;
        this.secured = secured;
        this.frames = frames;
        this.begun = connection().newKey();
        this.serving = connection().newKey();
        this.slow = connection().newKey();
        long now = worker.deadlines().now();
        this.glitches = new GlitchBudget(MAX_GLITCHES, now);
        this.idleFrames = new GlitchBudget(MAX_IDLE_FRAMES, now);
        this.peer = new Peer(current, channel.remoteAddress(), secured, "2");
        this.bornAt = now;
        long age = current.config().timeouts().connectionAge().toNanos();
        this.ageNanos = age - age / 10 + (long) (worker.random().nextDouble() * (age / 5.0));
    }

    /// The handler of a connection that begins to speak HTTP/2.
    ///
    /// @param secured
    ///            what was agreed on with the client; null without TLS
    static Http2ServerHandler of(Listener listener, ListenerSnapshot current, Worker worker, Channel channel,
            @Nullable TlsConnection secured) {
        Relayed relayed = new Relayed();
        Http2Frames frames = new Http2Frames(current.config().limits(), relayed);
        Http2ServerHandler handler = new Http2ServerHandler(listener, current, worker, channel, secured, frames);
        relayed.to = handler;
        handler.decoder().frameListener(handler.new Reader());
        handler.connection().addListener(handler.new Streams());
        handler.encoder().flowController().listener(handler::onWritable);
        return handler;
    }

    /// What the codec tells, which is made before the handler is.
    private static final class Relayed implements Http2Frames.Events {

        private @Nullable Http2ServerHandler to;

        @Override
        public void onDataWritten(int streamId, int bytes) {
            if (to != null) {
                to.onDataWritten(streamId, bytes);
            }
        }

        @Override
        public void onControlFlood() {
            if (to != null) {
                to.flood();
            }
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("the handler is not in place");
        }
        return known;
    }

    private ClientTimeoutsConfig timeouts() {
        return current.config().timeouts();
    }

    // The connection.

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, timeouts().firstByte().toNanos());
        Http2Stream whole = connection().connectionStream();
        decoder().flowController().incrementWindowSize(whole,
                Http2Frames.CONNECTION_WINDOW - decoder().flowController().windowSize(whole));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        worker.deadlines().refresh();
        reading = true;
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        for (Http2ServerStream stream : touched) {
            if (stream.exchange().isActive()) {
                stream.exchange().onClientReadComplete();
            }
        }
        touched.clear();
        reading = false;
        super.channelReadComplete(ctx);
        watchWritten();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        // The streams that ended just now have set it.
        worker.deadlines().remove(deadline);
    }

    @Override
    public Worker worker() {
        return worker;
    }

    Peer peer() {
        return peer;
    }

    ListenerSnapshot current() {
        return current;
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    /// Whether a request may say that it came by this scheme: only a trusted proxy knows of another than the
    /// connection's.
    boolean acceptsScheme(CharSequence scheme) {
        return (secured == null ? "http" : "https").contentEquals(scheme)
                || (peer.isTrusted() && ("http".contentEquals(scheme) || "https".contentEquals(scheme)));
    }

    private void onDeadline() {
        if (leaving || connection().numActiveStreams() == 0) {
            ChannelHandlerContext ctx = context();
            try {
                if (leaving) {
                    goAway(ctx, connection().remote().lastStreamCreated(), Http2Error.NO_ERROR.code(),
                            Unpooled.EMPTY_BUFFER, ctx.newPromise());
                }
                // Waits for the streams that are left.
                close(ctx, ctx.newPromise());
            } catch (Exception e) {
                onError(ctx, true, e);
            }
        }
    }

    @Override
    public void drain() {
        leave();
    }

    @Override
    public void cut() {
        // Past this handler, which would wait for its streams.
        TlsClosing.cut(context());
    }

    /// Takes no new streams. In two steps (RFC 9113 §6.8), so that what the client has sent before it hears of it is
    /// still served.
    private void leave() {
        if (leaving) {
            return;
        }
        leaving = true;
        ChannelHandlerContext ctx = context();
        goAway(ctx, Integer.MAX_VALUE, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
        ctx.flush();
        worker.deadlines().set(deadline, GOING_AWAY_NANOS);
    }

    // What breaks the rules.

    /// The client did what nobody needs to do.
    void glitch() {
        if (glitches.spend(worker.deadlines().now())) {
            flood();
        }
    }

    private void idleFrame() {
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
        if (fault != null && channel.isActive()) {
            failed = true;
            Fault reason = fault.error() == Http2Error.ENHANCE_YOUR_CALM ? Fault.H2_FLOOD : Fault.H2_PROTOCOL;
            current.telemetry().metrics().worker(worker.index()).rejected(reason);
        }
        super.onConnectionError(ctx, outbound, cause, fault);
    }

    @Override
    protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
            Http2Exception.StreamException fault) {
        if (!outbound) {
            Http2Stream stream = connection().stream(fault.streamId());
            Http2ServerStream broken = stream == null ? null : stream.getProperty(serving);
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
        Snapshot snapshot = pin();
        Http2ServerStream refused = take(stream);
        FieldLines nothing = new FieldLines(0);
        refused.begin(this, stream, nothing, true, snapshot, Fault.HEADERS_TOO_LARGE);
    }

    // Requests.

    private Snapshot pin() {
        Snapshot snapshot = listener.snapshot();
        if (snapshot == null) {
            throw new IllegalStateException("a listener is never open before the first snapshot is in place");
        }
        adopt(snapshot.listener(listener.slot()));
        return snapshot;
    }

    @SuppressWarnings("ReferenceEquality") // the same listener of the same snapshot
    private void adopt(@Nullable ListenerSnapshot next) {
        // A listener that is not declared any more serves its last requests as it was.
        if (next != null && next != current) {
            current = next;
            peer = new Peer(next, channel.remoteAddress(), secured, "2");
        }
    }

    private Http2ServerStream take(Http2Stream stream) {
        Http2ServerStream next = listener.http2Streams(worker).take();
        if (next == null) {
            next = new Http2ServerStream(this);
        }
        stream.setProperty(serving, next);
        return next;
    }

    private void onRequest(Http2Stream stream, boolean end) {
        Snapshot snapshot = pin();
        requests++;
        take(stream).begin(this, stream, frames.lines(), end, snapshot, null);
        if (requests >= current.config().limits().requestsPerConnection() || listener.isDraining()
                || worker.deadlines().now() - bornAt > ageNanos) {
            leave();
        }
    }

    /// The stream's object has nothing to do any more.
    ///
    /// @param unread
    ///            bytes of the request that were held and nobody wants
    void over(Http2ServerStream done, Http2Stream stream, int unread) {
        stream.removeProperty(serving);
        if (unread > 0) {
            consumed(stream, unread);
        }
        listener.http2Streams(worker).giveBack(done);
    }

    /// The client may send so many bytes more.
    void consumed(Http2Stream stream, int bytes) {
        try {
            if (connection().stream(stream.id()) != null
                    && decoder().flowController().consumeBytes(stream, bytes)) {
                flushLater();
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    // What the streams send.

    ChannelFuture sendHead(Http2Stream stream, Http2Headers fields, boolean end) {
        ChannelHandlerContext ctx = context();
        return encoder().writeHeaders(ctx, stream.id(), fields, 0, end, ctx.newPromise());
    }

    ChannelFuture sendData(Http2Stream stream, ByteBuf data, boolean end) {
        ChannelHandlerContext ctx = context();
        written.add(stream);
        return encoder().writeData(ctx, stream.id(), data, 0, end, ctx.newPromise());
    }

    void reset(Http2Stream stream, Http2Error error) {
        ChannelHandlerContext ctx = context();
        resetStream(ctx, stream.id(), error.code(), ctx.newPromise());
    }

    /// The response is complete, and the rest of the request is not needed (RFC 9113 §8.1).
    ///
    /// @param last
    ///            the end of the response: a reset would drop what waits before it
    void stopRequest(Http2Stream stream, ChannelFuture last) {
        last.addListener(sent -> {
            if (sent.isSuccess() && connection().stream(stream.id()) != null) {
                reset(stream, Http2Error.NO_ERROR);
                flushLater();
            }
        });
    }

    boolean isWritable(Http2Stream stream) {
        return encoder().flowController().isWritable(stream);
    }

    private void onWritable(Http2Stream stream) {
        Http2ServerStream served = stream.getProperty(serving);
        if (served != null && isWritable(stream)) {
            served.onWritable();
        }
    }

    /// Flushes at the end of this turn of the loop, once for all streams.
    void flushLater() {
        if (!reading && !flushQueued) {
            flushQueued = true;
            worker.loop().execute(flushTask);
        }
    }

    private void flushNow() {
        flushQueued = false;
        if (channel.isActive()) {
            flush(context());
            watchWritten();
        }
    }

    /// Watches the streams whose client has not let go out what was given to them.
    private void watchWritten() {
        for (Http2Stream stream : written) {
            if (encoder().flowController().hasFlowControlled(stream) && stream.getProperty(slow) == null) {
                SlowStream watched = new SlowStream(stream);
                stream.setProperty(slow, watched);
                slowStreams++;
                watched.watch.begin(current.config());
            }
        }
        written.clear();
    }

    private void onDataWritten(int streamId, int bytes) {
        if (slowStreams > 0) {
            Http2Stream stream = connection().stream(streamId);
            SlowStream watched = stream == null ? null : stream.getProperty(slow);
            if (watched != null) {
                watched.delivered += bytes;
            }
        }
    }

    /// A stream whose data waits for the client's window.
    private final class SlowStream implements Delivery {

        private final Http2Stream stream;
        private final DeliveryWatch watch;
        private long delivered;

        SlowStream(Http2Stream stream) {
            this.stream = stream;
            this.watch = new DeliveryWatch(worker, this, this::onTooSlow);
        }

        @Override
        public long delivered() {
            return delivered;
        }

        @Override
        public boolean isDelivered() {
            if (encoder().flowController().hasFlowControlled(stream)) {
                return false;
            }
            end();
            return true;
        }

        private void onTooSlow() {
            end();
            Http2ServerStream served = stream.getProperty(serving);
            if (served != null) {
                served.breakOff(Fault.CLIENT_TOO_SLOW);
            }
            reset(stream, Http2Error.CANCEL);
            flushLater();
        }

        private void end() {
            if (stream.removeProperty(slow) != null) {
                slowStreams--;
                watch.close();
            }
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
            Http2ServerStream served = stream.getProperty(serving);
            if (served != null) {
                served.onClosed();
            }
            SlowStream watched = stream.getProperty(slow);
            if (watched != null) {
                watched.end();
            }
            if (connection().numActiveStreams() == 0 && !leaving) {
                worker.deadlines().set(deadline, timeouts().idle().toNanos());
            }
        }
    }

    /// What comes of frames.
    private final class Reader extends Http2FrameAdapter {

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding,
                boolean end) throws Http2Exception {
            Http2Stream stream = connection().stream(streamId);
            if (stream == null) {
                return;
            }
            if (stream.getProperty(begun) == null) {
                stream.setProperty(begun, Boolean.TRUE);
                onRequest(stream, end);
                return;
            }
            Fault fault = end ? frames.lines().checkTrailers() : Fault.H2_STREAM;
            Http2ServerStream served = stream.getProperty(serving);
            if (fault != null) {
                if (served != null) {
                    served.breakOff(fault);
                }
                throw Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, "%s", fault.title());
            }
            if (served != null) {
                served.data(Unpooled.EMPTY_BUFFER, true);
                touched.add(served);
            }
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int dependency,
                short weight, boolean exclusive, int padding, boolean end) throws Http2Exception {
            onHeadersRead(ctx, streamId, headers, padding, end);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            if (!data.isReadable() && !end) {
                idleFrame();
            }
            Http2Stream stream = connection().stream(streamId);
            Http2ServerStream served = stream == null ? null : stream.getProperty(serving);
            if (served == null) {
                return data.readableBytes() + padding;
            }
            touched.add(served);
            return served.data(data, end) + padding;
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
            // The stream is closed next, and its exchange with it.
            glitch();
        }

        @Override
        public void onPriorityRead(ChannelHandlerContext ctx, int streamId, int dependency, short weight,
                boolean exclusive) {
            idleFrame();
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
            idleFrame();
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) {
            idleFrame();
        }

        @Override
        public void onUnknownFrame(ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags,
                ByteBuf payload) {
            idleFrame();
        }
    }
}
