package io.tidegate.engine.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.tidegate.api.Fault;
import io.tidegate.engine.observe.EndpointCells;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to one endpoint, last used first. Touched on that loop only.
public final class Pool {

    private final Upstream upstream;
    private final Endpoint endpoint;
    private final Worker worker;
    private final EndpointCells cells;
    private final ArrayDeque<Http1UpstreamConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private final Bootstrap bootstrap;
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
        this.cells = cells;
        this.upstream = upstream;
        this.endpoint = endpoint;
        this.worker = worker;
        this.bootstrap = new Bootstrap().group(worker.loop()).channel(worker.transport().client(endpoint.isUnix()))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        (int) Math.max(1, upstream.config().timeouts().connect().toMillis()))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024));
        if (!endpoint.isUnix()) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true).resolver(upstream.resolver());
        }
        worker.transport().receiving(bootstrap);
    }

    /// What this loop counts of the endpoint.
    public EndpointCells cells() {
        return cells;
    }

    int active() {
        return active;
    }

    /// Gets a connection for one request; the answer may come at once.
    ///
    /// @param ticket
    ///            tells this request from others of the same exchange; given back with the connection
    public void acquire(UpstreamEvents events, int ticket) {
        assert worker.inLoop();
        Http1UpstreamConnection connection = idle.pollLast();
        while (connection != null && !connection.isOpen()) {
            cells.connectionTaken();
            connection = idle.pollLast();
        }
        if (connection != null) {
            cells.connectionTaken();
            lend(connection, events, ticket, true);
        } else if (endpoint.reserve(upstream.config().connections().maxPerEndpoint())) {
            connect(events, ticket);
        } else {
            await(events, ticket);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: this loop
    private void lend(Http1UpstreamConnection connection, UpstreamEvents events, int ticket, boolean reused) {
        active++;
        connection.begin(events, reused);
        events.onConnected(connection, reused, ticket);
    }

    private void connect(UpstreamEvents events, int ticket) {
        bootstrap.handler(new Http1UpstreamConnection(this, worker, upstream.parser(),
                upstream.config().limits().interimResponses()));
        ChannelFuture future = bootstrap.connect(endpoint.address());
        future.addListener(done -> connected(future, events, ticket));
    }

    private void connected(ChannelFuture future, UpstreamEvents events, int ticket) {
        if (future.isSuccess()) {
            Channel channel = future.channel();
            cells.connectionOpened();
            channel.closeFuture().addListener(closing -> {
                cells.connectionClosed();
                freed();
            });
            lend(channel.pipeline().get(Http1UpstreamConnection.class), events, ticket, false);
        } else {
            freed();
            boolean late = future.cause() instanceof ConnectTimeoutException;
            events.onConnectFailed(late ? Fault.UPSTREAM_CONNECT_TIMEOUT : Fault.UPSTREAM_CONNECT, ticket);
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
        if (waiting > 0) {
            serveWaiter();
        } else {
            endpoint.serveWaiter();
        }
    }

    /// Lets the request that has waited longest try again.
    private void serveWaiter() {
        Waiter waiter = next();
        if (waiter != null) {
            acquire(waiter.events, waiter.ticket);
        } else {
            // It has gone meanwhile; the place is for the next one.
            endpoint.serveWaiter();
        }
    }

    /// Another loop needs the place of a connection that this one does not use.
    void closeOneIdle() {
        worker.loop().execute(() -> {
            Http1UpstreamConnection oldest = idle.peekFirst();
            if (oldest != null) {
                oldest.close();
            }
        });
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

    void left(Http1UpstreamConnection connection) {
        if (idle.remove(connection)) {
            cells.connectionTaken();
        }
    }

    void closeLater() {
        worker.loop().execute(() -> {
            closed = true;
            for (Http1UpstreamConnection connection : idle.toArray(new Http1UpstreamConnection[0])) {
                connection.close();
            }
        });
    }
}
