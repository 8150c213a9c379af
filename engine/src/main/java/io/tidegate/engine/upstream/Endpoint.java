package io.tidegate.engine.upstream;

import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.api.Fault;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.tls.ServiceTls;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// One address of an upstream, and its pools, one per event loop.
public final class Endpoint {

    private final EndpointConfig config;
    private final SocketAddress address;
    private final List<Pool> pools;
    /// Connections over all event loops. Touched when one is opened or closed, never per request.
    private final AtomicInteger connections = new AtomicInteger();
    private final String authority;
    private final String host;
    private final LogLabel label;
    private final ConnectLog connects;

    Endpoint(Upstream upstream, EndpointConfig config, Workers workers, Metrics metrics) {
        this.config = config;
        this.authority = config.url().authority();
        this.host = config.url().hostField();
        this.label = LogLabel.of(authority);
        this.connects = new ConnectLog(upstream.name(), authority, System::nanoTime);
        this.address = config.url().isUnix()
                ? new DomainSocketAddress(config.url().host())
                : InetSocketAddress.createUnresolved(config.url().host(), config.url().port());
        List<Pool> made = new ArrayList<>();
        for (Worker worker : workers.all()) {
            made.add(new Pool(upstream, this, worker, metrics.endpoint(worker.index(), upstream.name(), authority),
                    new ReflectiveChannelFactory<>(worker.transport().client(isUnix()))));
        }
        this.pools = List.copyOf(made);
    }

    SocketAddress address() {
        return address;
    }

    /// Tells why connections to it fail.
    ConnectLog connects() {
        return connects;
    }

    /// What a connection breaks with, TLS told apart and written down.
    Fault broken(Throwable cause) {
        String reason = ServiceTls.failure(cause);
        if (reason == null) {
            return Fault.UPSTREAM_RESET;
        }
        connects.failed(reason);
        return ServiceTls.fault(cause);
    }

    boolean isUnix() {
        return config.url().isUnix();
    }

    /// Its share of the requests.
    public int weight() {
        return config.weight();
    }

    /// `host:port`, or `unix:/path`.
    public String authority() {
        return authority;
    }

    /// What goes into `Host` for it where the client's does not.
    public String host() {
        return host;
    }

    /// Where it is, as declared.
    EndpointUrl url() {
        return config.url();
    }

    /// Its address, as it is logged.
    public LogLabel label() {
        return label;
    }

    /// The pool of one worker; touched on that worker's loop only.
    public Pool pool(Worker worker) {
        return pools.get(worker.index());
    }

    /// Takes a place for one more connection.
    ///
    /// @return whether there was one
    boolean reserve(int most) {
        if (connections.incrementAndGet() > most) {
            connections.decrementAndGet();
            return false;
        }
        return true;
    }

    void release() {
        connections.decrementAndGet();
    }

    /// Whether requests of any loop wait for a connection.
    boolean hasWaiters() {
        for (int i = 0; i < pools.size(); i++) {
            if (pools.get(i).hasWaiters()) {
                return true;
            }
        }
        return false;
    }

    /// A request waits on one loop: the others give up a connection that they do not use.
    @SuppressWarnings("ReferenceEquality") // this pool, not an equal one
    void closeOneIdle(Pool asking) {
        for (Pool pool : pools) {
            if (pool != asking) {
                pool.closeOneIdle();
            }
        }
    }

    /// A place has become free: lets a loop whose requests wait have it.
    void serveWaiter() {
        for (Pool pool : pools) {
            if (pool.hasWaiters()) {
                pool.serveWaiterLater();
                return;
            }
        }
    }

    /// Requests running now. Other loops' counts may be a moment old.
    int active() {
        int sum = 0;
        for (int i = 0; i < pools.size(); i++) {
            sum += pools.get(i).active();
        }
        return sum;
    }

    void close() {
        for (Pool pool : pools) {
            pool.closeLater();
        }
    }
}
