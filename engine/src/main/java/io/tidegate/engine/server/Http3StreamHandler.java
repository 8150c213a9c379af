package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.netty.handler.codec.http3.Http3PushPromiseFrame;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.api.Fault;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.worker.Deadlines.Deadline;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream of a client's HTTP/3 connection (RFC 9114 §4.1): a first HEADERS is a request, which an
/// [Http3ServerStream] serves; DATA are its body, and a second HEADERS stands behind it. Here is what concerns the
/// stream: when the request begins, who ends what.
///
/// ```
/// HEADERS ─ body or end comes, or its method tells ─▶ served ─ response complete ─▶ no more is read, closed
///                                                       └─ reset, stopped, malformed, too slow ─▶ reset, closed
/// ```
///
final class Http3StreamHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Http3StreamHandler.class);
    private static final long SECOND = 1_000_000_000L;
    /// How long a request that most likely has no body waits for the end of its stream. A client that loses a packet
    /// may send the end once more together with a head that was read before: QUIC's library takes note of such an end,
    /// but tells nobody.
    private static final long ASSUMED_END_NANOS = SECOND / 2;
    /// Less than half of the time after which a connection on which nothing comes is given up.
    private static final long LONGEST_QUIET_NANOS = 10 * SECOND;

    /// The name that Netty gives to its `Http3RequestStreamValidationHandler`.
    private static final String CHECKS_OF_CODEC = "Http3RequestStreamValidationHandler#0";

    private final Http3ServerHandler connection;
    private final QuicStreamChannel channel;
    private final Http3StreamBytes bytes = new Http3StreamBytes(this);
    private final Deadline deadline = new Deadline(this::onDeadline);
    private @Nullable Http3Headers waiting;
    private @Nullable Http3ServerStream served;
    private boolean begun;
    /// Whether the time runs after which `waiting` is taken for a whole request.
    private boolean timed;
    /// Whether the request was taken for a whole one, although no end has come.
    private boolean assumed;
    private boolean closing;
    private long quiet = SECOND;
    private long sentBefore;

    Http3StreamHandler(Http3ServerHandler connection, QuicStreamChannel channel) {
        this.connection = connection;
        this.channel = channel;
    }

    /// Takes its places in the pipeline of the stream, around Netty's codec. What that checks of heads and lengths is
    /// checked here, and more: it would make one length of two equal ones, and stumble over one that is no number.
    void install() {
        channel.config().setReadFrames(true);
        channel.pipeline().remove(CHECKS_OF_CODEC);
        channel.pipeline().addFirst(bytes).addLast(this);
        channel.closeFuture().addListener(closed -> onClosed());
    }

    ConnectionTerms terms() {
        return connection.terms();
    }

    // What comes.

    /// Bytes have come, of which so many frames are of no use.
    void readBegins(int useless) {
        terms().worker().deadlines().refresh();
        for (int i = 0; i < useless; i++) {
            connection.idleFrame();
        }
    }

    /// What had come was taken apart.
    ///
    /// @param end
    ///            whether nothing more comes
    /// @param whole
    ///            whether all frames are complete, as far as is known
    void readEnds(boolean end, boolean whole) {
        if (closing) {
            return;
        }
        if (!whole) {
            connection.fail(Http3ErrorCode.H3_FRAME_ERROR, Fault.H2_PROTOCOL);
            return;
        }
        if (waiting != null && (end || !Http3Heads.mayBeWithoutBody(waiting))) {
            begin(end);
        } else if (waiting != null) {
            // Once: frames without use must not put it off.
            if (!timed) {
                timed = true;
                terms().worker().deadlines().set(deadline, ASSUMED_END_NANOS);
            }
        } else if (end && assumed) {
            assumed = false;
        } else if (end && served != null) {
            data(served, Unpooled.EMPTY_BUFFER, true);
        } else if (end && !begun) {
            connection.glitch();
            reset(Http3ErrorCode.H3_REQUEST_INCOMPLETE);
        }
        sendOn();
    }

    /// Sends to the service what goes there.
    private void sendOn() {
        Http3ServerStream serving = served;
        if (serving != null && serving.exchange.isActive()) {
            serving.exchange.onClientReadComplete();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (closing) {
                return;
            }
            if (message instanceof Http3HeadersFrame head) {
                if (assumed) {
                    malformed(Fault.H2_STREAM);
                } else if (begun) {
                    trailers(head.headers());
                } else if (waiting == null) {
                    waiting = head.headers();
                } else {
                    begin(false);
                    trailers(head.headers());
                }
            } else if (message instanceof Http3DataFrame frame) {
                if (waiting != null) {
                    begin(false);
                }
                Http3ServerStream serving = served;
                if (assumed && frame.content().isReadable()) {
                    malformed(Fault.H2_STREAM);
                } else if (serving != null && !assumed) {
                    data(serving, frame.content(), false);
                }
            } else if (message instanceof Http3PushPromiseFrame) {
                connection.fail(Http3ErrorCode.H3_FRAME_UNEXPECTED, Fault.H2_PROTOCOL);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(boolean end) {
        Http3Headers head = waiting;
        waiting = null;
        begun = true;
        if (head != null && connection.isFull()) {
            reset(Http3ErrorCode.H3_REQUEST_REJECTED);
        } else if (head != null) {
            FieldLines lines = connection.lines();
            long size = Http3Heads.read(head, lines);
            boolean tooLarge = size > terms().config().limits().requestHead().bytes();
            begin(lines, end, tooLarge ? Fault.HEADERS_TOO_LARGE : null);
        }
    }

    private void begin(FieldLines lines, boolean end, @Nullable Fault refused) {
        Http3ServerStream next = connection.take();
        served = next;
        terms().worker().deadlines().set(deadline, quiet);
        connection.begin(next, this, lines, end, refused);
    }

    private void data(Http3ServerStream serving, ByteBuf in, boolean end) {
        int done = serving.body.take(in, end, channel.alloc());
        if (done == FramedBody.MISFIT) {
            malformed(Fault.H2_LENGTH);
        } else {
            readsOn();
        }
    }

    /// Reads for as long as nothing is held.
    private void readsOn() {
        Http3ServerStream serving = served;
        channel.config().setAutoRead(serving == null || serving.body.held() == 0);
    }

    private void trailers(Http3Headers fields) {
        FieldLines lines = connection.lines();
        Http3Heads.read(fields, lines);
        Fault fault = lines.checkTrailers();
        if (fault != null) {
            malformed(fault);
        } else if (served != null) {
            served.body.trailers(lines.trailers());
        }
    }

    // What goes.

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /// Whether the client lets anything be sent before it has read of the stream.
    boolean hasFirstWindow() {
        return connection.hasFirstWindow();
    }

    /// Whether more can be sent on the connection now, whatever this stream can take. To know, it sends something.
    boolean isConnectionFree() {
        return connection.takesMore();
    }

    /// Sends fields.
    ChannelFuture send(Http3Headers fields) {
        return channel.write(new DefaultHttp3HeadersFrame(fields));
    }

    /// Sends a part of a body; takes the buffer.
    ChannelFuture send(ByteBuf data) {
        return channel.write(new DefaultHttp3DataFrame(data));
    }

    /// Nothing more is sent.
    ///
    /// @param last
    ///            what is sent last
    /// @param open
    ///            whether the request is not complete, and the rest of it not needed (RFC 9114 §4.1.1)
    void finish(ChannelFuture last, boolean open) {
        last.addListener(sent -> {
            if (sent.isSuccess()) {
                channel.shutdownOutput().addListener(ended -> {
                    if ((open || assumed) && !closing) {
                        closing = true;
                        channel.shutdownInput(Http3ErrorCode.H3_NO_ERROR.code());
                        channel.close();
                    }
                });
            }
        });
    }

    /// The request is over here.
    void over(Http3ServerStream done) {
        served = null;
        terms().worker().deadlines().clear(deadline);
        connection.giveBack(done);
    }

    /// The body is wanted: reads on where nothing of it is held any more. Where this is found, others are in the middle
    /// of something, and to read on is to read at once.
    void wantsMore() {
        if (!channel.config().isAutoRead()) {
            terms().worker().loop().execute(this::readsOn);
        }
    }

    // What goes wrong.

    /// Ends the stream at once, in both directions.
    void reset(Http3ErrorCode error) {
        if (!closing) {
            closing = true;
            waiting = null;
            channel.shutdown(error.code());
            channel.close();
        }
    }

    /// The client does not take any more of the response. Where this is found, others are in the middle of something.
    void stopped() {
        if (!closing) {
            terms().worker().loop().execute(() -> cancelled(Http3ErrorCode.H3_REQUEST_CANCELLED));
        }
    }

    private void cancelled(Http3ErrorCode error) {
        if (!closing) {
            Http3ServerStream serving = served;
            boolean settled = serving != null && serving.exchange.isSettledCall();
            if (serving != null) {
                serving.onClosed();
            }
            reset(error);
            // Last: it may be one too many, and the end of all streams.
            if (!settled) {
                connection.glitch();
            }
        }
    }

    /// The client takes too little of what is sent.
    void tooSlow() {
        Http3ServerStream serving = served;
        if (serving != null) {
            serving.breakOff(Fault.CLIENT_TOO_SLOW);
        }
        reset(Http3ErrorCode.H3_REQUEST_CANCELLED);
    }

    private void malformed(Fault fault) {
        if (closing) {
            return;
        }
        Http3ServerStream serving = served;
        if (serving != null) {
            serving.breakOff(fault);
        } else if (!begun) {
            begun = true;
            FieldLines none = connection.lines();
            none.reset();
            begin(none, true, fault);
            return;
        }
        connection.glitch();
        reset(Http3ErrorCode.H3_MESSAGE_ERROR);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case Http3HeadersValidationException malformed -> malformed(Http3Heads.fault(malformed));
            case Http3Exception broken -> connection.onConnectionError(broken);
            // A reset by the client.
            case QuicException reset -> cancelled(Http3ErrorCode.H3_REQUEST_CANCELLED);
            case IOException closed -> cancelled(Http3ErrorCode.H3_REQUEST_CANCELLED);
            default -> {
                LOG.error("a request of HTTP/3 could not be served", cause);
                cancelled(Http3ErrorCode.H3_INTERNAL_ERROR);
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Http3ServerStream serving = served;
        if (serving != null && channel.isWritable()) {
            serving.onWritable();
        }
    }

    private void onDeadline() {
        if (waiting != null) {
            assumed = true;
            begin(true);
            sendOn();
            return;
        }
        if (served != null) {
            if (bytes.sent() == sentBefore) {
                bytes.probe();
            }
            sentBefore = bytes.sent();
            quiet = Math.min(2 * quiet, LONGEST_QUIET_NANOS);
            terms().worker().deadlines().set(deadline, quiet);
        }
    }

    private void onClosed() {
        closing = true;
        waiting = null;
        terms().worker().deadlines().remove(deadline);
        bytes.close();
        Http3ServerStream serving = served;
        if (serving != null) {
            serving.onClosed();
        }
        connection.ended();
    }
}
