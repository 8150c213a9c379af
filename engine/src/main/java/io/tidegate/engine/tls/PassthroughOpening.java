package io.tidegate.engine.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.worker.FirstBytesHandler;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection whose TLS is another's to end, until its client has said which name it wants. Nothing is decrypted, and
/// nothing that the client sent is lost.
public final class PassthroughOpening extends FirstBytesHandler {

    private static final Logger LOG = LoggerFactory.getLogger(PassthroughOpening.class);

    private final WorkerCells cells;
    private final Owner owner;
    private final ClientHelloReader reader = new ClientHelloReader();

    /// Takes the connection over.
    public interface Owner {

        /// Whether there is a service for clients that ask for this name, or for none (null).
        boolean serves(@Nullable String name);

        /// The client has said what it wants. What comes from here on goes to whatever is added behind `ctx`, whose
        /// handler is removed then.
        ///
        /// @param received
        ///            everything that has come; the owner's from now on
        void named(ChannelHandlerContext ctx, @Nullable String name, ByteBuf received);
    }

    /// A handler for one connection.
    public PassthroughOpening(Worker worker, WorkerCells cells, Owner owner) {
        super(worker);
        this.cells = cells;
        this.owner = owner;
    }

    @Override
    protected void read(ChannelHandlerContext ctx, ByteBuf all) {
        try {
            ClientHello hello = reader.read(all);
            if (hello != null) {
                name(ctx, hello.serverName());
            }
        } catch (RefusedHelloException e) {
            refuse();
            tell(e.reason());
            ctx.writeAndFlush(e.alert().record()).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void name(ChannelHandlerContext ctx, @Nullable String name) throws RefusedHelloException {
        if (!owner.serves(name)) {
            throw new RefusedHelloException(Alert.UNRECOGNIZED_NAME, "unknown_name");
        }
        end();
        ByteBuf all = take();
        if (all != null) {
            owner.named(ctx, name, all);
        }
        ctx.pipeline().remove(this);
    }

    private void tell(String reason) {
        cells.tlsFailed(reason);
        LOG.debug("no name of a service could be read: {}", reason);
    }

    @Override
    protected void late(ChannelHandlerContext ctx) {
        tell("timeout");
        ctx.close();
    }

    @Override
    protected void closed(ChannelHandlerContext ctx) {
        tell("client_closed");
    }
}
