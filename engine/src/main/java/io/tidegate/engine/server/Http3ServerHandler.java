package io.tidegate.engine.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.DefaultHttp3UnknownFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicTransportParameters;
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
/// writes the frames, QUIC's own library the packets; each request is a stream ([Http3StreamHandler]). Here is what
/// concerns the connection: its bounds, its time-outs, its end.
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
    /// Of a frame that whoever reads it passes over (RFC 9114 §7.2.8): 0x1f * 32 + 0x21.
    private static final long RESERVED_TYPE = 0x401;

    private final ConnectionTerms terms;
    private final Worker worker;
    private final QuicChannel channel;
    private final StreamPool<Http3ServerStream> pool;
    private final FieldLines lines;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final GlitchBudget glitches;
    private final GlitchBudget idleFrames;
    private int open;
    private int serving;
    private long lastStream = -NEXT_STREAM;
    private boolean leaving;
    private boolean told;
    private boolean ending;

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
        Http3OtherStreams others = new Http3OtherStreams(handler);
        Http3Settings settings = new Http3Settings().maxFieldSectionSize(head + head / 4).qpackMaxTableCapacity(0)
                .qpackBlockedStreams(0);
        channel.pipeline().addLast(new Http3ServerConnectionHandler(handler.new Streams(), others.control(),
                type -> others.unknown(), new DefaultHttp3SettingsFrame(settings), true));
        channel.pipeline().addLast(others);
        channel.pipeline().addLast(handler);
        return handler;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        worker.deadlines().set(deadline, terms.timeouts().firstByte().toNanos());
        channel.closeFuture().addListener(closed -> closed());
    }

    private void closed() {
        worker.deadlines().remove(deadline);
        // Nobody else ends it than the codec, or the library, for what it can't go on with.
        if (!ending && !channel.isTimedOut() && channel.parent().isOpen()) {
            rejected(Fault.H2_PROTOCOL);
        }
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

    /// Whether as many requests are served as may be at once. QUIC itself lets no more streams be open, but it forgets
    /// those whose responses the client has stopped, before that is found here (CVE-2023-44487).
    boolean isFull() {
        return serving >= QuicListener.MAX_STREAMS;
    }

    /// Whether the client lets anything be sent on a stream before it has read of it.
    boolean hasFirstWindow() {
        QuicTransportParameters told = channel.peerTransportParameters();
        return told != null && told.initialMaxStreamDataBidiLocal() > 0;
    }

    /// Whether more can be sent on this connection now. To know, it sends a frame that means nothing.
    boolean takesMore() {
        Channel control = Http3.getLocalControlStream(channel);
        return control != null
                && control.writeAndFlush(new DefaultHttp3UnknownFrame(RESERVED_TYPE, Unpooled.EMPTY_BUFFER))
                        .isSuccess();
    }

    /// Something that serves a request.
    Http3ServerStream take() {
        serving++;
        return pool.take();
    }

    /// Takes back what has served a request.
    void giveBack(Http3ServerStream done) {
        serving--;
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
        ending = true;
        channel.close();
    }

    private void close(Http3ErrorCode error, String reason) {
        ending = true;
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
        if (!ending) {
            rejected(fault);
            close(error, fault.title());
        }
    }

    private void rejected(Fault fault) {
        terms.current().telemetry().metrics().worker(worker.index()).rejected(fault);
    }

    /// The codec ends the connection.
    void onConnectionError(Http3Exception broken) {
        fail(broken.errorCode(),
                broken.errorCode() == Http3ErrorCode.H3_EXCESSIVE_LOAD ? Fault.H2_FLOOD : Fault.H2_PROTOCOL);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof QuicConnectionCloseEvent) {
            ending = true;
        }
        ctx.fireUserEventTriggered(event);
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
}
