package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.api.Fault;
import io.tidegate.config.ClientTimeoutsConfig;
import io.tidegate.engine.exchange.Answers;
import io.tidegate.engine.exchange.Downstream;
import io.tidegate.engine.exchange.HttpExchange;
import io.tidegate.engine.exchange.Router;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.BodyDecoder;
import io.tidegate.engine.wire.BodySink;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Outbox;
import io.tidegate.engine.worker.Worker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// The requests of one client connection, one after the other (RFC 9112 §9.3): what comes behind a request waits,
/// unread,
/// until its response is complete.
final class Http1ServerHandler extends ChannelInboundHandlerAdapter implements Downstream {

    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");

    private final Listener listener;
    private final Worker worker;
    private final RequestHead head = new RequestHead();
    private final BodyDecoder body = new BodyDecoder();
    private final Sink sink = new Sink();
    private final HttpExchange exchange;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final Outbox outbox;
    private final ChannelHandlerContext context;
    private final byte[] forwardedLines;
    private @Nullable ByteBuf pending;
    private boolean bodyWanted;
    private boolean reading;
    private boolean close;
    private boolean closing;
    private int requests;

    Http1ServerHandler(Listener listener, Worker worker, ChannelHandlerContext context) {
        this.listener = listener;
        this.worker = worker;
        this.context = context;
        this.outbox = new Outbox(context.channel());
        this.exchange = new HttpExchange(this);
        this.forwardedLines = forwardedLines(context.channel().remoteAddress(), listener.via());
        head.reset();
        worker.deadlines().set(deadline, timeouts().firstByte().toNanos());
    }

    private static byte[] forwardedLines(@Nullable SocketAddress peer, String via) {
        String address = peer instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "unix";
        String node = address.indexOf(':') >= 0 ? "\"[" + address + "]\"" : address.equals("unix") ? "_unix" : address;
        return Ascii.bytes("x-forwarded-for: " + address + "\r\nx-forwarded-proto: http\r\nforwarded: for=" + node
                + ";proto=http\r\nvia: 1.1 " + via + "\r\n");
    }

    private ClientTimeoutsConfig timeouts() {
        return listener.config().timeouts();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        ByteBuf before = pending;
        if (before != null) {
            // Only what was received while reading was being switched off comes here.
            pending = ctx.alloc().compositeBuffer().addComponent(true, before).addComponent(true, in);
            if (!reading) {
                consume();
            }
            return;
        }
        pending = in;
        consume();
    }

    /// Takes as much of what was received as can be taken now; the rest stays, and reading stops.
    private void consume() {
        reading = true;
        ByteBuf in = pending;
        while (in != null && in.isReadable() && !closing) {
            if (exchange.isActive() || body.isActive()) {
                if (!body.isActive() || !bodyWanted) {
                    break;
                }
                worker.deadlines().set(deadline, timeouts().bodyIdle().toNanos());
                body.decode(in, sink);
                if (body.fault() != null) {
                    refuseBody(body.fault());
                }
            } else if (!readHead(in)) {
                break;
            }
        }
        reading = false;
        if (in != null && (closing || !in.isReadable())) {
            in.release();
            pending = null;
        }
        context.channel().config().setAutoRead(closing || (pending == null && (!body.isActive() || bodyWanted)));
    }

    private boolean readHead(ByteBuf in) {
        if (head.length() == 0) {
            worker.deadlines().set(deadline, timeouts().requestHead().toNanos());
        }
        if (!listener.parser().read(head, in)) {
            if (head.fault() != null) {
                refuse(head.fault());
            }
            return false;
        }
        worker.deadlines().clear(deadline);
        requests++;
        close = !head.keepAlive() || requests >= listener.config().limits().requestsPerConnection()
                || listener.isDraining();
        bodyWanted = false;
        if (head.contentLength() == RequestHead.CHUNKED) {
            body.chunked(true, true);
        } else if (head.contentLength() > listener.maxBody()) {
            refuse(Fault.BODY_TOO_LARGE);
            return false;
        } else if (head.contentLength() > 0) {
            body.counted(head.contentLength());
        }
        Snapshot snapshot = listener.snapshot();
        Router router = snapshot == null ? null : snapshot.routers().get(listener.name());
        exchange.begin(head, router);
        return true;
    }

    /// Answers what is no request, and closes: nothing behind it is ever parsed.
    private void refuse(Fault fault) {
        listener.rejected(fault);
        Answers.problem(worker.heads(), fault, worker.random().nextLong(), worker.random().nextLong(), true, false);
        outbox.head(worker.heads(), 0);
        shut();
    }

    private void refuseBody(Fault fault) {
        if (exchange.isActive()) {
            listener.rejected(fault);
            close = true;
            exchange.fail(fault);
        }
    }

    /// Sends what is waiting, then closes.
    private void shut() {
        if (closing) {
            return;
        }
        closing = true;
        body.reset();
        outbox.flush();
        // The client may still be sending: what it sends is taken and dropped for a moment, so that it reads the answer
        // before it sees a reset (RFC 9112 section 9.6).
        if (context.channel() instanceof io.netty.channel.socket.DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        worker.deadlines().set(deadline, 1_000_000_000L);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        exchange.onClientReadComplete();
        outbox.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.deadlines().remove(deadline);
        closing = true;
        exchange.abandon();
        outbox.discard();
        ByteBuf rest = pending;
        if (rest != null && !reading) {
            rest.release();
            pending = null;
        }
        listener.closed();
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

    private void onDeadline() {
        if (closing) {
            context.close();
        } else if (exchange.isActive()) {
            if (body.isActive() && bodyWanted) {
                refuseBody(Fault.REQUEST_TIMEOUT);
                outbox.flush();
            }
        } else if (head.length() > 0) {
            refuse(Fault.REQUEST_TIMEOUT);
        } else {
            context.close();
        }
    }

    /// Not taking new requests: closes when nothing runs.
    void drain() {
        close = true;
        if (!exchange.isActive() && head.length() == 0) {
            context.close();
        }
    }

    @Override
    public Worker worker() {
        return worker;
    }

    @Override
    public byte[] forwardedLines() {
        return forwardedLines;
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
        outbox.flush();
    }

    @Override
    public boolean isWritable() {
        return outbox.isWritable();
    }

    @Override
    public void readBody(boolean on) {
        if (on && !bodyWanted && head.expectsContinue() && body.isActive()) {
            head.continued();
            outbox.bytes(CONTINUE, 0, CONTINUE.length);
            outbox.flush();
        }
        bodyWanted = on;
        if (!reading) {
            consume();
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
    public void endResponse() {
        if (close || body.isActive()) {
            shut();
            return;
        }
        head.reset();
        worker.deadlines().set(deadline, timeouts().idle().toNanos());
        if (!reading && pending != null) {
            // A turn of its own, so that pipelined requests don't grow the stack.
            worker.loop().execute(this::resume);
        }
    }

    private void resume() {
        if (!reading && !closing && pending != null) {
            consume();
            exchange.onClientReadComplete();
            outbox.flush();
        }
    }

    @Override
    public void abort() {
        closing = true;
        outbox.flush();
        context.close();
    }

    /// Hands the request's body on.
    private final class Sink implements BodySink {

        @Override
        public void range(ByteBuf in, int start, int length, int data) {
            exchange.onRequestBody(in, start, length);
        }

        @Override
        public void literal(byte[] bytes, int start, int length) {
            exchange.onRequestBytes(bytes, start, length);
        }

        @Override
        public void end() {
            worker.deadlines().clear(deadline);
            exchange.onRequestEnd();
        }
    }
}
