package io.tidegate.engine.upstream;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.tls.TlsClosing;
import io.tidegate.engine.wire.BodyDecoder;
import io.tidegate.engine.wire.BodySink;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.ResponseParser;
import io.tidegate.engine.wire.WebSocketHandshake;
import io.tidegate.engine.worker.Outbox;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// A connection to an endpoint that carries one HTTP/1.1 request after another.
///
/// It goes back to its pool only when request and response are both complete, the service keeps it, and nothing came
/// behind the response; otherwise it is closed, so that no byte of one exchange can be taken for another's.
final class Http1UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamStream, PooledConnection {

    private final Pool pool;
    private final Worker worker;
    private final ResponseParser parser;
    private final int maxInterim;
    private final BodyDecoder body = new BodyDecoder();
    private final ResponseTimer timer;
    private final Sink sink = new Sink();
    private final EarlyAnswer early;
    private final ReadBatch batch = new ReadBatch();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Outbox outbox;
    private @Nullable UpstreamEvents events;
    private final LentHead head;
    private byte @Nullable [] tunnelKey;
    private boolean tunnel;
    private boolean requestSent;
    private boolean headOnly;
    private boolean toHead;
    private boolean touched;
    private boolean keep;
    private int interim;
    private int keepAliveSeconds;
    private boolean reading = true;
    private boolean ended;
    private int served;

    Http1UpstreamConnection(Pool pool, Worker worker, ResponseParser parser, int maxInterim) {
        this.pool = pool;
        this.worker = worker;
        this.parser = parser;
        this.maxInterim = maxInterim;
        this.early = new EarlyAnswer(worker);
        this.timer = new ResponseTimer(worker.deadlines(), this::onLate);
        this.head = new LentHead(worker);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        outbox = new Outbox(ctx.channel(), worker);
    }

    private ChannelHandlerContext context() {
        return requireNonNull(context, "not connected");
    }

    private Outbox outbox() {
        return requireNonNull(outbox, "not connected");
    }

    @Override
    public UpstreamStream begin(UpstreamEvents next, boolean used) {
        early.begin(used);
        timer.stop();
        events = next;
        served++;
        ended = false;
        requestSent = false;
        tunnelKey = null;
        tunnel = false;
        touched = false;
        interim = 0;
        body.reset();
        return this;
    }

    @Override
    public void idleFor(long nanos) {
        timer.waitFor(nanos);
    }

    @Override
    public void sendHead(HeadWriter request, boolean withoutBody, boolean headMethod, int expected) {
        outbox().head(request, expected);
        requestSent = withoutBody;
        headOnly = withoutBody;
        toHead = headMethod;
    }

    @Override
    public void sendBody(ByteBuf in, int start, int length) {
        outbox().range(in, start, length);
    }

    @Override
    public void sendBytes(byte[] bytes, int start, int length) {
        outbox().bytes(bytes, start, length);
    }

    @Override
    public void askForTunnel(byte[] key) {
        tunnelKey = key;
    }

    @Override
    public void endRequest() {
        requestSent = true;
        if (tunnel) {
            outbox().flush();
            TlsClosing.finishOutput(context());
        }
    }

    @Override
    public void flush() {
        outbox().flush();
    }

    @Override
    public boolean framesBodies() {
        return false;
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void keepFraming(boolean framing) {
        body.keepFraming(framing);
    }

    @Override
    public void reading(boolean on) {
        if (on == reading) {
            return;
        }
        reading = on;
        context().channel().config().setAutoRead(on);
        if (on) {
            timer.resume();
        } else {
            timer.pause();
            batch.complete(events);
        }
    }

    @Override
    public void expect(long response, long idle) {
        timer.expect(response, idle);
    }

    @Override
    public void giveBack() {
        finish(true);
    }

    @Override
    public void cancel() {
        finish(false);
    }

    @Override
    public boolean hasRoom() {
        return context().channel().isActive();
    }

    @Override
    public void close() {
        pool.left(this);
        outbox().discard();
        context().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        UpstreamEvents receiver = events;
        int length = in.readableBytes();
        try {
            if (receiver == null) {
                // Nobody asked: nothing that comes now may ever be taken for an answer.
                close();
                return;
            }
            if (early.comes(!touched, !headOnly || outbox().isDelivered())) {
                // Sent before anybody asked for it: it must not become the answer to what was asked since.
                fail(UpstreamFaults.CLOSED);
                return;
            }
            read(in);
        } finally {
            if (receiver != null) {
                batch.read(receiver, length, reading ? events : null);
            }
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        batch.complete(events);
    }

    private void read(ByteBuf in) {
        touched |= in.isReadable();
        worker.deadlines().refresh();
        timer.heard();
        int serving = served;
        // Never beyond the exchange that these bytes were received for: what is left is nobody's.
        while (in.isReadable() && events != null && served == serving) {
            if (body.isActive()) {
                body.decode(in, sink);
                if (ended) {
                    finish(keep && requestSent && !in.isReadable());
                } else if (body.fault() != null && events != null) {
                    fail(UpstreamFaults.INVALID);
                }
                continue;
            }
            ResponseHead receiving = head.take();
            int start = in.readerIndex();
            boolean whole = receiving.length() == 0;
            if (!parser.read(receiving, in)) {
                if (receiving.fault() != null) {
                    fail(receiving.fault());
                }
                return;
            }
            onHead(receiving, in, whole ? start : in.readerIndex());
        }
        if (in.isReadable() && events == null) {
            // Bytes behind the response: it was delivered, the connection is not used again.
            close();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same exchange, not an equal one
    private void onHead(ResponseHead received, ByteBuf in, int start) {
        UpstreamEvents receiver = events;
        if (receiver == null) {
            return;
        }
        boolean switches = tunnelKey != null && WebSocketHandshake.isAnswered(received, tunnelKey);
        if (received.interim() && !switches) {
            if (received.switchesProtocols() || ++interim > maxInterim) {
                fail(UpstreamFaults.INVALID);
            } else {
                received.reset();
            }
            return;
        }
        tunnel = switches;
        int status = received.status();
        boolean complete = toHead || status == 204 || status == 304 || received.contentLength() == 0;
        keep = received.keepAlive() && (complete || received.contentLength() != ResponseHead.UNTIL_CLOSE);
        keepAliveSeconds = received.keepAliveSeconds();
        if (!complete) {
            body.response(received.contentLength());
        }
        int end = in.readerIndex();
        receiver.onResponseHead(received, in, start, end, complete);
        if (complete && events == receiver) {
            receiver.end();
            finish(keep && requestSent && !in.isReadable());
        }
    }

    /// The exchange is over. Only once its receiver has seen the end: the head may be the next response's then.
    private void finish(boolean reusable) {
        if (events == null) {
            return;
        }
        events = null;
        batch.reset();
        timer.stop();
        body.reset();
        head.giveBack();
        if (reusable && !reading) {
            reading = true;
            context().channel().config().setAutoRead(true);
        }
        pool.done(this, reusable, keepAliveSeconds);
    }

    private void fail(Fault fault) {
        UpstreamEvents receiver = events;
        Progress progress = touched ? Progress.ANSWERED : Progress.UNANSWERED;
        finish(false);
        if (receiver != null) {
            receiver.onUpstreamFault(fault, progress);
        }
    }

    private void onLate() {
        if (events == null) {
            close();
        } else {
            fail(UpstreamFaults.TIMEOUT);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        UpstreamEvents receiver = events;
        if (receiver != null && ctx.channel().isWritable()) {
            receiver.onUpstreamWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        timer.close();
        if (events == null) {
            pool.left(this);
        } else {
            // With TLS only close_notify tells a whole body from a part (RFC 8446 section 6.1): it would have come first.
            serviceEnds(ctx.pipeline().get(SslHandler.class) == null);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent closing && closing.isSuccess()) {
            if (events == null) {
                close();
            } else {
                serviceEnds(true);
            }
        }
    }

    /// Nothing more will come.
    ///
    /// @param whole
    ///            whether all was received that the service has sent
    private void serviceEnds(boolean whole) {
        UpstreamEvents receiver = events;
        if (receiver != null && whole && body.endsWithConnection()) {
            finish(false);
            receiver.end();
            receiver.onUpstreamReadComplete();
        } else {
            fail(UpstreamFaults.CLOSED);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(pool.endpoint().broken(cause));
        ctx.close();
    }

    /// Hands the body on and notices its end.
    private final class Sink implements BodySink {

        @Override
        public void range(ByteBuf in, int start, int length, int data) {
            if (events != null) {
                events.range(in, start, length, data);
            }
        }

        @Override
        public void literal(byte[] bytes, int start, int length) {
            if (events != null) {
                events.literal(bytes, start, length);
            }
        }

        @Override
        public void end() {
            UpstreamEvents receiver = events;
            if (receiver != null) {
                // Lent again only when the decoder has returned.
                ended = true;
                receiver.end();
            }
        }
    }
}
