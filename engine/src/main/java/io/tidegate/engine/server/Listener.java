package io.tidegate.engine.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.api.Fault;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.engine.exchange.LiveSnapshot;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.RequestParser;
import io.tidegate.engine.worker.Workers;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// An address on which clients are served.
public final class Listener implements AutoCloseable {

    private static final long MAX_BODY = 10L << 20;
    private static final int BACKLOG = 4096;

    private final String name;
    private final ListenerConfig config;
    private final LiveSnapshot live;
    private final RequestParser parser;
    private final Channel channel;
    private final Set<Http1ServerHandler> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong open = new AtomicLong();
    private final Map<String, LongAdder> rejects = new ConcurrentHashMap<>();
    private volatile boolean draining;

    /// Binds the address.
    ///
    /// @throws RuntimeException
    ///             where it can't be bound
    public Listener(String name, ListenerConfig config, LiveSnapshot live, Workers workers) {
        this.name = name;
        this.config = config;
        this.live = live;
        this.parser = new RequestParser((int) Math.min(config.limits().requestTarget().bytes(), 1 << 20),
                (int) Math.min(config.limits().requestHead().bytes(), 1 << 20), config.limits().requestFields());
        AddressConfig address = config.address();
        ServerBootstrap bootstrap = new ServerBootstrap().group(workers.group())
                .channel(workers.transport().server(address.isUnix()))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(new Opening(workers));
                    }
                });
        workers.transport().receiving(bootstrap);
        if (!address.isUnix()) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        }
        channel = bootstrap.bind(socketAddress(address)).syncUninterruptibly().channel();
    }

    private static SocketAddress socketAddress(AddressConfig address) {
        if (address.isUnix()) {
            return new DomainSocketAddress(address.host());
        }
        return address.host().isEmpty()
                ? new InetSocketAddress(address.port())
                : new InetSocketAddress(address.host(), address.port());
    }

    /// Puts the handler in its own place once the connection stands, so that it knows its peer.
    private final class Opening extends ChannelInboundHandlerAdapter {

        private final Workers workers;

        Opening(Workers workers) {
            this.workers = workers;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            Http1ServerHandler handler = new Http1ServerHandler(Listener.this, workers.of(ctx.channel().eventLoop()),
                    ctx);
            connections.add(handler);
            open.incrementAndGet();
            ctx.channel().closeFuture().addListener(closed -> connections.remove(handler));
            ctx.pipeline().addLast(handler);
            ctx.fireChannelActive();
        }
    }

    String name() {
        return name;
    }

    /// As declared.
    public ListenerConfig config() {
        return config;
    }

    String via() {
        return config.via();
    }

    RequestParser parser() {
        return parser;
    }

    long maxBody() {
        return MAX_BODY;
    }

    @Nullable
    Snapshot snapshot() {
        return live.current();
    }

    boolean isDraining() {
        return draining;
    }

    void closed() {
        open.decrementAndGet();
    }

    void rejected(Fault fault) {
        rejects.computeIfAbsent(fault.code(), code -> new LongAdder()).increment();
    }

    /// Requests refused, by fault code.
    public Map<String, LongAdder> rejects() {
        return rejects;
    }

    /// Connections open now.
    public long open() {
        return open.get();
    }

    /// Where it is bound.
    public SocketAddress address() {
        return channel.localAddress();
    }

    /// Accepts no more; connections close with their response.
    public void drain() {
        draining = true;
        channel.close().syncUninterruptibly();
        for (Http1ServerHandler connection : connections) {
            connection.worker().loop().execute(connection::drain);
        }
    }

    /// Stops listening.
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }
}
