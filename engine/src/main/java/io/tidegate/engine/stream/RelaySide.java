package io.tidegate.engine.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.tidegate.engine.tls.TlsClosing;
import io.tidegate.engine.worker.Outbox;
import io.tidegate.engine.worker.Worker;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One of the two connections of a relay: takes what comes on it to the other, and lets it wait where that one takes no
/// more.
final class RelaySide extends ChannelInboundHandlerAdapter {

    private final ByteRelay relay;
    private final Worker worker;
    private final boolean secured;
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Outbox outbox;
    private @Nullable RelaySide other;
    private long received;
    private boolean paused;
    /// Nothing more comes from it.
    private boolean inputOver;
    /// Nothing more goes to it, and all of it has gone out.
    private boolean outputOver;
    private boolean finishing;
    /// Closed by its other end altogether.
    private boolean gone;

    RelaySide(ByteRelay relay, Worker worker, Channel channel) {
        this.relay = relay;
        this.worker = worker;
        this.secured = channel.pipeline().get(SslHandler.class) != null;
        // One that says no more may still listen.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        outbox = new Outbox(ctx.channel(), worker);
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    private Outbox outbox() {
        if (outbox == null) {
            throw new IllegalStateException("not connected");
        }
        return outbox;
    }

    /// Bytes that came on it.
    long received() {
        return received;
    }

    /// Whether neither this side nor the other has anything left to send to each other.
    boolean isOverWith(RelaySide with) {
        boolean both = inputOver && outputOver && with.inputOver && with.outputOver;
        return both || (gone && with.outputOver) || (with.gone && outputOver);
    }

    /// Reads nothing for the moment.
    void pause() {
        paused = true;
        context().channel().config().setAutoRead(false);
    }

    /// The other side stands: what came meanwhile goes there.
    void join(RelaySide with) {
        other = with;
        for (ByteBuf held = early.poll(); held != null; held = early.poll()) {
            with.send(held);
        }
        with.outbox().flush();
        if (inputOver) {
            with.finish();
        }
    }

    /// Reads on, where the other side takes something.
    void resume() {
        RelaySide to = other;
        if (paused && to != null && to.isWritable()) {
            paused = false;
            context().channel().config().setAutoRead(true);
        }
    }

    private boolean isWritable() {
        return outbox().isWritable();
    }

    // What comes on it.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        take((ByteBuf) message);
    }

    /// Takes what has come; the buffer is this side's now.
    void take(ByteBuf in) {
        if (relay.isOver()) {
            in.release();
            return;
        }
        received += in.readableBytes();
        relay.moved(this, in.readableBytes());
        RelaySide to = other;
        if (to == null) {
            early.add(in);
            return;
        }
        to.send(in);
        if (!to.isWritable()) {
            pause();
        }
    }

    private void send(ByteBuf in) {
        if (finishing) {
            in.release();
            return;
        }
        outbox().range(in, in.readerIndex(), in.readableBytes());
        in.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        RelaySide to = other;
        if (to != null && !relay.isOver()) {
            to.outbox().flush();
            if (!to.isWritable() && !to.finishing) {
                pause();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        RelaySide from = other;
        if (from != null && ctx.channel().isWritable()) {
            relay.touched();
            from.resume();
        }
    }

    // How it ends.

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            if (secured && !inputOver) {
                // With TLS only close_notify tells all of it from a part (RFC 8446 section 6.1).
                relay.broken(this, false);
            } else {
                inputEnds();
            }
        } else if (event instanceof SslCloseCompletionEvent closing && closing.isSuccess()) {
            inputEnds();
        }
    }

    private void inputEnds() {
        if (inputOver || relay.isOver()) {
            return;
        }
        inputOver = true;
        RelaySide to = other;
        if (to != null) {
            to.finish();
        }
    }

    /// Sends what is left, and says that nothing more will come.
    private void finish() {
        if (finishing) {
            return;
        }
        finishing = true;
        outbox().flush();
        TlsClosing.finish(context()).addListener(sent -> {
            if (relay.isOver()) {
                return;
            }
            if (context().channel() instanceof DuplexChannel duplex && duplex.isActive()) {
                duplex.shutdownOutput();
            }
            outputOver = true;
            relay.halfOver();
        });
    }

    /// Closed by its other end altogether, in order.
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (relay.isOver()) {
            return;
        }
        if (secured && !inputOver) {
            relay.broken(this, false);
            return;
        }
        gone = true;
        finishing = true;
        outputOver = true;
        outbox().discard();
        if (other == null) {
            relay.broken(this, false);
            return;
        }
        inputEnds();
        relay.halfOver();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        relay.broken(this, true);
    }

    /// Closes; everything has been sent.
    void close() {
        drop();
        if (context != null) {
            context.close();
        }
    }

    /// Breaks the connection off, so that nobody takes what was sent for all of it.
    void cut() {
        drop();
        if (context != null) {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            TlsClosing.cut(context);
        }
    }

    private void drop() {
        if (outbox != null) {
            outbox.discard();
        }
        for (ByteBuf held = early.poll(); held != null; held = early.poll()) {
            held.release();
        }
    }
}
