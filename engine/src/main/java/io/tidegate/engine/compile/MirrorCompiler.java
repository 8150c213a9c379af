package io.tidegate.engine.compile;

import io.tidegate.config.MirrorConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.engine.mirror.MirrorLog;
import io.tidegate.engine.mirror.MirrorReport;
import io.tidegate.engine.mirror.RouteMirror;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.upstream.Upstream;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Compiles what routes say of mirrors. What is known of a mirror outlives reloads.
final class MirrorCompiler {

    private final Metrics metrics;
    private final int workers;
    private final Map<String, MirrorLog> logs = new HashMap<>();

    MirrorCompiler(Metrics metrics, int workers) {
        this.metrics = metrics;
        this.workers = workers;
    }

    /// @return null where the route has no mirror, or one that leads nowhere
    @Nullable
    RouteMirror compile(String route, RouteConfig config, Map<String, Upstream> upstreams) {
        MirrorConfig mirror = config.mirror();
        Upstream target = mirror == null ? null : upstreams.get(mirror.upstream());
        if (mirror == null || target == null) {
            logs.remove(route);
            return null;
        }
        MirrorLog log = logs.get(route);
        if (log == null || !log.upstream().equals(mirror.upstream())) {
            log = new MirrorLog(mirror.upstream(),
                    IntStream.range(0, workers).mapToObj(worker -> metrics.mirror(worker, route)).toList(),
                    Clock.systemUTC());
            logs.put(route, log);
        }
        log.keep(mirror.compare() == null ? 0 : mirror.compare().examples());
        return new RouteMirror(mirror, target, log);
    }

    /// Forgets all other routes.
    void retain(Set<String> routes) {
        logs.keySet().retainAll(routes);
    }

    /// What came of the copies, by route.
    Map<String, MirrorReport> reports() {
        Map<String, MirrorReport> reports = new TreeMap<>();
        logs.forEach((route, log) -> reports.put(route, log.report()));
        return reports;
    }
}
