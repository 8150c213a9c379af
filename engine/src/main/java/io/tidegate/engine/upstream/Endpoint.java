package io.tidegate.engine.upstream;

import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.api.Fault;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.config.CircuitBreakerConfig;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.LoadBalancingConfig.Method;
import io.tidegate.config.ProtocolConfig;
import io.tidegate.config.discovery.Found;
import io.tidegate.engine.balance.Candidate;
import io.tidegate.engine.balance.Latency;
import io.tidegate.engine.breaker.Breaker;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.observe.EndpointCells;
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
import org.jspecify.annotations.Nullable;

/// One address of an upstream, and its pools, one per event loop.
public final class Endpoint implements Candidate {

    private static final int BAD_GATEWAY = 502;
    private static final int GATEWAY_TIMEOUT = 504;
    private static final int GRPC_UNAVAILABLE = GrpcStatus.UNAVAILABLE.code();

    private final Upstream upstream;
    private final EndpointUrl url;
    private final EndpointUrl named;
    /// As it was declared last. Only its weight can have changed.
    private volatile EndpointConfig config;
    private final EndpointHealth health;
    private final @Nullable Breaker breaker;
    /// Index of the worker of the first pool.
    private final int first;
    private final SocketAddress address;
    private final List<Pool> pools;
    /// Connections over all event loops. Touched when one is opened or closed, never per request.
    private final AtomicInteger connections = new AtomicInteger();
    private final String authority;
    private final String host;
    private final LogLabel label;
    private final ConnectLog connects;
    /// By worker, how long it takes; null where nobody wants to know.
    private final Latency @Nullable [] latencies;
    /// Stands for it in cookies that keep clients with it; 0 where there are none.
    private final long sessionTag;

    /// @param health
    ///            is told what comes of requests
    Endpoint(Upstream upstream, Found found, Workers workers, Metrics metrics, EndpointHealth health) {
        this.upstream = upstream;
        this.config = found.config();
        this.url = config.url();
        this.named = found.named();
        this.health = health;
        CircuitBreakerConfig terms = upstream.config().circuitBreaker();
        this.breaker = terms == null || !terms.ofEndpoints()
                ? null
                : new Breaker(upstream.name(), url.authority(), terms, workers.all().size(),
                        new LoopTiming(workers.all().getFirst()));
        if (breaker != null) {
            Breaker made = breaker;
            made.onChange(() -> health.broken(made.state() == Breaker.State.OPEN));
        }
        this.authority = url.authority();
        this.host = named.hostField();
        this.label = LogLabel.of(authority);
        this.connects = new ConnectLog(upstream.name(), authority, System::nanoTime);
        this.address = address(url);
        this.first = 0;
        this.latencies = upstream.config().loadBalancing().method() == Method.PEAK_EWMA
                ? Latency.of(workers.all().size())
                : null;
        StickySessions sessions = upstream.sessions();
        this.sessionTag = sessions == null ? 0 : sessions.tag(authority);
        List<Pool> made = new ArrayList<>();
        for (Worker worker : workers.all()) {
            made.add(pool(worker, metrics.endpoint(worker.index(), upstream.name(), authority)));
        }
        this.pools = List.copyOf(made);
    }

    /// `main` once more, with connections of one worker of its own.
    private Endpoint(Endpoint main, Worker worker, EndpointUrl url) {
        this.upstream = main.upstream;
        this.url = url;
        this.named = new EndpointUrl(url.scheme(), main.named.host(), url.port());
        this.config = main.config;
        this.health = main.health;
        this.breaker = null;
        this.authority = main.authority;
        this.host = main.host;
        this.label = main.label;
        this.connects = main.connects;
        this.address = address(url);
        this.first = worker.index();
        this.latencies = null;
        this.sessionTag = main.sessionTag;
        this.pools = List.of(pool(worker, main.pool(worker).cells()));
    }

    private static SocketAddress address(EndpointUrl url) {
        return url.isUnix()
                ? new DomainSocketAddress(url.host())
                : InetSocketAddress.createUnresolved(url.host(), url.port());
    }

    private Pool pool(Worker worker, EndpointCells cells) {
        return new Pool(upstream, this, worker, cells,
                new ReflectiveChannelFactory<>(worker.transport().client(isUnix())));
    }

    /// This endpoint for other ends than requests: with connections of its own, on one worker.
    ///
    /// @param port
    ///            where they go instead; null for where requests go
    public Endpoint asideFor(Worker worker, @Nullable Integer port) {
        return new Endpoint(this, worker, port == null ? url : new EndpointUrl(url.scheme(), url.host(), port));
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
            return UpstreamFaults.RESET;
        }
        connects.failed(reason);
        return ServiceTls.fault(cause);
    }

    boolean isUnix() {
        return url.isUnix();
    }

    /// Share of the requests relative to the others, above 0.
    int weight() {
        return config.weight();
    }

    /// Where it is; null where that is not said.
    public @Nullable String zone() {
        return config.zone();
    }

    /// Stands for it in cookies that keep clients with it.
    public long sessionTag() {
        return sessionTag;
    }

    /// Whether a further request would have to wait for a connection.
    boolean isFull() {
        return upstream.config().protocol() == ProtocolConfig.HTTP1
                && active() >= upstream.config().connections().maxPerEndpoint();
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
        return url;
    }

    /// The same by the name that it is called, in `Host` and by TLS.
    EndpointUrl named() {
        return named;
    }

    /// As it would be told of, in the first tier.
    public Found found() {
        return new Found(config, named.equals(url) ? null : named.host(), 0);
    }

    /// Takes another weight.
    void declare(EndpointConfig now) {
        config = now;
    }

    /// How it is doing.
    public EndpointHealth health() {
        return health;
    }

    /// Its address, as it is logged.
    public LogLabel label() {
        return label;
    }

    /// The pool of one worker; touched on that worker's loop only.
    public Pool pool(Worker worker) {
        return pools.get(worker.index() - first);
    }

    // What comes of requests.

    /// Whether requests are let through to it; null where nobody asks.
    public @Nullable Breaker breaker() {
        return breaker;
    }

    /// Goes on from what another one, which this one takes the place of, knows of the same address.
    void takeOver(Endpoint before) {
        if (breaker != null && before.breaker != null) {
            breaker.takeOver(before.breaker);
        }
    }

    /// Whether gateways answer so whose services are down: 502 to 504.
    public static boolean isDown(int status) {
        return status >= BAD_GATEWAY && status <= GATEWAY_TIMEOUT;
    }

    /// A try begins to be answered.
    ///
    /// @param nanos
    ///            from its start to the head of the response
    public void answers(Worker worker, int status, long nanos) {
        pool(worker).cells().response(status, nanos);
        if (latencies != null) {
            latencies[worker.index()].took(worker.deadlines().now(), nanos);
        }
    }

    /// A try was answered, to the end or for as long as its client wanted it.
    ///
    /// @param grpc
    ///            its status of gRPC; negative where it has none
    /// @param nanos
    ///            from its start to the head of the response
    public void answered(Worker worker, int status, int grpc, long nanos) {
        if (isDown(status) || grpc == GRPC_UNAVAILABLE) {
            health.failed(worker.index());
        } else {
            health.answered(worker.index(), nanos);
        }
    }

    /// A connection stands, on which nothing will be said that could be understood.
    public void reached(Worker worker) {
        health.answered(worker.index(), 0);
    }

    /// No connection came about, which its cells know already.
    public void unreached(Worker worker, Fault fault) {
        if (fault.equals(UpstreamFaults.CONNECT_TIMEOUT)) {
            health.failed(worker.index());
            if (latencies != null) {
                latencies[worker.index()].took(worker.deadlines().now(),
                        upstream.config().timeouts().connect().toNanos());
            }
        } else if (!fault.equals(UpstreamFaults.BUSY)) {
            health.refused(worker.index());
        }
    }

    /// No connection came about for a try.
    public void connectFailed(Worker worker, Fault fault) {
        pool(worker).cells().fault(fault);
        unreached(worker, fault);
    }

    /// A try failed on a connection that stood.
    ///
    /// @param progress
    ///            how far it had come
    /// @param reused
    ///            whether the connection had served before
    /// @return whether it is to blame
    public boolean failed(Worker worker, Fault fault, Progress progress, boolean reused) {
        pool(worker).cells().fault(fault);
        boolean broken = fault.equals(UpstreamFaults.CLOSED) || fault.equals(UpstreamFaults.RESET);
        // A service may close a connection that it has kept, and may let go of requests that it has not looked at.
        boolean harmless = progress == Progress.UNPROCESSED || (reused && broken && progress == Progress.UNANSWERED);
        boolean blamed = broken || fault.equals(UpstreamFaults.TIMEOUT) || fault.equals(UpstreamFaults.INVALID)
                || fault.equals(UpstreamFaults.TLS);
        if (blamed && !harmless) {
            health.failed(worker.index());
        }
        if (latencies != null && fault.equals(UpstreamFaults.TIMEOUT)) {
            latencies[worker.index()].took(worker.deadlines().now(), upstream.config().timeouts().response().toNanos());
        }
        return blamed && !harmless;
    }

    /// Whose it is.
    public Upstream upstream() {
        return upstream;
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

    @Override
    public double latency(int worker) {
        return latencies == null ? 0 : latencies[worker].expected(pools.get(worker).worker().deadlines().now());
    }

    void release() {
        connections.decrementAndGet();
    }

    /// Whether a request of this worker waits for a connection, since there are as many already as there may be.
    public boolean isShort(Worker worker) {
        return pool(worker).hasWaiters();
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

    /// Requests that run now, or wait for a connection. Other loops' counts may be a moment old.
    @Override
    public int active() {
        int sum = 0;
        for (int i = 0; i < pools.size(); i++) {
            sum += pools.get(i).active();
        }
        return sum;
    }

    /// Closes the connection of a worker that has not been used for longest, once what runs there is done.
    public void closeIdle(Worker worker) {
        pool(worker).closeOneIdle();
    }

    /// Closes idle connections; busy ones close with their exchange.
    public void close() {
        if (breaker != null) {
            breaker.close();
        }
        for (Pool pool : pools) {
            pool.closeLater();
        }
    }
}
