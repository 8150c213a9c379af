package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.stream.StreamTargets;
import io.tidegate.engine.tls.PassthroughOpening;
import io.tidegate.engine.tls.TlsConnection;
import io.tidegate.engine.tls.TlsHosts;
import io.tidegate.engine.tls.TlsOpening;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.net.InetAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// A connection from its acceptance until somebody serves it, and so knows its peer.
///
/// ```
/// accepted ─ let in ─▶ PROXY header, where its listener takes it ─▶ TLS ─ ended here, or only its name read ─▶ served
/// ```
///
final class Opening extends ChannelInboundHandlerAdapter {

    private final Listener listener;
    private final Workers workers;
    private final ConnectionGate gate;

    Opening(Listener listener, Workers workers, ConnectionGate gate) {
        this.listener = listener;
        this.workers = workers;
        this.gate = gate;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ListenerSnapshot current = listener.current();
        if (current == null) {
            ctx.close();
            return;
        }
        SocketAddress peer = ctx.channel().remoteAddress();
        Worker worker = workers.of(ctx.channel().eventLoop());
        boolean proxied = current.config().proxyProtocol();
        if (proxied && !current.isTrusted(peer)) {
            current.telemetry().metrics().worker(worker.index()).connectionRefused("proxy_untrusted");
            ctx.close();
            return;
        }
        WorkerCells cells = gate.admit(ctx.channel(), peer, current, worker);
        if (cells == null) {
            ctx.close();
            return;
        }
        Origin socket = Origin.ofSocket(peer, ctx.channel().localAddress());
        if (proxied) {
            ProxyOpening opening = new ProxyOpening(worker, cells, socket,
                    (opened, origin) -> told(opened, worker, cells, origin));
            ctx.pipeline().addLast(opening);
            opening.start(ctx.pipeline().context(opening), current.config().timeouts().firstByte().toNanos());
        } else {
            secure(ctx, current, new Known(worker, cells, new ClientConnection(socket)));
        }
        ctx.pipeline().remove(this);
    }

    /// A connection of which it is known who holds it.
    private record Known(Worker worker, WorkerCells cells, ClientConnection client) {
    }

    /// A proxy has said who the client is: only now can be counted how many connections that one has. By now the
    /// listener may be another, or none.
    private void told(ChannelHandlerContext ctx, Worker worker, WorkerCells cells, Origin origin) {
        ListenerSnapshot current = listener.current();
        if (current == null) {
            ctx.close();
            return;
        }
        InetAddress counted = current.isTrusted(origin.client()) ? null : ConnectionGate.counted(origin.client());
        if (counted != null) {
            if (!gate.enterAddress(counted, current.config().limits().connectionsPerAddress())) {
                cells.connectionRefused(ConnectionGate.Refusal.TOO_MANY_OF_ADDRESS.reason());
                ctx.close();
                return;
            }
            ctx.channel().closeFuture().addListener(closed -> gate.leaveAddress(counted));
        }
        secure(ctx, current, new Known(worker, cells, new ClientConnection(origin)));
    }

    private void secure(ChannelHandlerContext ctx, ListenerSnapshot current, Known known) {
        ctx.channel().closeFuture().addListener(closed -> known.client.end());
        long firstByte = current.config().timeouts().firstByte().toNanos();
        StreamTargets streams = current.streams();
        if (streams != null && streams.areNamed()) {
            PassthroughOpening opening = new PassthroughOpening(known.worker, known.cells, new Named(known));
            ctx.pipeline().addLast(opening);
            opening.start(ctx.pipeline().context(opening), firstByte);
        } else if (current.tls() == null) {
            listener.serve(ctx, current, known.worker, known.client, null);
        } else {
            TlsOpening opening = new TlsOpening(this::hosts, known.worker, known.cells,
                    (opened, secured) -> secured(opened, known, secured));
            ctx.pipeline().addLast(opening);
            opening.start(ctx.pipeline().context(opening), firstByte);
        }
    }

    private @Nullable TlsHosts hosts() {
        ListenerSnapshot current = listener.current();
        return current == null ? null : current.tls();
    }

    /// TLS stands: by now the listener may be another, or none.
    private void secured(ChannelHandlerContext ctx, Known known, TlsConnection secured) {
        ListenerSnapshot current = listener.current();
        if (current == null) {
            ctx.close();
        } else {
            listener.serve(ctx, current, known.worker, known.client, secured);
        }
    }

    /// Looks for the service of a name, in what is declared when the client has said it.
    private final class Named implements PassthroughOpening.Owner {

        private final Known known;

        Named(Known known) {
            this.known = known;
        }

        @Override
        public boolean serves(@Nullable String name) {
            ListenerSnapshot current = listener.current();
            StreamTargets streams = current == null ? null : current.streams();
            return streams != null && streams.find(name) != null;
        }

        @Override
        public void named(ChannelHandlerContext ctx, @Nullable String name, ByteBuf received) {
            listener.relay(ctx, known.worker, known.client, name, received);
        }
    }
}
