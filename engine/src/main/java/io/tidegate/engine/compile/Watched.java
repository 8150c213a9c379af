package io.tidegate.engine.compile;

import io.tidegate.engine.health.Ejection;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.health.UpstreamHealth;
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
                    "1 where no endpoint of an upstream can be used, and its fallback is.",
                    () -> health.selection().used().isEmpty() ? 1 : 0, "upstream", upstream.name()));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < health.endpoints().size(); i++) {
            if (names.add(health.endpoints().get(i).endpoint())) {
                watched.measure(upstream, i, metrics);
            }
        }
        return watched;
    }

    private void measure(Upstream upstream, int index, Metrics metrics) {
        UpstreamHealth health = upstream.health();
        EndpointHealth endpoint = health.endpoints().get(index);
        String[] labels = {"upstream", upstream.name(), "endpoint", endpoint.endpoint()};
        measured.add(metrics.gauge("tidegate_upstream_endpoint_healthy",
                "1 where nothing speaks against an endpoint, 0 where it is ejected, unhealthy or drained.",
                () -> endpoint.isUsable() ? 1 : 0, labels));
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
