package io.tidegate.engine.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Received;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection whose TLS is another's to end, until its client has said which name it wants. Nothing is decrypted, and
/// nothing that the client sent is lost.
public final class PassthroughOpening extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(PassthroughOpening.class);

    private final Worker worker;
    private final WorkerCells cells;
    private final Owner owner;
    private final ClientHelloReader reader = new ClientHelloReader();
    private final Received received = new Received();
    private final Deadline deadline = new Deadline(this::onDeadline);
    private @Nullable ChannelHandlerContext context;
    private boolean over;

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
        this.worker = worker;
        this.cells = cells;
        this.owner = owner;
    }

    /// Begins to wait for the client.
    ///
    /// @param nanos
    ///            how long the client has for its first message
    public void start(ChannelHandlerContext own, long nanos) {
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
            ClientHello hello = reader.read(all);
            if (hello != null) {
                name(ctx, hello.serverName());
            }
        } catch (RefusedHelloException e) {
            over(e.reason());
            ctx.writeAndFlush(e.alert().record()).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void name(ChannelHandlerContext ctx, @Nullable String name) throws RefusedHelloException {
        if (!owner.serves(name)) {
            throw new RefusedHelloException(Alert.UNRECOGNIZED_NAME, "unknown_name");
        }
        over = true;
        worker.deadlines().remove(deadline);
        ByteBuf all = received.take();
        if (all != null) {
            owner.named(ctx, name, all);
        }
        ctx.pipeline().remove(this);
    }

    private void over(String reason) {
        over = true;
        worker.deadlines().remove(deadline);
        received.drop();
        cells.tlsFailed(reason);
        LOG.debug("no name of a service could be read: {}", reason);
    }

    private void onDeadline() {
        ChannelHandlerContext ctx = context;
        if (!over && ctx != null) {
            over("timeout");
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            over("client_closed");
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Its end tells of it.
        ctx.close();
    }
}
