package io.tidegate.engine.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.GlitchBudget;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client connection that speaks HTTP/3 (RFC 9114), from the end of its handshake on. Netty's codec reads and
/// writes
/// the frames, QUIC's own library the packets; each request is a stream ([Http3StreamHandler]). Here is what concerns
/// the
/// connection: its bounds, its time-outs, its end.
final class Http3ServerHandler extends ChannelInboundHandlerAdapter implements ServerConnection {

    private static final Logger LOG = LoggerFactory.getLogger(Http3ServerHandler.class);
    private static final long SECOND = 1_000_000_000L;
    /// Between the word that nothing new is taken and the end of taking: what a client had sent before it heard. And
    /// between the last response and the end: what was sent is with the client by then, or is sent once more.
    private static final long GOING_AWAY_NANOS = SECOND;
    /// Broken rules and resets in ten seconds (CVE-2023-44487).
    private static final int MAX_GLITCHES = 100;
    /// Frames without use in ten seconds.
    private static final int MAX_IDLE_FRAMES = 1000;
    /// The largest number of a stream that a client may open (RFC 9000 §2.1).
    private static final long EVERY_STREAM = (1L << 62) - 4;
    private static final int NEXT_STREAM = 4;

    private final ConnectionTerms terms;
    private final Worker worker;
    private final QuicChannel channel;
    private final StreamPool<Http3ServerStream> pool;
    private final FieldLines lines;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final GlitchBudget glitches;
    private final GlitchBudget idleFrames;
    private int open;
    private long lastStream = -NEXT_STREAM;
    private boolean leaving;
    private boolean told;
    private boolean failed;

    private Http3ServerHandler(ConnectionTerms terms, QuicChannel channel, StreamPool<Http3ServerStream> pool) {
        this.terms = terms;
        this.worker = terms.worker();
        this.channel = channel;
        this.pool = pool;
        this.lines = FieldLines.withoutTunnels(terms.config().limits().requestFields());
        long now = worker.deadlines().now();
        this.glitches = new GlitchBudget(MAX_GLITCHES, now);
        this.idleFrames = new GlitchBudget(MAX_IDLE_FRAMES, now);
    }

    /// Serves a connection whose handshake is over.
    static Http3ServerHandler serve(ConnectionTerms terms, QuicChannel channel, StreamPool<Http3ServerStream> pool) {
        Http3ServerHandler handler = new Http3ServerHandler(terms, channel, pool);
        long head = terms.config().limits().requestHead().bytes();
        // What is larger than allowed but not by far is read, so that it can be answered; the codec ends the connection
        // where it is larger still. Nothing is ever kept of one head for the next: a table costs memory and waiting.
        Http3Settings settings = new Http3Settings().maxFieldSectionSize(head + head / 4).qpackMaxTableCapacity(0)
                .qpackBlockedStreams(0);
        channel.pipeline().addLast(new Http3ServerConnectionHandler(handler.new Streams(), handler.new ControlFrames(),
                type -> handler.new UnknownStream(), new DefaultHttp3SettingsFrame(settings), true));
        channel.pipeline().addLast(handler);
        return handler;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        worker.deadlines().set(deadline, terms.timeouts().firstByte().toNanos());
        channel.closeFuture().addListener(closed -> worker.deadlines().remove(deadline));
    }

    @Override
    public ConnectionTerms terms() {
        return terms;
    }

    /// Where the fields of each head are put.
    FieldLines lines() {
        return lines;
    }

    // Its streams.

    private void begin(QuicStreamChannel stream) {
        worker.deadlines().refresh();
        open++;
        Http3StreamHandler handler = new Http3StreamHandler(this, stream);
        handler.install();
        if (told && stream.streamId() > lastStream) {
            handler.reset(Http3ErrorCode.H3_REQUEST_REJECTED);
            return;
        }
        lastStream = Math.max(lastStream, stream.streamId());
        if (!leaving) {
            worker.deadlines().clear(deadline);
        }
    }

    /// A stream is closed.
    void ended() {
        open--;
        if (open > 0 || !channel.isActive()) {
            return;
        }
        if (!leaving) {
            worker.deadlines().set(deadline, terms.timeouts().idle().toNanos());
        } else if (told) {
            worker.deadlines().set(deadline, GOING_AWAY_NANOS);
        }
    }

    /// Something that serves a request.
    Http3ServerStream take() {
        return pool.take();
    }

    /// Takes back what has served a request.
    void giveBack(Http3ServerStream done) {
        pool.giveBack(done);
    }

    /// Begins with a request.
    ///
    /// @param end
    ///            whether it is complete with its head
    /// @param refused
    ///            why it is refused, whatever the fields say, or null
    void begin(Http3ServerStream next, Http3StreamHandler on, FieldLines fields, boolean end,
            @Nullable Fault refused) {
        Snapshot snapshot = terms.pin();
        boolean last = terms.countRequest();
        next.begin(this, on, fields, end, snapshot, refused);
        if (last) {
            drain();
        }
    }

    // Its end.

    private void onDeadline() {
        if (!leaving) {
            if (open == 0) {
                drain();
            }
        } else if (!told) {
            told = true;
            goAway(lastStream + NEXT_STREAM);
            if (open == 0) {
                worker.deadlines().set(deadline, GOING_AWAY_NANOS);
            }
        } else if (open == 0) {
            close(Http3ErrorCode.H3_NO_ERROR, "");
        }
    }

    /// In two steps (RFC 9114 §5.2), so that what the client has sent before it hears of it is still served.
    @Override
    public void drain() {
        if (!leaving) {
            leaving = true;
            goAway(EVERY_STREAM);
            worker.deadlines().set(deadline, GOING_AWAY_NANOS);
        }
    }

    private void goAway(long stream) {
        Channel control = Http3.getLocalControlStream(channel);
        if (control != null) {
            control.writeAndFlush(new DefaultHttp3GoAwayFrame(stream));
        }
    }

    @Override
    public void cut() {
        channel.close();
    }

    private void close(Http3ErrorCode error, String reason) {
        channel.close(true, error.code(), ByteBufUtil.writeAscii(channel.alloc(), reason));
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
        fail(Http3ErrorCode.H3_EXCESSIVE_LOAD, Fault.H2_FLOOD);
    }

    /// Ends the connection because of `fault`.
    void fail(Http3ErrorCode error, Fault fault) {
        if (!failed) {
            failed = true;
            terms.current().telemetry().metrics().worker(worker.index()).rejected(fault);
            close(error, fault.title());
        }
    }

    /// The codec ends the connection.
    void onConnectionError(Http3Exception broken) {
        fail(broken.errorCode(),
                broken.errorCode() == Http3ErrorCode.H3_EXCESSIVE_LOAD ? Fault.H2_FLOOD : Fault.H2_PROTOCOL);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http3Exception broken) {
            onConnectionError(broken);
        } else {
            // The library closes the connection where it has to.
            LOG.debug("a packet of QUIC could not be read: {}", cause.toString());
        }
    }

    /// Puts a handler into each stream that carries a request.
    private final class Streams extends ChannelInitializer<QuicStreamChannel> {

        @Override
        protected void initChannel(QuicStreamChannel stream) {
            begin(stream);
        }
    }

    /// What else the client says on its control stream.
    private final class ControlFrames extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            worker.deadlines().refresh();
            idleFrame();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            Http3ServerHandler.this.exceptionCaught(ctx, cause);
        }
    }

    /// A stream of a kind that is not known: nobody reads it (RFC 9114 §9).
    private final class UnknownStream extends ChannelInboundHandlerAdapter {

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            worker.deadlines().refresh();
            ((QuicStreamChannel) ctx.channel()).shutdownInput(Http3ErrorCode.H3_STREAM_CREATION_ERROR.code());
            idleFrame();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
