package io.tidegate.engine.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.tidegate.config.UpstreamConfig.ProxyProtocol;
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
    private final Agreement agreement;
    /// Where connections say whose they are.
    private final @Nullable OwnConnections owned;
    private volatile int active;
    /// Opens a connection that many requests will share.
    private @Nullable Opening opening;
    private boolean closed;

    Pool(Upstream upstream, Endpoint endpoint, Worker worker, EndpointCells cells,
            ChannelFactory<? extends Channel> channels) {
        this.cells = cells;
        this.all = upstream.connections();
        this.upstream = upstream;
        this.endpoint = endpoint;
        this.worker = worker;
        this.waiters = new Waiters(this);
        this.bootstrap = Connecting.bootstrap(worker, upstream, endpoint.isUnix(), channels);
        this.tls = endpoint.url().secure() ? upstream.tls() : null;
        this.agreement = new Agreement(this, worker, upstream, tls != null);
        if (tls != null) {
            tls.retain();
        }
        this.owned = upstream.config().proxyProtocol() == ProxyProtocol.OFF ? null : new OwnConnections(this);
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

    /// Counts one that runs or waits for a connection, or does so no longer.
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: this loop
    void used(int more) {
        active += more;
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
        acquire(events, ticket, false);
    }

    /// The same, by a connection that has not served before where one can be made.
    public void acquire(UpstreamEvents events, int ticket, boolean fresh) {
        assert worker.inLoop();
        used(1);
        serve(events, ticket, fresh);
    }

    /// Gets a connection for a request that counts already.
    void serve(UpstreamEvents events, int ticket, boolean fresh) {
        boolean kept = !fresh || !shared.isEmpty();
        PooledConnection connection = owned != null ? owned.take(events.clientConnection()) : kept ? takeFree() : null;
        if (connection != null) {
            lend(connection, events, ticket, true);
        } else if (opening != null && opening.joins(events, ticket)) {
            return;
        } else if (reserve()) {
            open(events, ticket);
        } else if (!kept) {
            serve(events, ticket, false);
        } else {
            waiters.add(events, ticket, upstream.config().connections().maxWait().toNanos());
            if (owned != null) {
                // Those that wait here are no use to this client.
                closeOldest();
            }
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

    /// Takes a place for a connection; [#freed] is owed then.
    boolean reserve() {
        if (!endpoint.reserve(upstream.config().connections().maxPerEndpoint())) {
            return false;
        }
        if (!all.opening(worker)) {
            endpoint.release();
            return false;
        }
        return true;
    }

    private void open(UpstreamEvents events, int ticket) {
        Opening made = new Opening(this, events, ticket);
        if (agreement.isShared()) {
            opening = made;
        }
        connect(made, owned == null ? null : events.clientConnection());
    }

    /// A connection stands that was opened for requests.
    ///
    /// @param wanted
    ///            whether a request waits for it
    /// @param client
    ///            whom it is for, where it says so
    /// @return null where none is wanted any more
    @Nullable
    PooledConnection place(Channel channel, @Nullable String protocol, boolean wanted,
            @Nullable ClientConnection client) {
        if (closed && !wanted) {
            channel.close();
            return null;
        }
        PooledConnection made = agreement.place(channel, protocol);
        if (made instanceof Http2UpstreamConnection many) {
            shared.add(many);
        }
        opened(channel);
        if (owned != null) {
            owned.made(made, channel, client);
        }
        return made;
    }

    /// Whether connections say whose they are.
    boolean isOwned() {
        return owned != null;
    }

    @SuppressWarnings("ReferenceEquality") // this attempt, not an equal one
    void over(Opening attempt) {
        if (opening == attempt) {
            opening = null;
        }
    }

    void lend(PooledConnection connection, UpstreamEvents events, int ticket, boolean reused) {
        events.onConnected(connection.begin(events, reused), reused, ticket);
    }

    /// Connects to the endpoint.
    ///
    /// @param client
    ///            who the connection is for, where it says so
    void connect(Connecting.Owner owner, @Nullable ClientConnection client) {
        new Connecting(owner, endpoint, worker, tls, upstream.config().timeouts().connect(),
                client == null ? null : client.header(upstream.config().proxyProtocol())).start(bootstrap);
    }

    /// A connection stands, for which [#reserve] was called.
    void opened(Channel channel) {
        cells.connectionOpened();
        channel.closeFuture().addListener(closing -> {
            cells.connectionClosed();
            freed();
        });
    }

    /// Forgets a request that waits here.
    public void forget(UpstreamEvents events) {
        if (opening != null) {
            opening.forget(events);
        }
        waiters.forget(events);
    }

    /// A place is free again.
    void freed() {
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
        PooledConnection connection = owned == null ? takeFree() : null;
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
            open(waiter.events(), waiter.ticket());
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
    void done(PooledConnection connection, boolean reusable, int keepAliveSeconds) {
        used(-1);
        if (!reusable || closed || (owned != null && !(waiters.isEmpty() && owned.mayKeep(connection)))) {
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
    void done(Http2UpstreamConnection connection) {
        used(-1);
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

    /// Lets a connection wait that nobody has used yet.
    void keep(PooledConnection connection) {
        keep(connection, KEPT_AS_LONG_AS_CONFIGURED);
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
    ///
    /// @return whether it did
    boolean left(PooledConnection connection) {
        boolean waited = idle.remove(connection);
        if (waited) {
            cells.connectionTaken();
        }
        return waited;
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
