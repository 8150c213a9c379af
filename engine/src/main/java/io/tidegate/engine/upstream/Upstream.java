package io.tidegate.engine.upstream;

import io.tidegate.config.EndpointConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.names.Names;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.RetryCells;
import io.tidegate.engine.tls.ServiceTls;
import io.tidegate.engine.wire.ResponseParser;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A named service with endpoints. Lives on over reloads that do not change its configuration.
public final class Upstream implements AutoCloseable {

    private static final long TRIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /// Within it all endpoints are tried, however many there are.
    private static final long TRIALS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String name;
    private final LogLabel label;
    private final UpstreamConfig config;
    private final @Nullable ServiceTls tls;
    private final ResponseParser parser;
    private final Names names;
    private final ServiceConnections connections;
    private final List<Endpoint> endpoints;
    private final List<String> hosts;
    private final UpstreamHealth health;
    private final Site site;
    private final Choosing choosing;
    private volatile Choice choice;
    private volatile @Nullable Upstream fallback;
    /// When an endpoint that takes no connections is tried next, and which.
    private final AtomicLong nextTrial = new AtomicLong(System.nanoTime());
    private final AtomicInteger trials = new AtomicInteger();
    private final RetryBudget retryBudget;
    private final List<RetryCells> retryCells;

    /// An upstream without connections.
    ///
    /// @param tls
    ///            how endpoints with `https://` are spoken with; null where there is none. Closed with this.
    public Upstream(String name, UpstreamConfig config, @Nullable ServiceTls tls, Surroundings surroundings) {
        this.name = name;
        this.label = LogLabel.of(name);
        this.config = config;
        this.tls = tls;
        this.names = surroundings.names;
        this.connections = surroundings.connections;
        this.parser = new ResponseParser((int) Math.min(config.limits().responseHead().bytes(), 1 << 20),
                config.limits().responseFields());
        this.site = surroundings.site;
        List<EndpointConfig> chosen = Choosing.own(config, config.endpoints(), site);
        int workers = surroundings.workers.all().size();
        LoopTiming timing = new LoopTiming(surroundings.workers.all().getFirst());
        this.choosing = new Choosing(name, config, site, IntStream.range(0, workers)
                .mapToObj(worker -> surroundings.metrics.balance(worker, name)).toList(), timing);
        this.health = new UpstreamHealth(name, config,
                chosen.stream().map(endpoint -> endpoint.url().authority()).toList(), workers,
                timing);
        List<Endpoint> made = new ArrayList<>();
        for (EndpointConfig endpoint : chosen) {
            EndpointHealth own = health.endpoints().get(made.size());
            made.add(new Endpoint(this, endpoint, surroundings.workers, surroundings.metrics, own));
        }
        this.endpoints = List.copyOf(made);
        this.hosts = endpoints.stream().filter(endpoint -> !endpoint.isUnix()).map(endpoint -> endpoint.url().host())
                .distinct().toList();
        hosts.forEach(names::use);
        this.choice = choosing.make(endpoints, health.selection(), this::choose);
        health.onChange(this::choose);
        this.retryBudget = new RetryBudget(workers, System.nanoTime());
        this.retryCells = IntStream.range(0, workers)
                .mapToObj(worker -> surroundings.metrics.retries(worker, name)).toList();
    }

    /// What all upstreams of a process share.
    ///
    /// @param workers
    ///            whose event loops connections belong to
    /// @param names
    ///            finds addresses of names
    /// @param connections
    ///            bounds the connections of all
    /// @param metrics
    ///            counts
    /// @param site
    ///            the gateway itself
    public record Surroundings(Workers workers, Names names, ServiceConnections connections,
            Metrics metrics, Site site) {

        /// The same ones in a gateway that is described in another way.
        public Surroundings at(Site other) {
            return new Surroundings(workers, names, connections, metrics, other);
        }
    }

    /// Other endpoints are used than before, or their shares have grown.
    private void choose() {
        synchronized (choosing) {
            choice = choosing.make(endpoints, health.selection(), this::choose);
        }
    }

    /// Goes on from what another upstream, which this one takes the place of, knows of the same endpoints.
    public void takeOver(Upstream before) {
        choosing.takeOver(before.choosing);
        health.takeOver(before.health);
    }

    /// Its name.
    public String name() {
        return name;
    }

    /// Its name, as it is logged.
    public LogLabel label() {
        return label;
    }

    /// Its endpoints that may be chosen.
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /// As declared.
    public UpstreamConfig config() {
        return config;
    }

    /// How endpoints with `https://` are spoken with; null where there is none.
    public @Nullable ServiceTls tls() {
        return tls;
    }

    /// How many repeats it has to bear.
    public RetryBudget retryBudget() {
        return retryBudget;
    }

    /// What a worker counts of the repeats to it.
    public RetryCells retryCells(Worker worker) {
        return retryCells.get(worker.index());
    }

    ResponseParser parser() {
        return parser;
    }

    Names names() {
        return names;
    }

    ServiceConnections connections() {
        return connections;
    }

    /// Keep clients with endpoints; null where nobody does.
    public @Nullable StickySessions sessions() {
        return choosing.sessions();
    }

    /// How requests are shared among its endpoints.
    public BalanceState balance() {
        return choosing.state(endpoints);
    }

    /// The gateway that it was made for.
    public Site site() {
        return site;
    }

    /// How its endpoints are doing.
    public UpstreamHealth health() {
        return health;
    }

    /// Uses `other` from now on while no endpoint of this one can be used.
    public void fallBackTo(@Nullable Upstream other) {
        fallback = other;
    }

    /// Whether [#pick] would lead to another endpoint than this one now.
    @SuppressWarnings("ReferenceEquality") // this endpoint, not an equal one
    public boolean hasOther(@Nullable Endpoint than) {
        Endpoint[] used = choice.used();
        Upstream other = fallback;
        return used.length == 0
                ? other != null && other.hasOther(than)
                : used.length > 1 || used[0] != than;
    }

    /// Whether no endpoint is used now, so that requests are turned away but for a few that try.
    public boolean isDown() {
        Upstream other = fallback;
        return choice.used().length == 0 && (other == null || other.isDown());
    }

    /// Chooses an endpoint, another one than `before` where another is used; null where none is.
    public @Nullable Endpoint pick(Worker worker, Caller caller, @Nullable Endpoint before) {
        Choice now = choice;
        return now.used().length == 0 ? elsewhere(now, worker, caller, before) : now.pick(worker, caller, before);
    }

    private @Nullable Endpoint elsewhere(Choice now, Worker worker, Caller caller, @Nullable Endpoint before) {
        Upstream other = fallback;
        if (other != null && !other.isDown()) {
            return other.pick(worker, caller, before);
        }
        Endpoint trial = trial(now.trials());
        return trial != null || other == null ? trial : other.pick(worker, caller, before);
    }

    /// Where nobody takes connections, a request is let through now and then to see whether somebody does again: the
    /// one after the other, each twice a second at least.
    private @Nullable Endpoint trial(Endpoint[] among) {
        if (among.length == 0) {
            return null;
        }
        long now = System.nanoTime();
        long due = nextTrial.get();
        long pause = Math.min(TRIAL_NANOS, TRIALS_NANOS / among.length);
        if (now - due < 0 || !nextTrial.compareAndSet(due, now + pause)) {
            return null;
        }
        return among[Math.floorMod(trials.getAndIncrement(), among.length)];
    }

    /// Closes idle connections; busy ones close with their exchange.
    @Override
    public void close() {
        health.close();
        endpoints.forEach(Endpoint::close);
        hosts.forEach(names::release);
        if (tls != null) {
            tls.close();
        }
    }
}
