package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.tidegate.api.Fault;
import io.tidegate.config.ClientTimeoutsConfig;
import io.tidegate.engine.exchange.Downstream;
import io.tidegate.engine.exchange.HttpExchange;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Peer;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.BodyDecoder;
import io.tidegate.engine.wire.BodySink;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Outbox;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// The requests of one client connection, one after the other (RFC 9112 §9.3): what comes behind a request waits,
/// unread, until its response is complete.
final class Http1ServerHandler extends ChannelInboundHandlerAdapter implements Downstream {

    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");
    private static final long SECOND = 1_000_000_000L;
    /// How long bytes of a client are dropped before its connection is closed, so that it reads the answer first.
    private static final long LINGER_NANOS = SECOND;
    /// Most of a body that nobody wants is taken and dropped, in bytes.
    private static final int MAX_DROPPED = 64 * 1024;
    private static final long DROP_NANOS = 2 * SECOND;
    /// How long an idle connection is kept once the listener accepts no more.
    private static final long DRAIN_IDLE_NANOS = 5 * SECOND;

    private final Listener listener;
    private final Worker worker;
    private final RequestHead head = new RequestHead();
    private final BodyDecoder body = new BodyDecoder();
    private final Sink sink = new Sink();
    private final HttpExchange exchange;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final Outbox outbox;
    private final DeliveryWatch delivery;
    private final ChannelHandlerContext context;
    private final long bornAt;
    private final long ageNanos;
    private ListenerSnapshot current;
    private Peer peer;
    private @Nullable ByteBuf pending;
    private boolean reading;
    private boolean autoRead = true;
    private boolean bodyWanted;
    private boolean dropping;
    private long bodyBytes;
    private long windowBytes;
    private long windowStart;
    private long lastRead;
    private boolean close;
    private boolean closing;
    private int requests;

    Http1ServerHandler(Listener listener, ListenerSnapshot current, Worker worker, ChannelHandlerContext context) {
        this.listener = listener;
        this.current = current;
        this.worker = worker;
        this.context = context;
        this.outbox = new Outbox(context.channel(), worker);
        this.delivery = new DeliveryWatch(worker, outbox, this::onSlowClient);
        this.peer = new Peer(current, context.channel().remoteAddress());
        this.exchange = new HttpExchange(this, head);
        this.bornAt = worker.deadlines().now();
        long age = current.config().timeouts().connectionAge().toNanos();
        // Give or take a tenth, so that connections opened together don't end together.
        this.ageNanos = age - age / 10 + (long) (worker.random().nextDouble() * (age / 5.0));
        head.reset();
    }

    void start() {
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, timeouts().firstByte().toNanos());
    }

    private ClientTimeoutsConfig timeouts() {
        return current.config().timeouts();
    }

    // What comes from the client.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        ByteBuf before = pending;
        worker.deadlines().refresh();
        if (closing) {
            in.release();
        } else if (before != null) {
            // Only what was on its way while reading was being switched off comes here.
            pending = ctx.alloc().compositeBuffer().addComponent(true, before).addComponent(true, in);
            if (!reading) {
                consume();
            }
        } else {
            pending = in;
            consume();
        }
    }

    /// Takes as much of what was received as can be taken now; the rest stays, and reading stops.
    private void consume() {
        reading = true;
        ByteBuf in = pending;
        try {
            while (in != null && in.isReadable() && !closing) {
                if (exchange.isActive() || body.isActive()) {
                    if (!body.isActive() || !bodyWanted) {
                        break;
                    }
                    readBodyPart(in);
                } else if (!readHead(in)) {
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
        autoRead(closing || (pending == null && (!body.isActive() || bodyWanted)));
    }

    private void autoRead(boolean on) {
        if (autoRead != on) {
            autoRead = on;
            context.channel().config().setAutoRead(on);
        }
    }

    private boolean readHead(ByteBuf in) {
        if (head.length() == 0) {
            worker.deadlines().set(deadline, timeouts().requestHead().toNanos());
        }
        if (!current.parser().read(head, in)) {
            if (head.fault() != null) {
                refuse(head.fault());
            }
            return false;
        }
        Snapshot snapshot = pin();
        worker.deadlines().clear(deadline);
        requests++;
        close = !head.keepAlive() || requests >= current.config().limits().requestsPerConnection()
                || listener.isDraining() || worker.deadlines().now() - bornAt > ageNanos;
        bodyWanted = false;
        dropping = false;
        bodyBytes = 0;
        if (head.contentLength() == RequestHead.CHUNKED) {
            body.chunked(false, true);
        } else if (head.contentLength() > 0) {
            body.counted(head.contentLength());
        }
        exchange.begin(snapshot, current);
        return true;
    }

    /// Takes the snapshot of the moment for the next exchange.
    @SuppressWarnings("ReferenceEquality") // the same listener of the same snapshot
    private Snapshot pin() {
        Snapshot snapshot = listener.snapshot();
        if (snapshot == null) {
            throw new IllegalStateException("a listener is never open before the first snapshot is in place");
        }
        ListenerSnapshot next = snapshot.listener(listener.slot());
        // A listener that is not declared any more serves its last requests as it was.
        if (next != null && next != current) {
            current = next;
            peer = new Peer(next, context.channel().remoteAddress());
        }
        return snapshot;
    }

    private void readBodyPart(ByteBuf in) {
        int before = in.readableBytes();
        lastRead = worker.deadlines().now();
        body.decode(in, sink);
        int taken = before - in.readableBytes();
        windowBytes += taken;
        bodyBytes += taken;
        Fault fault = body.fault();
        if (fault != null) {
            refuseBody(fault);
        } else if (dropping && bodyBytes > MAX_DROPPED) {
            shut();
        } else if (dropping && !body.isActive()) {
            next();
        }
    }

    /// Answers what is no request, and closes: nothing behind it is ever parsed.
    private void refuse(Fault fault) {
        close = true;
        worker.deadlines().clear(deadline);
        exchange.refuse(pin(), current, fault);
    }

    private void refuseBody(Fault fault) {
        close = true;
        if (exchange.isActive()) {
            exchange.reject(fault);
        } else {
            shut();
        }
        body.reset();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        exchange.onClientReadComplete();
        flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.deadlines().remove(deadline);
        delivery.close();
        closing = true;
        exchange.close();
        outbox.discard();
        ByteBuf rest = pending;
        if (rest != null && !reading) {
            rest.release();
            pending = null;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            exchange.onClientWritable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    // Time.

    private void onDeadline() {
        if (!outbox.isDelivered() && (closing || (!exchange.isActive() && head.length() <= 2))) {
            // The client is still taking the last response; DeliveryWatch tells whether fast enough.
            worker.deadlines().set(deadline, (closing ? timeouts().writeIdle() : timeouts().idle()).toNanos());
        } else if (closing) {
            context.close();
        } else if (dropping && !exchange.isActive()) {
            shut();
        } else if (exchange.isActive()) {
            if (body.isActive() && bodyWanted) {
                checkBody();
            }
        } else if (head.length() > 2) {
            // An empty line alone is no request that somebody waits for an answer to.
            refuse(Fault.REQUEST_TIMEOUT);
            outbox.flush();
        } else {
            context.close();
        }
    }

    /// The client is to send a body: watches that it does, and not by single bytes.
    private void watchBody() {
        lastRead = worker.deadlines().now();
        windowStart = lastRead;
        windowBytes = 0;
        worker.deadlines().set(deadline, window());
    }

    private long window() {
        return Math.min(5 * SECOND, timeouts().bodyIdle().toNanos());
    }

    private void checkBody() {
        long now = worker.deadlines().now();
        long idle = timeouts().bodyIdle().toNanos();
        long rate = current.config().limits().minimumRate().bytes();
        double seconds = (now - windowStart) / (double) SECOND;
        // Between two chunks nothing is owed: streams may be quiet.
        boolean tooSlow = rate < Integer.MAX_VALUE && body.isInData() && windowBytes < rate * seconds;
        if (now - lastRead >= idle || tooSlow) {
            refuseBody(now - lastRead >= idle ? Fault.REQUEST_TIMEOUT : Fault.BODY_TOO_SLOW);
            outbox.flush();
            return;
        }
        windowStart = now;
        windowBytes = 0;
        worker.deadlines().set(deadline, Math.min(window(), idle - (now - lastRead)));
    }

    private void onSlowClient() {
        exchange.reject(Fault.CLIENT_TOO_SLOW);
        context.close();
    }

    /// Not taking new requests: closes when nothing comes for a while.
    void drain() {
        close = true;
        if (!exchange.isActive() && head.length() == 0 && !closing) {
            worker.deadlines().set(deadline, DRAIN_IDLE_NANOS);
        }
    }

    // What goes to the client.

    @Override
    public Worker worker() {
        return worker;
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public boolean understandsChunked() {
        return head.minor() == 1;
    }

    @Override
    public void sendHead(HeadWriter out, int expected) {
        outbox.head(out, expected);
    }

    @Override
    public void sendRange(ByteBuf in, int start, int length) {
        outbox.range(in, start, length);
    }

    @Override
    public void sendBytes(byte[] bytes, int start, int length) {
        outbox.bytes(bytes, start, length);
    }

    @Override
    public void flush() {
        if (outbox.flush()) {
            delivery.begin(current.config());
        }
    }

    @Override
    public boolean isWritable() {
        return outbox.isWritable();
    }

    @Override
    public void keepFraming(boolean framing) {
        body.keepFraming(framing);
    }

    @Override
    public void readBody(boolean on) {
        if (on && !bodyWanted && body.isActive()) {
            if (head.expectsContinue()) {
                head.continued();
                outbox.bytes(CONTINUE, 0, CONTINUE.length);
                flush();
            }
            body.limit(exchange.bodyLimit());
            watchBody();
        } else if (!on) {
            worker.deadlines().clear(deadline);
        }
        bodyWanted = on;
        if (!reading) {
            // Outside of a read, nobody else hands on what has been waiting here.
            consume();
            exchange.onClientReadComplete();
            flush();
        }
    }

    @Override
    public boolean closesAfterResponse() {
        return close;
    }

    @Override
    public void closeAfterResponse() {
        close = true;
    }

    @Override
    public void dropBody() {
        // A client that waits for a 100 may send its body or not (RFC 9110 section 10.1.1): nobody can tell.
        if (!body.isActive() || head.expectsContinue() || head.contentLength() > MAX_DROPPED) {
            close = true;
        } else {
            dropping = true;
        }
    }

    @Override
    public void endResponse() {
        if (close || (body.isActive() && !dropping)) {
            shut();
        } else if (body.isActive()) {
            bodyBytes = 0;
            bodyWanted = true;
            worker.deadlines().set(deadline, DROP_NANOS);
            goOn();
        } else {
            next();
        }
    }

    private void next() {
        if (close) {
            shut();
            return;
        }
        dropping = false;
        bodyWanted = false;
        head.reset();
        worker.deadlines().set(deadline, timeouts().idle().toNanos());
        goOn();
    }

    private void goOn() {
        if (!reading) {
            if (pending != null) {
                // A turn of its own, so that pipelined requests don't grow the stack.
                worker.loop().execute(this::resume);
            } else {
                autoRead(true);
            }
        }
    }

    private void resume() {
        if (!reading && !closing && pending != null) {
            worker.deadlines().refresh();
            consume();
            exchange.onClientReadComplete();
            flush();
        }
    }

    /// Sends what is waiting, then closes.
    private void shut() {
        if (closing) {
            return;
        }
        closing = true;
        body.reset();
        flush();
        worker.deadlines().set(deadline, Math.max(LINGER_NANOS, timeouts().writeIdle().toNanos()));
        // The client may still be sending: what it sends is taken and dropped for a moment, so that it reads the answer
        // before it sees a reset (RFC 9112 section 9.6).
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (context.channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
            worker.deadlines().set(deadline, LINGER_NANOS);
        });
        if (!reading) {
            consume();
        }
    }

    @Override
    public void abort() {
        closing = true;
        body.reset();
        outbox.flush();
        if (!understandsChunked()) {
            // The end of the connection would look like the end of the body: only a reset tells them apart.
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        context.close();
    }

    /// Hands the request's body on, or drops it.
    private final class Sink implements BodySink {

        @Override
        public void range(ByteBuf in, int start, int length, int data) {
            if (!dropping) {
                exchange.requestBody().range(in, start, length, data);
            }
        }

        @Override
        public void literal(byte[] bytes, int start, int length) {
            if (!dropping) {
                exchange.requestBody().literal(bytes, start, length);
            }
        }

        @Override
        public void end() {
            if (!closing) {
                worker.deadlines().clear(deadline);
            }
            if (!dropping) {
                exchange.onRequestRead();
            }
        }
    }
}
