package io.tidegate.engine.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.tidegate.api.Fault;
import io.tidegate.engine.observe.EndpointCells;
import io.tidegate.engine.tls.ServiceTls;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to one endpoint, last used first. Touched on that loop only.
public final class Pool {

    private final Upstream upstream;
    private final Endpoint endpoint;
    private final Worker worker;
    private final ServiceConnections all;
    private final EndpointCells cells;
    private final ArrayDeque<Http1UpstreamConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private final Bootstrap bootstrap;
    private final @Nullable ServiceTls tls;
    private volatile int active;
    private volatile int waiting;
    private boolean closed;

    /// A request that waits for a connection to become free.
    private static final class Waiter {
        private final UpstreamEvents events;
        private final int ticket;
        private @Nullable Deadline deadline;

        Waiter(UpstreamEvents events, int ticket) {
            this.events = events;
            this.ticket = ticket;
        }
    }

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
        this.bootstrap = new Bootstrap().group(worker.loop()).channelFactory(channels)
                // Netty's own begins after the name is resolved; that of Connecting bounds both.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024));
        if (!endpoint.isUnix()) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true).resolver(upstream.resolver());
        }
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
        Http1UpstreamConnection connection = takeIdle();
        if (connection != null) {
            lend(connection, events, ticket, true);
        } else if (reserve()) {
            new Connecting(events, ticket).start();
        } else {
            await(events, ticket);
        }
    }

    private @Nullable Http1UpstreamConnection takeIdle() {
        Http1UpstreamConnection connection = idle.pollLast();
        while (connection != null) {
            cells.connectionTaken();
            if (connection.isOpen()) {
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
    private void lend(Http1UpstreamConnection connection, UpstreamEvents events, int ticket, boolean reused) {
        active++;
        connection.begin(events, reused);
        events.onConnected(connection, reused, ticket);
    }

    /// A connection on its way, from the name to the answer of the other side. Ends once: with the connection, with a
    /// failure, or with its deadline.
    private final class Connecting {

        private final UpstreamEvents events;
        private final int ticket;
        private final Deadline deadline = new Deadline(this::late);
        private @Nullable Channel channel;
        private boolean over;

        Connecting(UpstreamEvents events, int ticket) {
            this.events = events;
            this.ticket = ticket;
        }

        void start() {
            bootstrap.handler(new Http1UpstreamConnection(Pool.this, worker, upstream.parser(),
                    upstream.config().limits().interimResponses()));
            worker.deadlines().refresh();
            worker.deadlines().set(deadline, upstream.config().timeouts().connect().toNanos());
            ChannelFuture future = bootstrap.connect(endpoint.address());
            channel = future.channel();
            future.addListener(done -> {
                // A channel that can't even be made fails on a thread that is nobody's.
                if (worker.inLoop()) {
                    finished(future);
                } else {
                    worker.loop().execute(() -> finished(future));
                }
            });
        }

        private void late() {
            over = true;
            if (channel != null) {
                // Fails the attempt if it is under way, and keeps one that waits for its name from being made.
                channel.close();
            }
            endpoint.connects().failed(upstream.config().timeouts().connect());
            failed(Fault.UPSTREAM_CONNECT_TIMEOUT);
        }

        private void finished(ChannelFuture future) {
            Channel made = future.channel();
            if (over) {
                made.close();
            } else if (!future.isSuccess()) {
                Throwable cause = future.cause();
                endpoint.connects().failed(cause);
                // Also where the servers of names did not answer: they tell nothing of the service.
                ended(cause instanceof UnknownHostException ? Fault.UPSTREAM_UNRESOLVED : Fault.UPSTREAM_CONNECT);
            } else if (closed) {
                made.close();
                ended(Fault.UPSTREAM_CONNECT);
            } else if (tls != null) {
                secure(made, tls);
            } else {
                stands(made);
            }
        }

        private void secure(Channel made, ServiceTls by) {
            SslHandler handler = by.handler(made.alloc(), endpoint.url());
            made.pipeline().addFirst(handler);
            handler.handshakeFuture().addListener(done -> {
                if (over) {
                    made.close();
                } else if (done.isSuccess()) {
                    stands(made);
                } else {
                    String reason = ServiceTls.failure(done.cause());
                    endpoint.connects()
                            .failed(reason == null ? "it closes the connection during TLS's handshake" : reason);
                    made.close();
                    ended(Fault.UPSTREAM_TLS);
                }
            });
        }

        private void stands(Channel made) {
            over = true;
            worker.deadlines().remove(deadline);
            cells.connectionOpened();
            endpoint.connects().made();
            made.closeFuture().addListener(closing -> {
                cells.connectionClosed();
                freed();
            });
            lend(made.pipeline().get(Http1UpstreamConnection.class), events, ticket, false);
        }

        private void ended(Fault fault) {
            over = true;
            worker.deadlines().remove(deadline);
            failed(fault);
        }

        private void failed(Fault fault) {
            freed();
            events.onConnectFailed(fault, ticket);
        }
    }

    private void await(UpstreamEvents events, int ticket) {
        Waiter waiter = new Waiter(events, ticket);
        waiter.deadline = new Deadline(() -> {
            waiters.remove(waiter);
            waiting = waiters.size();
            cells.waitEnds();
            events.onConnectFailed(Fault.UPSTREAM_BUSY, ticket);
        });
        waiters.add(waiter);
        waiting = waiters.size();
        cells.waitBegins();
        endpoint.closeOneIdle(this);
        worker.deadlines().refresh();
        worker.deadlines().set(waiter.deadline, upstream.config().connections().maxWait().toNanos());
    }

    /// Forgets a request that waits here.
    @SuppressWarnings("ReferenceEquality") // one exchange, not an equal one
    public void forget(UpstreamEvents events) {
        waiters.removeIf(waiter -> {
            boolean found = waiter.events == events;
            if (found && waiter.deadline != null) {
                worker.deadlines().remove(waiter.deadline);
                cells.waitEnds();
            }
            return found;
        });
        waiting = waiters.size();
    }

    private void freed() {
        endpoint.release();
        all.closed();
        if (waiting > 0) {
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
        Http1UpstreamConnection connection = takeIdle();
        if (connection == null && !reserve()) {
            return;
        }
        Waiter waiter = next();
        if (waiter == null) {
            throw new IllegalStateException("nobody waits");
        }
        if (connection != null) {
            lend(connection, waiter.events, waiter.ticket, true);
        } else {
            new Connecting(waiter.events, waiter.ticket).start();
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
        Http1UpstreamConnection oldest = idle.peekFirst();
        if (oldest == null) {
            return false;
        }
        oldest.close();
        return true;
    }

    /// Whether requests of this loop wait for a connection; asked by other loops too.
    boolean hasWaiters() {
        return waiting > 0;
    }

    /// Another loop has closed a connection so that this one can open it.
    void serveWaiterLater() {
        worker.loop().execute(this::serveWaiter);
    }

    private @Nullable Waiter next() {
        Waiter waiter = waiters.poll();
        waiting = waiters.size();
        if (waiter != null && waiter.deadline != null) {
            worker.deadlines().remove(waiter.deadline);
            cells.waitEnds();
        }
        return waiter;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: this loop
    void done(Http1UpstreamConnection connection, boolean reusable, int keepAliveSeconds) {
        active--;
        if (!reusable || closed) {
            connection.close();
            return;
        }
        Waiter waiter = next();
        if (waiter != null) {
            lend(connection, waiter.events, waiter.ticket, true);
            return;
        }
        if (endpoint.hasWaiters()) {
            // Requests of other loops wait, and the endpoint has as many connections as it may have: they need the place
            // more than this loop does.
            connection.close();
            return;
        }
        idle.addLast(connection);
        cells.connectionIdle();
        long nanos = upstream.config().connections().idleTimeout().toNanos();
        if (keepAliveSeconds >= 0) {
            nanos = Math.min(nanos, Math.max(0, keepAliveSeconds - 1L) * 1_000_000_000L);
        }
        connection.idleFor(nanos);
    }

    /// The service turns out not to be one that can be spoken with.
    void refused(String reason) {
        endpoint.connects().failed(reason);
    }

    void left(Http1UpstreamConnection connection) {
        if (idle.remove(connection)) {
            cells.connectionTaken();
        }
    }

    void closeLater() {
        worker.loop().execute(() -> {
            closed = true;
            all.remove(this);
            if (tls != null) {
                tls.close();
            }
            for (Http1UpstreamConnection connection : idle.toArray(new Http1UpstreamConnection[0])) {
                connection.close();
            }
        });
    }
}
