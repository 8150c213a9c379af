package io.tidegate.engine.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AsciiString;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.tls.TlsClosing;
import io.tidegate.engine.wire.Http2FrameSource;
import io.tidegate.engine.wire.ResponseLines;
import io.tidegate.engine.wire.ResponseParser;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// A connection to an endpoint that carries many requests at a time (RFC 9113). Netty's codec reads and writes frames;
/// each request is an [Http2UpstreamStream]. Here is what concerns the connection: its bounds, and its end.
final class Http2UpstreamConnection extends Http2ConnectionHandler implements PooledConnection {

    /// Most requests at a time, whatever the service allows.
    static final int MOST_STREAMS = 100;
    /// So many bytes that a client which takes nothing of its response holds up nobody else's.
    private static final int CONNECTION_WINDOW = MOST_STREAMS * Http2ServiceFrames.STREAM_WINDOW;

    private final Pool pool;
    private final Worker worker;
    private final ResponseParser parser;
    private final ResponseLines lines;
    private final int maxInterim;
    private final AsciiString scheme;
    private final Http2Connection.PropertyKey serving;
    /// Whether a stream takes a place though nobody waits for it any more.
    private final Http2Connection.PropertyKey closing;
    private final Deadline deadline = new Deadline(this::close);
    private final TunnelSetting tunnels = new TunnelSetting();
    private final Http2FrameSource input;
    private final Http2ResponseReader reader;
    private final Runnable flushTask = this::flushNow;
    private @Nullable ChannelHandlerContext context;
    private Fault endsWith = UpstreamFaults.CLOSED;
    /// The last stream that the service has looked at, once it says so.
    private int lastProcessed = Integer.MAX_VALUE;
    private int busy;
    private long heardAt;
    private boolean reading;
    private boolean flushQueued;
    private boolean leaving;

    private Http2UpstreamConnection(Pool pool, Worker worker, Upstream upstream, boolean secure,
            Http2ServiceFrames frames) {
        super(frames.decoder(), frames.encoder(), frames.settings());
        this.pool = pool;
        this.worker = worker;
        this.parser = upstream.parser();
        this.lines = frames.lines();
        this.maxInterim = upstream.config().limits().interimResponses();
        this.scheme = Http2ServiceFrames.scheme(secure);
        this.serving = connection().newKey();
        this.closing = connection().newKey();
        this.reader = new Http2ResponseReader(this, connection());
        this.heardAt = worker.deadlines().now();
        this.input = frames.input();
        input.tellOfDropped(reader::idleFrame);
    }

    /// A connection for a channel that stands, by TLS where it is `secure`.
    static Http2UpstreamConnection of(Pool pool, Worker worker, Upstream upstream, boolean secure) {
        Http2UpstreamConnection made = new Http2UpstreamConnection(pool, worker, upstream, secure,
                new Http2ServiceFrames(upstream.config().limits()));
        made.decoder().frameListener(made.reader);
        made.connection().addListener(made.new Streams());
        made.encoder().flowController().listener(made::onWritable);
        return made;
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("the handler is not in place");
        }
        return known;
    }

    Worker worker() {
        return worker;
    }

    ByteBufAllocator allocator() {
        return context().alloc();
    }

    ResponseParser parser() {
        return parser;
    }

    /// The fields of the head that was read last.
    ResponseLines lines() {
        return lines;
    }

    int maxInterim() {
        return maxInterim;
    }

    AsciiString scheme() {
        return scheme;
    }

    @Override
    public UpstreamStream begin(UpstreamEvents events, boolean used) {
        worker.deadlines().clear(deadline);
        busy++;
        return new Http2UpstreamStream(this, events);
    }

    @Override
    public boolean hasRoom() {
        return !leaving && busy < Math.min(MOST_STREAMS, connection().local().maxActiveStreams())
                && context().channel().isActive();
    }

    /// Whether it carries no request and can carry one.
    boolean isUnused() {
        return busy == 0 && !leaving;
    }

    @Override
    public void idleFor(long nanos) {
        worker.deadlines().set(deadline, nanos);
    }

    @Override
    public void close() {
        leave();
    }

    /// Takes no new requests, and closes when the last has ended.
    void leave() {
        if (!leaving) {
            leaving = true;
            pool.leaves(this);
        }
        if (busy == 0) {
            try {
                close(context(), context().newPromise());
            } catch (Exception e) {
                onError(context(), true, e);
            }
        }
    }

    /// A request has waited in vain since `since`. Where nothing at all has come meanwhile, the other side may be gone
    /// without a word: others don't try.
    void late(long since) {
        if (heardAt - since <= 0) {
            leave();
        }
    }

    /// A request is over; another can take its place once its stream is closed, since the service counts it until then.
    void over(@Nullable Http2Stream stream) {
        if (stream != null) {
            stream.removeProperty(serving);
            if (connection().stream(stream.id()) != null) {
                stream.setProperty(closing, Boolean.TRUE);
                return;
            }
        }
        freed();
    }

    private void freed() {
        busy--;
        pool.done(this);
        if (leaving && busy == 0) {
            leave();
        }
    }

    // What streams send.

    /// Sends a head, on a new stream.
    ///
    /// @return the stream, or null where the service takes no more of them
    @Nullable
    Http2Stream sendHead(Http2UpstreamStream sender, Http2Headers fields, boolean end) {
        int id = connection().local().incrementAndGetNextStreamId();
        if (id < 0) {
            leave();
            return null;
        }
        encoder().writeHeaders(context(), id, fields, 0, end, context().newPromise());
        Http2Stream stream = connection().stream(id);
        if (stream != null) {
            stream.setProperty(serving, sender);
        }
        return stream;
    }

    void sendData(Http2Stream stream, ByteBuf data, boolean end) {
        encoder().writeData(context(), stream.id(), data, 0, end, context().newPromise());
    }

    /// Sends fields behind a body, and the end of the request with them.
    void sendTrailers(Http2Stream stream, Http2Headers fields) {
        encoder().writeHeaders(context(), stream.id(), fields, 0, true, context().newPromise());
    }

    /// The service can stop: nobody waits for the response.
    void cancel(Http2Stream stream) {
        if (connection().stream(stream.id()) != null) {
            reset(stream, Http2Error.CANCEL);
        }
    }

    void refuse(Http2Stream stream) {
        reset(stream, Http2Error.PROTOCOL_ERROR);
    }

    private void reset(Http2Stream stream, Http2Error error) {
        ChannelFuture sent = resetStream(context(), stream.id(), error.code(), context().newPromise());
        if (!sent.isDone() || sent.isSuccess()) {
            flushLater();
        }
    }

    /// Whether a part of the request waits for the service's windows.
    boolean hasUnsent(Http2Stream stream) {
        return encoder().flowController().hasFlowControlled(stream);
    }

    boolean isWritable(Http2Stream stream) {
        return encoder().flowController().isWritable(stream);
    }

    private void onWritable(Http2Stream stream) {
        Http2UpstreamStream served = serving(stream);
        if (served != null && isWritable(stream)) {
            served.onWritable();
        }
    }

    /// The service may send so many bytes more.
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

    /// Flushes at the end of this turn of the loop, once for all streams.
    void flushLater() {
        if (!reading && !flushQueued) {
            flushQueued = true;
            worker.loop().execute(flushTask);
        }
    }

    private void flushNow() {
        flushQueued = false;
        if (context().channel().isActive()) {
            flush(context());
        }
    }

    // The connection.

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        Http2Stream whole = connection().connectionStream();
        decoder().flowController().incrementWindowSize(whole,
                CONNECTION_WINDOW - decoder().flowController().windowSize(whole));
        flushLater();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        heardAt = worker.deadlines().refresh();
        reading = true;
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        reader.readComplete();
        reading = false;
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        leaving = true;
        pool.leaves(this);
        super.channelInactive(ctx);
        worker.deadlines().remove(deadline);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
            super.exceptionCaught(ctx, cause);
            return;
        }
        endsWith = pool.endpoint().broken(cause);
        TlsClosing.cut(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        super.userEventTriggered(ctx, event);
        if (event instanceof SslCloseCompletionEvent) {
            TlsClosing.cut(ctx);
        }
    }

    @Override
    protected void onConnectionError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
            @Nullable Http2Exception fault) {
        endsWith = fault == null ? pool.endpoint().broken(cause) : UpstreamFaults.INVALID;
        leaving = true;
        input.stop();
        pool.leaves(this);
        super.onConnectionError(ctx, outbound, cause, fault);
    }

    @Override
    protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
            Http2Exception.StreamException fault) {
        Http2Stream stream = connection().stream(fault.streamId());
        Http2UpstreamStream broken = serving(stream);
        if (broken != null && !outbound) {
            broken.ended(fault instanceof Http2Exception.HeaderListSizeException
                    ? UpstreamFaults.HEAD_TOO_LARGE
                    : UpstreamFaults.INVALID, false);
        }
        super.onStreamError(ctx, outbound, cause, fault);
        flushLater();
        if (!outbound) {
            reader.glitch();
        }
    }

    /// What is served on this stream; null where nobody waits for its response.
    @Nullable
    Http2UpstreamStream serving(@Nullable Http2Stream stream) {
        return stream == null ? null : stream.getProperty(serving);
    }

    /// The service may allow more requests at a time than before, or WebSocket.
    void onSettings(Http2Settings settings) {
        tunnels.settle(Boolean.TRUE.equals(settings.connectProtocolEnabled()));
        pool.serveBy(this);
    }

    /// Tells whether the service takes handshakes of WebSocket, as soon as it has said so.
    void whenSettled(TunnelSetting.Asking asking) {
        tunnels.ask(asking);
    }

    /// What comes of streams.
    private final class Streams extends Http2ConnectionAdapter {

        @Override
        public void onStreamClosed(Http2Stream stream) {
            Http2UpstreamStream served = serving(stream);
            if (served != null) {
                served.ended(endsWith, stream.id() > lastProcessed);
            }
            if (stream.removeProperty(closing) != null) {
                freed();
            }
        }

        @Override
        public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
            lastProcessed = lastStreamId;
            leave();
        }
    }
}
