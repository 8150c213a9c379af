package io.tidegate.engine.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.tidegate.api.Fault;
import io.tidegate.config.ProtocolConfig;
import io.tidegate.engine.observe.EndpointCells;
import io.tidegate.engine.tls.ServiceTls;
import io.tidegate.engine.upstream.Waiters.Waiter;
import io.tidegate.engine.worker.Worker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to one endpoint, last used first. Touched on that loop only.
public final class Pool {

    private static final int KEPT_AS_LONG_AS_CONFIGURED = -1;

    private final Upstream upstream;
    private final Endpoint endpoint;
    private final Worker worker;
    private final ServiceConnections all;
    private final EndpointCells cells;
    private final ArrayDeque<PooledConnection> idle = new ArrayDeque<>();
    /// Those that carry many requests at a time, idle or not.
    private final List<Http2UpstreamConnection> shared = new ArrayList<>();
    private final Waiters waiters;
    private final Bootstrap bootstrap;
    private final @Nullable ServiceTls tls;
    private volatile int active;
    /// Opens a connection that many requests will share.
    private @Nullable Opening opening;
    /// Whether the service has agreed to HTTP/1.1 where it was asked for HTTP/2.
    private boolean agreesToLess;
    private boolean closed;

    Pool(Upstream upstream, Endpoint endpoint, Worker worker, EndpointCells cells) {
        this(upstream, endpoint, worker, cells,
                new ReflectiveChannelFactory<>(worker.transport().client(endpoint.isUnix())));
    }

    /// @param channels
    ///            makes the channels of connections
    Pool(Upstream upstream, Endpoint endpoint, Worker worker, EndpointCells cells,
            ChannelFactory<? extends Channel> channels) {
        this.cells = cells;
        this.all = upstream.connections();
        this.upstream = upstream;
        this.endpoint = endpoint;
        this.worker = worker;
        this.waiters = new Waiters(worker, cells);
        this.bootstrap = new Bootstrap().group(worker.loop()).channelFactory(channels)
                // Netty's own begins after the name is resolved; that of Connecting bounds both.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024));
        if (!endpoint.isUnix()) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true).resolver(upstream.resolver());
        }
        bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                // What it is for is known when it stands.
            }
        });
        worker.transport().receiving(bootstrap);
        this.tls = endpoint.url().secure() ? upstream.tls() : null;
        if (tls != null) {
            tls.retain();
        }
        all.add(this);
    }

    /// What this loop counts of the endpoint.
    public EndpointCells cells() {
        return cells;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    int active() {
        return active;
    }

    Worker worker() {
        return worker;
    }

    /// Connections that wait to be used again.
    int idle() {
        return idle.size();
    }

    /// Gets a connection for one request; the answer may come at once.
    ///
    /// @param ticket
    ///            tells this request from others of the same exchange; given back with the connection
    public void acquire(UpstreamEvents events, int ticket) {
        assert worker.inLoop();
        PooledConnection connection = takeFree();
        if (connection != null) {
            lend(connection, events, ticket, true);
        } else if (opening != null && opening.wanting.size() < Http2UpstreamConnection.MOST_STREAMS) {
            opening.wanting.add(new Wanting(events, ticket));
        } else if (reserve()) {
            new Opening(events, ticket).start();
        } else {
            waiters.add(events, ticket, upstream.config().connections().maxWait().toNanos());
            endpoint.closeOneIdle(this);
        }
    }

    private @Nullable PooledConnection takeFree() {
        for (int i = 0; i < shared.size(); i++) {
            Http2UpstreamConnection connection = shared.get(i);
            if (connection.hasRoom()) {
                left(connection);
                return connection;
            }
        }
        PooledConnection connection = idle.pollLast();
        while (connection != null) {
            cells.connectionTaken();
            if (connection.hasRoom()) {
                return connection;
            }
            connection = idle.pollLast();
        }
        return null;
    }

    private boolean reserve() {
        if (!endpoint.reserve(upstream.config().connections().maxPerEndpoint())) {
            return false;
        }
        if (!all.opening(worker)) {
            endpoint.release();
            return false;
        }
        return true;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: this loop
    private void lend(PooledConnection connection, UpstreamEvents events, int ticket, boolean reused) {
        active++;
        events.onConnected(connection.begin(events, reused), reused, ticket);
    }

    /// A request that waits for a connection which is being opened.
    private record Wanting(UpstreamEvents events, int ticket) {
    }

    /// Opens a connection for one request, and by HTTP/2 for all that come until it stands.
    private final class Opening implements Connecting.Owner {

        private final ArrayDeque<Wanting> wanting = new ArrayDeque<>();

        Opening(UpstreamEvents events, int ticket) {
            wanting.add(new Wanting(events, ticket));
        }

        void start() {
            Connecting attempt = new Connecting(this, endpoint, worker, tls, upstream.config().timeouts().connect());
            if (isShared()) {
                opening = this;
            }
            attempt.start(bootstrap);
        }

        @Override
        public void stands(Channel channel, @Nullable String protocol) {
            over();
            if (closed) {
                channel.close();
                fail(Fault.UPSTREAM_CONNECT);
                return;
            }
            PooledConnection made = place(channel, protocol);
            cells.connectionOpened();
            channel.closeFuture().addListener(closing -> {
                cells.connectionClosed();
                freed();
            });
            Wanting first = wanting.poll();
            if (first == null) {
                keep(made, KEPT_AS_LONG_AS_CONFIGURED);
            } else {
                lend(made, first.events, first.ticket, false);
            }
            // What one connection can't carry goes on as if it came now.
            for (Wanting next = wanting.poll(); next != null; next = wanting.poll()) {
                acquire(next.events, next.ticket);
            }
        }

        @Override
        public void failed(Fault fault) {
            over();
            fail(fault);
        }

        private void fail(Fault fault) {
            freed();
            for (Wanting next = wanting.poll(); next != null; next = wanting.poll()) {
                next.events.onConnectFailed(fault, next.ticket);
            }
        }

        @SuppressWarnings("ReferenceEquality") // this attempt, not an equal one
        private void over() {
            if (opening == this) {
                opening = null;
            }
        }
    }

    /// Whether one connection carries many requests, as far as is known.
    private boolean isShared() {
        return upstream.config().protocol() != ProtocolConfig.HTTP1 && !agreesToLess;
    }

    private PooledConnection place(Channel channel, @Nullable String agreed) {
        boolean http2 = upstream.config().protocol() == ProtocolConfig.H2C || ProtocolConfig.H2.token().equals(agreed);
        if (http2) {
            Http2UpstreamConnection made = Http2UpstreamConnection.of(this, worker, upstream, tls != null);
            channel.pipeline().addLast(made);
            shared.add(made);
            agreesToLess = false;
            return made;
        }
        agreesToLess = upstream.config().protocol() == ProtocolConfig.H2;
        Http1UpstreamConnection made = new Http1UpstreamConnection(this, worker, upstream.parser(),
                upstream.config().limits().interimResponses());
        channel.pipeline().addLast(made);
        return made;
    }

    /// Forgets a request that waits here.
    @SuppressWarnings("ReferenceEquality") // one exchange, not an equal one
    public void forget(UpstreamEvents events) {
        if (opening != null) {
            opening.wanting.removeIf(waiter -> waiter.events == events);
        }
        waiters.forget(events);
    }

    private void freed() {
        endpoint.release();
        all.closed();
        if (!waiters.isEmpty()) {
            serveWaiter();
        } else {
            endpoint.serveWaiter();
        }
    }

    /// Lets the request that has waited longest try again. Where somebody else was faster it goes on waiting, at
    /// the head of the queue and no longer than it would have.
    private void serveWaiter() {
        if (waiters.isEmpty()) {
            // It has gone meanwhile; the place is for the next one.
            endpoint.serveWaiter();
            return;
        }
        PooledConnection connection = takeFree();
        if (connection == null && !reserve()) {
            return;
        }
        Waiter waiter = waiters.next();
        if (waiter == null) {
            throw new IllegalStateException("nobody waits");
        }
        if (connection != null) {
            lend(connection, waiter.events(), waiter.ticket(), true);
        } else {
            new Opening(waiter.events(), waiter.ticket()).start();
        }
    }

    /// Another loop needs the place of a connection that this one does not use.
    void closeOneIdle() {
        worker.loop().execute(this::closeOldest);
    }

    /// Closes the connection that has not been used for longest.
    ///
    /// @return whether there was one
    boolean closeOldest() {
        PooledConnection oldest = idle.peekFirst();
        if (oldest == null) {
            return false;
        }
        oldest.close();
        return true;
    }

    /// Whether requests of this loop wait for a connection; asked by other loops too.
    boolean hasWaiters() {
        return !waiters.isEmpty();
    }

    /// Another loop has closed a connection so that this one can open it.
    void serveWaiterLater() {
        worker.loop().execute(this::serveWaiter);
    }

    /// A request is over.
    ///
    /// @param reusable
    ///            whether the connection can serve another
    /// @param keepAliveSeconds
    ///            how long the service says that it keeps the connection; negative where it says nothing
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: this loop
    void done(PooledConnection connection, boolean reusable, int keepAliveSeconds) {
        active--;
        if (!reusable || closed) {
            connection.close();
            return;
        }
        Waiter waiter = waiters.next();
        if (waiter != null) {
            lend(connection, waiter.events(), waiter.ticket(), true);
            return;
        }
        if (endpoint.hasWaiters()) {
            // Requests of other loops wait, and the endpoint has as many connections as it may have: they need the place
            // more than this loop does.
            connection.close();
            return;
        }
        keep(connection, keepAliveSeconds);
    }

    /// A request of a connection that may carry others is over.
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: this loop
    void done(Http2UpstreamConnection connection) {
        active--;
        serveBy(connection);
        if (connection.isUnused() && (closed || endpoint.hasWaiters())) {
            connection.close();
        } else if (connection.isUnused()) {
            keep(connection, KEPT_AS_LONG_AS_CONFIGURED);
        }
    }

    /// Lets requests that wait have this connection.
    void serveBy(Http2UpstreamConnection connection) {
        while (!waiters.isEmpty() && connection.hasRoom()) {
            Waiter waiter = waiters.next();
            if (waiter != null) {
                left(connection);
                lend(connection, waiter.events(), waiter.ticket(), true);
            }
        }
    }

    private void keep(PooledConnection connection, int keepAliveSeconds) {
        idle.addLast(connection);
        cells.connectionIdle();
        long nanos = upstream.config().connections().idleTimeout().toNanos();
        if (keepAliveSeconds >= 0) {
            nanos = Math.min(nanos, Math.max(0, keepAliveSeconds - 1L) * 1_000_000_000L);
        }
        connection.idleFor(nanos);
    }

    /// It does not wait for a request any more.
    void left(PooledConnection connection) {
        if (idle.remove(connection)) {
            cells.connectionTaken();
        }
    }

    /// It takes no more requests.
    void leaves(Http2UpstreamConnection connection) {
        shared.remove(connection);
        left(connection);
    }

    void closeLater() {
        worker.loop().execute(() -> {
            closed = true;
            all.remove(this);
            if (tls != null) {
                tls.close();
            }
            List.copyOf(idle).forEach(PooledConnection::close);
            List.copyOf(shared).forEach(Http2UpstreamConnection::leave);
        });
    }
}
