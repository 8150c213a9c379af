package io.tidegate.engine.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.observe.StreamCells;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// Moves bytes between a client and a service, both ways, whatever they mean. Both connections are on one event loop.
///
/// ```
/// client stands ─▶ WAITING ─ service stands ─▶ RELAYING ─ one side says no more ─▶ the other hears it ─ both have ─▶ over
///                     │                           │
///                     └── broken, quiet for too long, cut: both are broken off ─▶ over
/// ```
///
/// What one side sends waits for the other in that one's outbox, up to its high mark; then it is not read on.
public final class ByteRelay {

    private final Worker worker;
    private final StreamCells cells;
    private final long idleNanos;
    private final Owner owner;
    private final Deadline idle = new Deadline(() -> end(UpstreamFaults.TIMEOUT));
    private final RelaySide client;
    private @Nullable RelaySide service;
    private boolean over;

    /// Who hears of its end.
    @FunctionalInterface
    public interface Owner {

        /// It is over, and both connections are closed or about to be. Called once.
        ///
        /// @param fault
        ///            what it ended with; null where both sides said that they had sent everything
        void ended(@Nullable Fault fault);
    }

    /// A relay whose client stands.
    ///
    /// @param ctx
    ///            its handler stands behind this one's from now on
    /// @param received
    ///            what has come already; null for nothing
    /// @param idleNanos
    ///            how long both sides may be quiet
    public ByteRelay(ChannelHandlerContext ctx, @Nullable ByteBuf received, Worker worker, StreamCells cells,
            long idleNanos, Owner owner) {
        this.worker = worker;
        this.cells = cells;
        this.idleNanos = idleNanos;
        this.owner = owner;
        this.client = new RelaySide(this, worker, ctx.channel());
        ctx.pipeline().addLast(client);
        client.pause();
        if (received != null) {
            client.take(received);
        }
    }

    /// The service stands.
    public void connected(Channel channel) {
        if (over) {
            channel.close();
            return;
        }
        RelaySide made = new RelaySide(this, worker, channel);
        service = made;
        channel.pipeline().addLast(made);
        touched();
        client.join(made);
        made.join(client);
        client.resume();
    }

    /// Whether it has ended.
    public boolean isOver() {
        return over;
    }

    /// Something came on a side.
    @SuppressWarnings("ReferenceEquality") // one of the two
    void moved(RelaySide from, int bytes) {
        if (from == client) {
            cells.received(bytes);
        } else {
            cells.sent(bytes);
        }
        touched();
    }

    /// It is not quiet.
    void touched() {
        worker.deadlines().refresh();
        worker.deadlines().set(idle, idleNanos);
    }

    /// A side has ended in one direction.
    void halfOver() {
        RelaySide to = service;
        if (!over && to != null && client.isOverWith(to)) {
            over(null);
            client.close();
            to.close();
        }
    }

    /// A side was broken off, or ended without the end that it owed.
    ///
    /// @param reset
    ///            whether the connection itself broke
    @SuppressWarnings("ReferenceEquality") // one of the two
    void broken(RelaySide side, boolean reset) {
        end(side == client ? Fault.CLIENT_CLOSED : reset ? UpstreamFaults.RESET : UpstreamFaults.CLOSED);
    }

    /// Breaks both connections off.
    public void end(@Nullable Fault fault) {
        if (over) {
            return;
        }
        over(fault);
        client.cut();
        if (service != null) {
            service.cut();
        }
    }

    private void over(@Nullable Fault fault) {
        over = true;
        worker.deadlines().remove(idle);
        owner.ended(fault);
    }

    /// Bytes that came from the client.
    public long fromClient() {
        return client.received();
    }

    /// Bytes that came from the service.
    public long fromService() {
        return service == null ? 0 : service.received();
    }
}
