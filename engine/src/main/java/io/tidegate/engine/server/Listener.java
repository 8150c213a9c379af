package io.tidegate.engine.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.config.AddressConfig;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.LiveSnapshot;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.tls.TlsConnection;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A socket on which clients are accepted. It lives as long as its address is declared: what is served on it is what
/// the snapshot of the moment says, so a reload never touches it.
public final class Listener implements AutoCloseable {

    private static final int BACKLOG = 4096;
    private static final int LOW_MARK = 32 * 1024;
    private static final int HIGH_MARK = 64 * 1024;
    private static final long CUT_NANOS = 1_000_000_000L;
    private static final long POLL_NANOS = 1_000_000;
    private static final long GONE_POLL_MILLIS = 100;

    private final int slot;
    private final LiveSnapshot live;
    private final ConnectionGate gate;
    private final Channel channel;
    private final SocketAddress bound;
    private final @Nullable SocketFile socketFile;
    private final List<StreamPool<Http1ServerStream>> http1Streams;
    private final List<StreamPool<Http2ServerStream>> http2Streams;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private @Nullable QuicListener quic;
    private volatile boolean draining;
    private volatile boolean offered;
    private volatile boolean handedOver;

    /// Binds the address. Nobody is accepted before [#open].
    ///
    /// @param slot
    ///            where snapshots keep what is served here
    /// @throws RuntimeException
    ///             where it can't be bound
    ///
    /// @param inherited
    ///            the socket that the process before had there, or null
    public Listener(int slot, AddressConfig address, LiveSnapshot live, Workers workers, ConnectionGate gate,
            SocketHandover.@Nullable Inherited inherited) {
        this.slot = slot;
        this.live = live;
        this.gate = gate;
        this.http1Streams = workers.all().stream()
                .map(worker -> StreamPool.of(worker, () -> new Http1ServerStream(worker))).toList();
        this.http2Streams = workers.all().stream()
                .map(worker -> StreamPool.of(worker, () -> new Http2ServerStream(worker))).toList();
        this.socketFile = address.isUnix() ? new SocketFile(Path.of(address.host())) : null;
        ServerBootstrap bootstrap = new ServerBootstrap().group(workers.group())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_MARK, HIGH_MARK))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new Opening(Listener.this, workers, gate));
                    }
                });
        workers.transport().receiving(bootstrap, gate.most());
        if (inherited != null) {
            // The process that had it may have begun to stop.
            NewcomerFilter.detach(inherited.descriptor());
        }
        if (!address.isUnix()) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        }
        if (inherited != null && workers.transport() == Transport.EPOLL) {
            int descriptor = inherited.descriptor();
            channel = bootstrap.channelFactory(() -> new EpollServerSocketChannel(descriptor)).register()
                    .syncUninterruptibly().channel();
            bound = inherited.address();
            return;
        }
        bootstrap.channel(workers.transport().server(address.isUnix()));
        if (inherited == null) {
            channel = bootstrap.bind(toBind(address)).syncUninterruptibly().channel();
            bound = socketFile == null ? channel.localAddress() : socketFile.moveInPlace();
        } else {
            // Bound to any free port first; the socket that is handed over then takes the place of that one.
            channel = bootstrap.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly()
                    .channel();
            DescriptorSwap.replace(inherited.descriptor(), ((UnixChannel) channel).fd().intValue());
            bound = inherited.address();
        }
    }

    private SocketAddress toBind(AddressConfig address) {
        if (socketFile != null) {
            return socketFile.toBind();
        }
        return address.host().isEmpty()
                ? new InetSocketAddress(address.port())
                : new InetSocketAddress(address.host(), address.port());
    }

    /// Begins to accept.
    public void open() {
        gate.opens(this);
    }

    /// Accepts, or leaves those who come to the operating system for a while.
    void accept(boolean accept) {
        channel.config().setAutoRead(accept);
    }

    /// What is served here at the moment; null where nothing is.
    @Nullable
    ListenerSnapshot current() {
        Snapshot snapshot = live.current();
        return snapshot == null ? null : snapshot.listener(slot);
    }

    /// Puts the handler of the protocol in place behind `ctx`.
    ///
    /// @param secured
    ///            what was agreed on with the client, the protocol included; null without TLS
    void serve(ChannelHandlerContext ctx, ListenerSnapshot current, Worker worker, ClientConnection client,
            @Nullable TlsConnection secured) {
        if (current.streams() != null) {
            relay(ctx, worker, client, null, null);
            return;
        }
        String protocol = secured == null ? null : secured.client().protocol();
        switch (protocol) {
            case "h2" -> serveHttp2(ctx, new ConnectionTerms(this, current, worker, client, secured, "2"));
            case null, default ->
                serveHttp1(ctx, new ConnectionTerms(this, current, worker, client, secured, "1.1"));
        }
    }

    /// Hands the connection on to a service, whatever it carries.
    ///
    /// @param name
    ///            what the client has asked for by TLS that is not ended here; null for none
    /// @param received
    ///            what has come already; null for nothing
    void relay(ChannelHandlerContext ctx, Worker worker, ClientConnection client, @Nullable String name,
            @Nullable ByteBuf received) {
        StreamConnection connection = StreamConnection.of(this, worker, client, name);
        if (connection == null) {
            // By now the listener is another.
            ReferenceCountUtil.release(received);
            ctx.close();
            return;
        }
        connection.start(ctx, received);
        keep(connection, ctx.channel());
    }

    private void serveHttp1(ChannelHandlerContext ctx, ConnectionTerms terms) {
        Http1ServerHandler handler = new Http1ServerHandler(terms, ctx);
        ctx.pipeline().addLast(handler);
        handler.start();
        keep(handler, ctx.channel());
    }

    private void serveHttp2(ChannelHandlerContext ctx, ConnectionTerms terms) {
        Http2ServerHandler handler = Http2ServerHandler.of(terms, ctx.channel());
        ctx.pipeline().addLast(handler);
        keep(handler, ctx.channel());
    }

    /// A connection that was taken for one of HTTP/1.1 speaks HTTP/2, as its first bytes, `in`, tell.
    void speaksHttp2(Http1ServerHandler before, ChannelHandlerContext ctx, ByteBuf in) {
        connections.remove(before);
        ctx.pipeline().remove(before);
        ConnectionTerms terms = before.terms();
        serveHttp2(ctx, new ConnectionTerms(this, terms.current(), terms.worker(), terms.peer().connection(), null,
                "2"));
        ctx.pipeline().fireChannelRead(in);
    }

    /// Keeps a connection that is served from here on in mind until it closes.
    void keep(ServerConnection connection, Channel of) {
        connections.add(connection);
        of.closeFuture().addListener(closed -> connections.remove(connection));
        if (draining) {
            connection.drain();
        }
    }

    ConnectionGate gate() {
        return gate;
    }

    /// Binds the UDP sockets for HTTP/3, beside this one, where there are none yet.
    ///
    /// @return whether there were none; [#closeHttp3] takes them back
    /// @throws RuntimeException
    ///             where they can't be bound
    public boolean bindHttp3(Workers workers) {
        if (quic != null) {
            return false;
        }
        quic = new QuicListener(this, workers, (InetSocketAddress) bound);
        return true;
    }

    /// Begins to speak HTTP/3 where the sockets for it are bound.
    public void openHttp3() {
        if (quic != null) {
            quic.open();
        }
    }

    /// Speaks HTTP/3 no more: each connection closes with its last response.
    public void closeHttp3() {
        if (quic != null) {
            quic.drain();
            quic = null;
            connections.stream().filter(Http3ServerHandler.class::isInstance)
                    .forEach(connection -> connection.terms().worker().loop().execute(connection::drain));
        }
    }

    /// The streams of HTTP/1.1 that no connection of this worker uses.
    StreamPool<Http1ServerStream> http1Streams(Worker worker) {
        return http1Streams.get(worker.index());
    }

    /// The streams of HTTP/2 that no connection of this worker uses.
    StreamPool<Http2ServerStream> http2Streams(Worker worker) {
        return http2Streams.get(worker.index());
    }

    /// What is served here at the moment, or null before the first configuration.
    @Nullable
    Snapshot snapshot() {
        return live.current();
    }

    int slot() {
        return slot;
    }

    boolean isDraining() {
        return draining;
    }

    /// Connections open now.
    public int connections() {
        return connections.size();
    }

    /// Its descriptor, for another process; null where it has none that could be given away.
    public @Nullable FileDescriptor offer() {
        offered = true;
        return descriptor();
    }

    /// Its descriptor; null where it is no TCP socket of the operating system's own kind.
    private @Nullable FileDescriptor descriptor() {
        return socketFile == null && channel instanceof UnixChannel unix ? unix.fd() : null;
    }

    /// Where it is bound.
    public SocketAddress address() {
        return bound;
    }

    /// The socket is another process's now: its file stays.
    public void handOver() {
        handedOver = true;
    }

    /// Has the operating system ignore those who begin to connect, so that [#drain] loses none of those who have, once
    /// they were accepted.
    ///
    /// @return whether it does: not where the socket may be another process's too, and not everywhere
    public boolean ignoreNewcomers() {
        FileDescriptor descriptor = descriptor();
        return !offered && descriptor != null && NewcomerFilter.attach(descriptor.intValue());
    }

    /// Accepts no more; each connection closes with its next response, or when nothing comes on it for a while.
    public void drain() {
        // In this order: a client that is told to close comes again, and must not find a socket that is about to go.
        close();
        draining = true;
        closeHttp3();
        for (ServerConnection connection : connections) {
            connection.terms().worker().loop().execute(connection::drain);
        }
    }

    /// Waits until listeners that drain have no connection any more: those are served as it was until they are closed.
    /// Not for an event loop to call.
    public static void awaitEnd(List<Listener> gone) {
        try {
            while (gone.stream().anyMatch(listener -> listener.connections() > 0)) {
                Thread.sleep(GONE_POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Closes every connection, whatever runs, and waits for that, a second at most: an event loop that ends before
    /// would leave them open. Not for an event loop to call.
    public void cut() {
        for (ServerConnection connection : connections) {
            connection.terms().worker().loop().execute(connection::cut);
        }
        long end = System.nanoTime() + CUT_NANOS;
        while (!connections.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        if (quic != null) {
            quic.close();
            quic = null;
        }
    }

    /// Stops accepting.
    @Override
    public void close() {
        gate.closes(this);
        if (channel.isOpen()) {
            channel.close().syncUninterruptibly();
            if (!handedOver && socketFile != null) {
                socketFile.remove();
            }
        }
    }
}
