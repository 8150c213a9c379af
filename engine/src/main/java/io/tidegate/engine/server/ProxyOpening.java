package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.wire.ProxyHeaderReader;
import io.tidegate.engine.wire.RefusedProxyHeaderException;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Received;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// A connection of a trusted proxy, until its PROXY header has said who the client is. What is no such header, or comes
/// too late, ends the connection, without a word: whoever sent it does not speak the protocol.
final class ProxyOpening extends ChannelInboundHandlerAdapter {

    private final Worker worker;
    private final WorkerCells cells;
    private final Owner owner;
    private final ProxyHeaderReader reader;
    private final Received received = new Received();
    private final Deadline deadline = new Deadline(this::onDeadline);
    private @Nullable ChannelHandlerContext context;
    private boolean over;

    /// Takes the connection over.
    @FunctionalInterface
    interface Owner {

        /// It is known who the client is. What comes from here on goes to whatever is added behind `ctx`.
        void told(ChannelHandlerContext ctx, Origin origin);
    }

    /// @param socket
    ///            what holds where the proxy speaks for itself
    ProxyOpening(Worker worker, WorkerCells cells, Origin socket, Owner owner) {
        this.worker = worker;
        this.cells = cells;
        this.owner = owner;
        this.reader = new ProxyHeaderReader(socket);
    }

    /// Begins to wait for the header.
    ///
    /// @param nanos
    ///            how long it may take
    void start(ChannelHandlerContext own, long nanos) {
        context = own;
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, nanos);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (over) {
            in.release();
            return;
        }
        ByteBuf all = received.add(ctx.alloc(), in);
        try {
            Origin origin = reader.read(all);
            if (origin != null) {
                told(ctx, origin);
            }
        } catch (RefusedProxyHeaderException e) {
            refuse(ctx, e.reason());
        }
    }

    private void told(ChannelHandlerContext ctx, Origin origin) {
        over = true;
        worker.deadlines().remove(deadline);
        ByteBuf rest = received.take();
        owner.told(ctx, origin);
        if (rest != null && rest.isReadable() && ctx.channel().isActive()) {
            ctx.fireChannelRead(rest);
        } else if (rest != null) {
            rest.release();
        }
        ctx.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext ctx, String reason) {
        over = true;
        worker.deadlines().remove(deadline);
        received.drop();
        cells.connectionRefused(reason);
        ctx.close();
    }

    private void onDeadline() {
        ChannelHandlerContext ctx = context;
        if (!over && ctx != null) {
            refuse(ctx, "proxy_timeout");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            refuse(ctx, "proxy_closed");
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Its end tells of it.
        ctx.close();
    }
}
