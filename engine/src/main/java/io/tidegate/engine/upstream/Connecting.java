package io.tidegate.engine.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.tls.ServiceTls;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Worker;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A connection on its way, from the name to the answer of the other side, TLS included. Ends once: with the
/// connection, with a failure, or with its deadline. Confined to its event loop.
final class Connecting {

    /// Who wants the connection.
    interface Owner {

        /// It stands.
        ///
        /// @param protocol
        ///            what was agreed on by ALPN; null for nothing
        void stands(Channel channel, @Nullable String protocol);

        /// It did not come about. Nothing was sent.
        void failed(Fault fault);
    }

    private final Owner owner;
    private final Endpoint endpoint;
    private final Worker worker;
    private final @Nullable ServiceTls tls;
    private final Duration limit;
    private final byte @Nullable [] first;
    private final Deadline deadline = new Deadline(this::late);
    private @Nullable Channel channel;
    private boolean over;

    /// @param first
    ///            what is sent before anything else, TLS included; null for nothing
    Connecting(Owner owner, Endpoint endpoint, Worker worker, @Nullable ServiceTls tls, Duration limit,
            byte @Nullable [] first) {
        this.owner = owner;
        this.endpoint = endpoint;
        this.worker = worker;
        this.tls = tls;
        this.limit = limit;
        this.first = first;
    }

    /// What makes connections of a loop to an endpoint.
    ///
    /// @param channels
    ///            makes their channels
    static Bootstrap bootstrap(Worker worker, Upstream upstream, boolean unix,
            ChannelFactory<? extends Channel> channels) {
        Bootstrap bootstrap = new Bootstrap().group(worker.loop()).channelFactory(channels)
                // Netty's own begins after the name is resolved; the one here bounds both.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024));
        if (!unix) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true).resolver(upstream.names());
            worker.transport().noticingLoss(bootstrap);
        }
        bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                // What it is for is known when it stands.
            }
        });
        worker.transport().receiving(bootstrap);
        return bootstrap;
    }

    /// Begins; with epoll once the events that the loop has at hand are served. One of them may be that of a socket
    /// which was closed a moment ago: epoll names sockets by descriptor, and a new one with the same number would be
    /// told what was meant for the old one.
    void start(Bootstrap bootstrap) {
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, limit.toNanos());
        if (worker.transport() == Transport.EPOLL) {
            worker.loop().execute(() -> open(bootstrap));
        } else {
            open(bootstrap);
        }
    }

    private void open(Bootstrap bootstrap) {
        if (over) {
            return;
        }
        ChannelFuture future = bootstrap.connect(endpoint.address());
        channel = future.channel();
        future.addListener(done -> {
            // A channel that can't even be made fails on a thread that is nobody's.
            if (worker.inLoop()) {
                connected(future);
            } else {
                worker.loop().execute(() -> connected(future));
            }
        });
    }

    private void late() {
        // First, as closing fails the attempt at once.
        over = true;
        if (channel != null) {
            // Fails the attempt if it is under way, and keeps one that waits for its name from being made.
            channel.close();
        }
        endpoint.connects().failed(limit);
        end(UpstreamFaults.CONNECT_TIMEOUT);
    }

    private void connected(ChannelFuture future) {
        if (over) {
            future.channel().close();
        } else if (!future.isSuccess()) {
            Throwable cause = future.cause();
            endpoint.connects().failed(cause);
            // Also where the servers of names did not answer: they tell nothing of the service.
            end(cause instanceof UnknownHostException ? UpstreamFaults.UNRESOLVED : UpstreamFaults.CONNECT);
        } else {
            if (first != null) {
                future.channel().writeAndFlush(Unpooled.wrappedBuffer(first));
            }
            if (tls == null) {
                stands(future.channel(), null);
            } else {
                secure(future.channel(), tls);
            }
        }
    }

    private void secure(Channel made, ServiceTls by) {
        SslHandler handler = by.handler(made.alloc(), endpoint.named());
        Silence silence = new Silence();
        made.pipeline().addFirst(handler).addLast(silence);
        handler.handshakeFuture().addListener(done -> {
            if (over) {
                made.close();
            } else if (done.isSuccess()) {
                made.pipeline().remove(silence);
                stands(made, handler.applicationProtocol());
            } else {
                String reason = ServiceTls.failure(done.cause());
                endpoint.connects().failed(reason == null ? "it ends the connection while TLS is set up" : reason);
                made.close();
                end(ServiceTls.fault(done.cause()));
            }
        });
    }

    /// Stands behind TLS until that stands: what fails is told once, by the handshake's end.
    private static final class Silence extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private void stands(Channel made, @Nullable String protocol) {
        over = true;
        worker.deadlines().remove(deadline);
        endpoint.connects().made();
        owner.stands(made, protocol);
    }

    private void end(Fault fault) {
        over = true;
        worker.deadlines().remove(deadline);
        owner.failed(fault);
    }
}
