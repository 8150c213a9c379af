package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.wire.ProxyHeaderReader;
import io.tidegate.engine.wire.RefusedProxyHeaderException;
import io.tidegate.engine.worker.FirstBytesHandler;
import io.tidegate.engine.worker.Worker;

/// A connection of a trusted proxy, until its PROXY header has said who the client is. What is no such header, or comes
/// too late, ends the connection, without a word: whoever sent it does not speak the protocol.
final class ProxyOpening extends FirstBytesHandler {

    private final WorkerCells cells;
    private final Owner owner;
    private final ProxyHeaderReader reader;

    /// Takes the connection over.
    @FunctionalInterface
    interface Owner {

        /// It is known who the client is. What comes from here on goes to whatever is added behind `ctx`.
        void told(ChannelHandlerContext ctx, Origin origin);
    }

    /// @param socket
    ///            what holds where the proxy speaks for itself
    ProxyOpening(Worker worker, WorkerCells cells, Origin socket, Owner owner) {
        super(worker);
        this.cells = cells;
        this.owner = owner;
        this.reader = new ProxyHeaderReader(socket);
    }

    @Override
    protected void read(ChannelHandlerContext ctx, ByteBuf all) {
        try {
            Origin origin = reader.read(all);
            if (origin != null) {
                told(ctx, origin);
            }
        } catch (RefusedProxyHeaderException e) {
            refuse();
            refuse(ctx, e.reason());
        }
    }

    private void told(ChannelHandlerContext ctx, Origin origin) {
        end();
        ByteBuf rest = take();
        owner.told(ctx, origin);
        if (rest != null && rest.isReadable() && ctx.channel().isActive()) {
            ctx.fireChannelRead(rest);
        } else if (rest != null) {
            rest.release();
        }
        ctx.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext ctx, String reason) {
        cells.connectionRefused(reason);
        ctx.close();
    }

    @Override
    protected void late(ChannelHandlerContext ctx) {
        refuse(ctx, "proxy_timeout");
    }

    @Override
    protected void closed(ChannelHandlerContext ctx) {
        refuse(ctx, "proxy_closed");
    }
}
