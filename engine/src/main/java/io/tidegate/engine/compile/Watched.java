package io.tidegate.engine.compile;

import io.tidegate.engine.breaker.Breaker;
import io.tidegate.engine.health.Ejection;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.limit.Concurrency;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.Metrics.Registration;
import io.tidegate.engine.probe.Probes;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.worker.Workers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What goes on beside requests for as long as an upstream is part of the running configuration: its checks, and what
/// is measured of how its endpoints are doing.
final class Watched implements AutoCloseable {

    private static final String CHECKS = "Checks of endpoints, by what came of them.";

    private final Probes probes;
    private final List<Registration> measured = new ArrayList<>();

    private Watched(Probes probes) {
        this.probes = probes;
    }

    static Watched start(Upstream upstream, Workers workers, Metrics metrics) {
        Watched watched = new Watched(Probes.start(upstream, workers));
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
            watched.breaker("tidegate_upstream_breaker", upstream.breaker(), metrics, "upstream", upstream.name());
        }
        if (upstream.concurrency() != null) {
            watched.concurrency(upstream.concurrency(), metrics, "upstream", upstream.name());
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < health.endpoints().size(); i++) {
            if (names.add(health.endpoints().get(i).endpoint())) {
                watched.measure(upstream, i, metrics);
            }
        }
        return watched;
    }

    private static boolean usesFallback(Upstream upstream) {
        Breaker breaker = upstream.breaker();
        return !upstream.isUsed() || (breaker != null && breaker.state() == Breaker.State.OPEN);
    }

    private void breaker(String name, Breaker breaker, Metrics metrics, String... labels) {
        measured.add(metrics.gauge(name + "_state", "Of a circuit breaker: 0 closed, 1 half open, 2 open.",
                () -> breaker.state().ordinal(), labels));
        measured.add(metrics.counter(name + "_openings_total", "Times a circuit breaker has opened.",
                breaker::openings, labels));
        measured.add(metrics.counter(name + "_refused_total", "Requests turned away because of a circuit breaker.",
                breaker::refused, labels));
    }

    private void concurrency(Concurrency concurrency, Metrics metrics, String... labels) {
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

    private void measure(Upstream upstream, int index, Metrics metrics) {
        UpstreamHealth health = upstream.health();
        EndpointHealth endpoint = health.endpoints().get(index);
        String[] labels = {"upstream", upstream.name(), "endpoint", endpoint.endpoint()};
        measured.add(metrics.gauge("tidegate_upstream_endpoint_healthy",
                "1 where nothing speaks against an endpoint, 0 where it is ejected, unhealthy, drained or its breaker is open.",
                () -> endpoint.isUsable() ? 1 : 0, labels));
        Breaker breaker = upstream.endpoints().get(index).breaker();
        if (breaker != null) {
            breaker("tidegate_upstream_endpoint_breaker", breaker, metrics, labels);
        }
        for (Ejection reason : Ejection.values()) {
            measured.add(metrics.counter("tidegate_upstream_ejections_total",
                    "Times an endpoint was left out because of what came of requests, by reason.",
                    () -> health.state(index).ejections().getOrDefault(reason.label(), 0L),
                    with(labels, "reason", reason.label())));
        }
        if (upstream.config().healthCheck() != null) {
            measured.add(metrics.counter("tidegate_upstream_health_checks_total", CHECKS,
                    () -> health.state(index).checksPassed(), with(labels, "result", "passed")));
            measured.add(metrics.counter("tidegate_upstream_health_checks_total", CHECKS,
                    () -> health.state(index).checksFailed(), with(labels, "result", "failed")));
        }
    }

    private static String[] with(String[] labels, String name, String value) {
        List<String> all = new ArrayList<>(List.of(labels));
        all.add(name);
        all.add(value);
        return all.toArray(new String[0]);
    }

    @Override
    public void close() {
        probes.close();
        measured.forEach(Registration::close);
    }
}
