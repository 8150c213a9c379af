package io.tidegate.engine.upstream;

import io.tidegate.config.CircuitBreakerConfig;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.config.discovery.Found;
import io.tidegate.engine.breaker.Breaker;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.health.UpstreamHealth.Member;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A named service with endpoints. Lives on over reloads that do not change its configuration.
public final class Upstream implements AutoCloseable {

    /// How long the names of endpoints that are gone are still known to those who are about to connect.
    private static final long LAST_CONNECTS_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long TRIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /// Within it all endpoints are tried, however many there are.
    private static final long TRIALS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String name;
    private final LogLabel label;
    private final UpstreamConfig config;
    private final @Nullable ServiceTls tls;
    private final ResponseParser parser;
    private final Surroundings surroundings;
    private final UpstreamHealth health;
    private final LoopTiming timing;
    private final @Nullable Breaker breaker;
    private final @Nullable Concurrency concurrency;
    private final Site site;
    private final Choosing choosing;
    /// Changes under the lock of this and of its health.
    private volatile List<Endpoint> endpoints = List.of();
    private boolean closed;
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
        this.surroundings = surroundings;
        this.parser = new ResponseParser((int) Math.min(config.limits().responseHead().bytes(), 1 << 20),
                config.limits().responseFields());
        this.site = surroundings.site;
        int workers = surroundings.workers.all().size();
        this.timing = new LoopTiming(surroundings.workers.all().getFirst());
        CircuitBreakerConfig terms = config.circuitBreaker();
        this.breaker = terms == null || !terms.ofUpstream()
                ? null
                : new Breaker(name, null, terms, workers, timing);
        this.concurrency = config.isRelayed()
                ? null
                : Concurrency.of(name, config.maxConcurrency(), surroundings.workers.all(), System::nanoTime);
        this.choosing = new Choosing(name, config, site, IntStream.range(0, workers)
                .mapToObj(worker -> surroundings.metrics.balance(worker, name)).toList(), timing);
        this.health = new UpstreamHealth(name, config, List.of(), workers, timing);
        this.choice = choosing.make(endpoints, health.selection(), this::choose);
        health.onChange(this::choose);
        use(config.endpoints().stream().map(Found::of).toList());
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
        // So that the selection is one of these endpoints.
        synchronized (health) {
            choice = choosing.make(endpoints, health.selection(), this::choose);
        }
    }

    /// Its name.
    public String name() {
        return name;
    }

    /// Its name, as it is logged.
    public LogLabel label() {
        return label;
    }

    /// Its endpoints that may be chosen, as of now.
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /// What tells one endpoint from another.
    private record Identity(EndpointUrl url, EndpointUrl named) {
    }

    /// Has these endpoints from now on. One that was there before keeps its connections, its counts and what is known
    /// of its health; one that is gone finishes what runs there, and closes. Not on an event loop.
    public synchronized void replace(List<Found> wanted) {
        if (closed) {
            return;
        }
        use(wanted);
        surroundings.metrics.retainEndpoints(name,
                endpoints.stream().map(Endpoint::authority).collect(Collectors.toSet()));
    }

    private void use(List<Found> wanted) {
        Map<Identity, Endpoint> before = new LinkedHashMap<>();
        endpoints.forEach(each -> before.put(new Identity(each.url(), each.named()), each));
        Map<Identity, Endpoint> next = new LinkedHashMap<>();
        List<Member> members = new ArrayList<>();
        Set<EndpointConfig> own = new HashSet<>(
                Choosing.own(config, wanted.stream().map(Found::config).toList(), site));
        for (Found found : wanted) {
            Identity identity = new Identity(found.config().url(), found.named());
            if (!own.contains(found.config()) || next.containsKey(identity)) {
                continue;
            }
            Endpoint kept = before.remove(identity);
            Endpoint endpoint = kept == null ? made(found) : kept;
            endpoint.declare(found.config());
            next.put(identity, endpoint);
            members.add(new Member(endpoint.health(), found.tier()));
        }
        health.replace(members, () -> endpoints = List.copyOf(next.values()));
        before.values().forEach(this::retire);
    }

    private Endpoint made(Found found) {
        EndpointUrl url = found.config().url();
        if (!url.isUnix()) {
            names().use(url.host());
        }
        return new Endpoint(this, found, surroundings.workers, surroundings.metrics, health.made(url.authority()));
    }

    private void retire(Endpoint endpoint) {
        endpoint.close();
        if (!endpoint.isUnix()) {
            timing.after(LAST_CONNECTS_NANOS, () -> names().release(endpoint.url().host()));
        }
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
        return surroundings.names;
    }

    ServiceConnections connections() {
        return surroundings.connections;
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

    /// Whether requests are let through to it; null where nobody asks.
    public @Nullable Breaker breaker() {
        return breaker;
    }

    /// Whether its breaker, where it has one, lets requests through.
    public boolean admits() {
        return breaker == null || breaker.admits();
    }

    /// How many requests run at it, and may; null where any number may.
    public @Nullable Concurrency concurrency() {
        return concurrency;
    }

    /// Goes on from what another one, which this one takes the place of, knows of the same service.
    public void takeOver(Upstream before) {
        choosing.takeOver(before.choosing);
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
    public synchronized void close() {
        closed = true;
        health.close();
        if (breaker != null) {
            breaker.close();
        }
        for (Endpoint endpoint : endpoints) {
            endpoint.close();
            if (!endpoint.isUnix()) {
                names().release(endpoint.url().host());
            }
        }
        if (tls != null) {
            tls.close();
        }
    }
}
