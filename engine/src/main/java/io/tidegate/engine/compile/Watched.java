package io.tidegate.engine.compile;

import io.tidegate.config.discovery.Found;
import io.tidegate.engine.breaker.Breaker;
import io.tidegate.engine.discovery.Discovery;
import io.tidegate.engine.health.Ejection;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.limit.Concurrency;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.Metrics.Registration;
import io.tidegate.engine.probe.Probes;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.worker.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What goes on beside requests for as long as an upstream is part of the running configuration: its checks, and what
/// is measured of how its endpoints are doing.
final class Watched implements AutoCloseable {

    private static final String CHECKS = "Checks of endpoints, by what came of them.";

    private final Upstream upstream;
    private final Metrics metrics;
    private final Probes probes;
    private final List<Registration> measured = new ArrayList<>();
    private final Map<Endpoint, List<Registration>> endpoints = new HashMap<>();
    private Runnable unsubscribe = () -> {};
    private boolean closed;

    private Watched(Upstream upstream, Workers workers, Metrics metrics) {
        this.upstream = upstream;
        this.metrics = metrics;
        this.probes = new Probes(upstream, workers);
    }

    /// Begins.
    ///
    /// @param discovery
    ///            finds its endpoints; null where they are declared
    static Watched start(Upstream upstream, Workers workers, Metrics metrics, @Nullable Discovery discovery) {
        Watched watched = new Watched(upstream, workers, metrics);
        UpstreamHealth health = upstream.health();
        watched.measured.add(metrics.gauge("tidegate_upstream_panic",
                "1 where endpoints are used that should not be, since too few others are left.",
                () -> health.selection().panic() ? 1 : 0, "upstream", upstream.name()));
        if (upstream.config().fallback() != null) {
            watched.measured.add(metrics.gauge("tidegate_upstream_fallback_used",
                    "1 where no endpoint of an upstream can be used, or its breaker is open, and its fallback is.",
                    () -> usesFallback(upstream) ? 1 : 0, "upstream", upstream.name()));
        }
        if (upstream.breaker() != null) {
            watched.measured.addAll(breaker("tidegate_upstream_breaker", upstream.breaker(), metrics, "upstream",
                    upstream.name()));
        }
        if (upstream.concurrency() != null) {
            watched.concurrency(upstream.concurrency(), "upstream", upstream.name());
        }
        watched.follow();
        if (discovery != null) {
            discovery.measure(metrics);
            watched.unsubscribe = discovery.subscribe(watched::replace);
        }
        return watched;
    }

    private static boolean usesFallback(Upstream upstream) {
        Breaker breaker = upstream.breaker();
        return !upstream.isUsed() || (breaker != null && breaker.state() == Breaker.State.OPEN);
    }

    private static List<Registration> breaker(String name, Breaker breaker, Metrics metrics, String... labels) {
        return List.of(
                metrics.gauge(name + "_state", "Of a circuit breaker: 0 closed, 1 half open, 2 open.",
                        () -> breaker.state().ordinal(), labels),
                metrics.counter(name + "_openings_total", "Times a circuit breaker has opened.", breaker::openings,
                        labels),
                metrics.counter(name + "_refused_total", "Requests turned away because of a circuit breaker.",
                        breaker::refused, labels));
    }

    private void concurrency(Concurrency concurrency, String... labels) {
        measured.add(metrics.gauge("tidegate_upstream_concurrency", "Requests that run at an upstream.",
                concurrency::running, labels));
        measured.add(metrics.gauge("tidegate_upstream_concurrency_limit", "How many requests may run at an upstream.",
                concurrency::limit, labels));
        measured.add(metrics.gauge("tidegate_upstream_concurrency_waiting",
                "Requests that wait for their turn to run at an upstream.", concurrency::waiting, labels));
        measured.add(metrics.counter("tidegate_upstream_concurrency_waits_total",
                "Requests that had to wait for their turn to run at an upstream.", concurrency::waits, labels));
        measured.add(metrics.counter("tidegate_upstream_concurrency_refused_total",
                "Requests turned away since too many ran at an upstream.", concurrency::refused, labels));
    }

    /// Has the upstream these endpoints from now on, and watches them instead of those before.
    synchronized void replace(List<Found> found) {
        if (!closed) {
            upstream.replace(found);
            follow();
        }
    }

    private synchronized void follow() {
        List<Endpoint> now = upstream.endpoints();
        Set<Endpoint> wanted = Set.copyOf(now);
        endpoints.entrySet().removeIf(each -> {
            boolean gone = !wanted.contains(each.getKey());
            if (gone) {
                each.getValue().forEach(Registration::close);
            }
            return gone;
        });
        Set<String> names = new HashSet<>();
        endpoints.keySet().forEach(each -> names.add(each.authority()));
        for (Endpoint endpoint : now) {
            if (!endpoints.containsKey(endpoint) && names.add(endpoint.authority())) {
                endpoints.put(endpoint, measure(endpoint));
            }
        }
        probes.follow(now);
    }

    private List<Registration> measure(Endpoint of) {
        EndpointHealth endpoint = of.health();
        UpstreamHealth health = upstream.health();
        List<Registration> measured = new ArrayList<>();
        String[] labels = {"upstream", upstream.name(), "endpoint", endpoint.endpoint()};
        measured.add(metrics.gauge("tidegate_upstream_endpoint_healthy",
                "1 where nothing speaks against an endpoint, 0 where it is ejected, unhealthy, drained or its breaker is open.",
                () -> endpoint.isUsable() ? 1 : 0, labels));
        if (of.breaker() != null) {
            measured.addAll(breaker("tidegate_upstream_endpoint_breaker", of.breaker(), metrics, labels));
        }
        for (Ejection reason : Ejection.values()) {
            measured.add(metrics.counter("tidegate_upstream_ejections_total",
                    "Times an endpoint was left out because of what came of requests, by reason.",
                    () -> health.state(endpoint).ejections().getOrDefault(reason.label(), 0L),
                    with(labels, "reason", reason.label())));
        }
        if (upstream.config().healthCheck() != null) {
            measured.add(metrics.counter("tidegate_upstream_health_checks_total", CHECKS,
                    () -> health.state(endpoint).checksPassed(), with(labels, "result", "passed")));
            measured.add(metrics.counter("tidegate_upstream_health_checks_total", CHECKS,
                    () -> health.state(endpoint).checksFailed(), with(labels, "result", "failed")));
        }
        return measured;
    }

    private static String[] with(String[] labels, String name, String value) {
        List<String> all = new ArrayList<>(List.of(labels));
        all.add(name);
        all.add(value);
        return all.toArray(new String[0]);
    }

    @Override
    public void close() {
        // Not under the lock, which whoever finds endpoints may wait for.
        unsubscribe.run();
        end();
    }

    private synchronized void end() {
        closed = true;
        probes.close();
        measured.forEach(Registration::close);
        endpoints.values().forEach(each -> each.forEach(Registration::close));
        endpoints.clear();
    }
}
