package io.tidegate.engine.upstream;

import io.tidegate.config.EndpointConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.names.Names;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.tls.ServiceTls;
import io.tidegate.engine.wire.ResponseParser;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A named service with endpoints. Lives on over reloads that do not change its configuration.
public final class Upstream implements AutoCloseable {

    private final String name;
    private final LogLabel label;
    private final UpstreamConfig config;
    private final @Nullable ServiceTls tls;
    private final ResponseParser parser;
    private final Names names;
    private final ServiceConnections connections;
    private final List<Endpoint> endpoints;
    private final List<String> hosts;
    private final int totalWeight;
    /// Smooth weighted round robin, one per worker: current weights by endpoint.
    private final int[][] turns;

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
        List<Endpoint> made = new ArrayList<>();
        int weight = 0;
        for (EndpointConfig endpoint : config.endpoints()) {
            if (endpoint.weight() > 0) {
                made.add(new Endpoint(this, endpoint, surroundings.workers, surroundings.metrics));
                weight += endpoint.weight();
            }
        }
        this.endpoints = List.copyOf(made);
        this.hosts = endpoints.stream().filter(endpoint -> !endpoint.isUnix()).map(endpoint -> endpoint.url().host())
                .distinct().toList();
        hosts.forEach(names::use);
        this.totalWeight = weight;
        this.turns = new int[surroundings.workers.all().size()][endpoints.size()];
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

    ResponseParser parser() {
        return parser;
    }

    Names names() {
        return names;
    }

    ServiceConnections connections() {
        return connections;
    }

    /// Number of endpoints that may be chosen.
    public int size() {
        return endpoints.size();
    }

    /// Chooses an endpoint, another one than `before` where there is one; null where there is none at all.
    public @Nullable Endpoint pick(Worker worker, @Nullable Endpoint before) {
        if (endpoints.isEmpty()) {
            return null;
        }
        if (endpoints.size() == 1) {
            return endpoints.getFirst();
        }
        Endpoint picked = choose(worker);
        for (int i = 0; picked == before && i < 4; i++) {
            picked = choose(worker);
        }
        return picked == before ? endpoints.get((endpoints.indexOf(before) + 1) % endpoints.size()) : picked;
    }

    private Endpoint choose(Worker worker) {
        return switch (config.loadBalancing()) {
            case RANDOM -> random(worker.random());
            case ROUND_ROBIN -> inTurn(turns[worker.index()]);
            case LEAST_REQUESTS -> {
                Endpoint one = random(worker.random());
                Endpoint other = random(worker.random());
                // The fewer requests for its weight, compared without dividing.
                yield (long) one.active() * other.weight() <= (long) other.active() * one.weight() ? one : other;
            }
        };
    }

    private Endpoint random(SplittableRandom random) {
        int at = random.nextInt(totalWeight);
        for (Endpoint endpoint : endpoints) {
            at -= endpoint.weight();
            if (at < 0) {
                return endpoint;
            }
        }
        return endpoints.getLast();
    }

    private Endpoint inTurn(int[] current) {
        int best = 0;
        for (int i = 0; i < current.length; i++) {
            current[i] += endpoints.get(i).weight();
            if (current[i] > current[best]) {
                best = i;
            }
        }
        current[best] -= totalWeight;
        return endpoints.get(best);
    }

    /// Closes idle connections; busy ones close with their exchange.
    @Override
    public void close() {
        endpoints.forEach(Endpoint::close);
        hosts.forEach(names::release);
        if (tls != null) {
            tls.close();
        }
    }
}
