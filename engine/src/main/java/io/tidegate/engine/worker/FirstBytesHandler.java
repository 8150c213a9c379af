package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.engine.worker.Deadlines.Deadline;
import org.jspecify.annotations.Nullable;

/// A connection of which the first bytes are read before anybody serves it, for a bounded time. Confined to its loop.
public abstract class FirstBytesHandler extends ChannelInboundHandlerAdapter {

    private final Worker worker;
    private final Received received = new Received();
    private @Nullable Deadline deadline;
    private @Nullable ChannelHandlerContext context;
    private boolean read;
    private boolean over;

    /// A handler of one connection of this worker.
    protected FirstBytesHandler(Worker worker) {
        this.worker = worker;
    }

    /// Begins to wait for the client.
    ///
    /// @param nanos
    ///            how long it has until [#end]
    public final void start(ChannelHandlerContext own, long nanos) {
        context = own;
        deadline = new Deadline(this::onDeadline);
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, nanos);
    }

    /// Looks at what has come so far; bounds it.
    ///
    /// @param all
    ///            everything; it stays here until [#take]
    protected abstract void read(ChannelHandlerContext ctx, ByteBuf all);

    /// It took too long.
    protected abstract void late(ChannelHandlerContext ctx);

    /// The connection has ended before.
    protected abstract void closed(ChannelHandlerContext ctx);

    /// Gives away everything that has come; nothing more is read. Null where that was done before.
    protected final @Nullable ByteBuf take() {
        read = true;
        return received.take();
    }

    /// It is settled what becomes of the connection: nobody waits for the client any more.
    ///
    /// @return whether it was not before
    protected final boolean end() {
        boolean first = !over;
        over = true;
        if (deadline != null) {
            worker.deadlines().remove(deadline);
        }
        return first;
    }

    /// It is settled, and what has come is for nobody.
    protected final void refuse() {
        end();
        read = true;
        received.drop();
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (read || over) {
            // Whoever serves it from here on is there before anything comes.
            in.release();
        } else {
            read(ctx, received.add(ctx.alloc(), in));
        }
    }

    private void onDeadline() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && end()) {
            late(ctx);
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        if (end()) {
            closed(ctx);
        }
        received.drop();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Its end tells of it.
        ctx.close();
    }
}
