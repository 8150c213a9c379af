package io.tidegate.engine.compile;

import io.tidegate.config.ListenerConfig;
import io.tidegate.config.TcpConfig;
import io.tidegate.config.TlsPassthroughConfig;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.StreamCells;
import io.tidegate.engine.stream.StreamTarget;
import io.tidegate.engine.stream.StreamTargets;
import io.tidegate.engine.upstream.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compiles where the connections of listeners go that relay bytes.
final class StreamCompiler {

    private final Map<String, Upstream> upstreams;
    private final Metrics metrics;
    private final int workers;
    private final Map<String, Set<String>> names = new HashMap<>();

    StreamCompiler(Map<String, Upstream> upstreams, Metrics metrics, int workers) {
        this.upstreams = upstreams;
        this.metrics = metrics;
        this.workers = workers;
    }

    /// Compiles one listener.
    ///
    /// @return null where HTTP is served
    @Nullable
    StreamTargets compile(String listener, ListenerConfig declared) {
        TcpConfig tcp = declared.tcp();
        if (tcp != null) {
            return StreamTargets.all(target(listener, tcp.upstream()), tcp.idleTimeout().toNanos());
        }
        TlsPassthroughConfig passthrough = declared.tlsPassthrough();
        if (passthrough == null) {
            return null;
        }
        Map<String, StreamTarget> routes = new HashMap<>();
        passthrough.routes().forEach((name, upstream) -> routes.put(name, target(listener, upstream)));
        String otherwise = passthrough.otherwise();
        return StreamTargets.byName(routes, otherwise == null ? null : target(listener, otherwise),
                passthrough.idleTimeout().toNanos());
    }

    private StreamTarget target(String listener, String name) {
        Upstream upstream = upstreams.get(name);
        if (upstream == null) {
            throw new IllegalStateException("upstream '" + name + "' was checked to be there");
        }
        names.computeIfAbsent(listener, first -> new HashSet<>()).add(name);
        List<StreamCells> cells = new ArrayList<>(workers);
        for (int i = 0; i < workers; i++) {
            cells.add(metrics.stream(i, listener, name));
        }
        return new StreamTarget(upstream, List.copyOf(cells));
    }

    /// The upstreams that are relayed to, by name of the listener.
    Map<String, Set<String>> names() {
        return names;
    }
}
