package io.tidegate.engine.upstream;

import io.tidegate.config.CircuitBreakerConfig;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.breaker.Breaker;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.limit.Concurrency;
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
    private final @Nullable Breaker breaker;
    private final @Nullable Concurrency concurrency;
    private final int workers;
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
        List<EndpointConfig> chosen = config.endpoints().stream().filter(endpoint -> endpoint.weight() > 0).toList();
        this.workers = surroundings.workers.all().size();
        this.health = new UpstreamHealth(name, config,
                chosen.stream().map(endpoint -> endpoint.url().authority()).toList(), workers,
                new LoopTiming(surroundings.workers.all().getFirst()));
        CircuitBreakerConfig terms = config.circuitBreaker();
        this.breaker = terms == null || !terms.ofUpstream()
                ? null
                : new Breaker(name, null, terms, workers, new LoopTiming(surroundings.workers.all().getFirst()));
        this.concurrency = config.isRelayed()
                ? null
                : Concurrency.of(name, config.maxConcurrency(), surroundings.workers.all(), System::nanoTime);
        List<Endpoint> made = new ArrayList<>();
        for (EndpointConfig endpoint : chosen) {
            EndpointHealth own = health.endpoints().get(made.size());
            made.add(new Endpoint(this, endpoint, surroundings.workers, surroundings.metrics, own));
        }
        this.endpoints = List.copyOf(made);
        this.hosts = endpoints.stream().filter(endpoint -> !endpoint.isUnix()).map(endpoint -> endpoint.url().host())
                .distinct().toList();
        hosts.forEach(names::use);
        this.choice = new Choice(config, endpoints, health.selection(), workers);
        health.onChange(() -> choice = new Choice(config, endpoints, health.selection(), workers));
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
    public record Surroundings(Workers workers, Names names, ServiceConnections connections,
            Metrics metrics) {
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

    /// How its endpoints are doing.
    public UpstreamHealth health() {
        return health;
    }

    /// Whether requests are let through to it; null where nobody asks.
    public @Nullable Breaker breaker() {
        return breaker;
    }

    /// How many requests run at it, and may; null where any number may.
    public @Nullable Concurrency concurrency() {
        return concurrency;
    }

    /// Goes on from what another one, which this one takes the place of, knows of the same service.
    public void takeOver(Upstream before) {
        health.takeOver(before.health);
        if (breaker != null && before.breaker != null) {
            breaker.takeOver(before.breaker);
        }
        if (concurrency != null && before.concurrency != null) {
            concurrency.takeOver(before.concurrency);
        }
        for (Endpoint mine : endpoints) {
            for (Endpoint theirs : before.endpoints) {
                if (mine.authority().equals(theirs.authority())) {
                    mine.takeOver(theirs);
                }
            }
        }
    }

    /// What is used while no endpoint of this one can be, or its breaker is open; null for none.
    public @Nullable Upstream fallback() {
        return fallback;
    }

    /// Whether an endpoint of its own is used now.
    public boolean isUsed() {
        return choice.used().length > 0;
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
    @SuppressWarnings("ReferenceEquality") // this endpoint, not an equal one
    public @Nullable Endpoint pick(Worker worker, @Nullable Endpoint before) {
        Choice now = choice;
        Endpoint[] used = now.used();
        if (used.length < 2) {
            return used.length == 1 ? used[0] : elsewhere(now, worker, before);
        }
        int at = now.balancer().choose(worker.index(), worker.random());
        for (int i = 0; used[at] == before && i < 4; i++) {
            at = now.balancer().choose(worker.index(), worker.random());
        }
        return used[at] == before ? used[(at + 1) % used.length] : used[at];
    }

    private @Nullable Endpoint elsewhere(Choice now, Worker worker, @Nullable Endpoint before) {
        Upstream other = fallback;
        if (other != null && !other.isDown()) {
            return other.pick(worker, before);
        }
        Endpoint trial = trial(now.trials());
        return trial != null || other == null ? trial : other.pick(worker, before);
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
        if (breaker != null) {
            breaker.close();
        }
        endpoints.forEach(Endpoint::close);
        hosts.forEach(names::release);
        if (tls != null) {
            tls.close();
        }
    }
}
