package io.tidegate.bench.simulation;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.config.UpstreamConfig;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// An upstream as a configuration declares it.
public final class DeclaredUpstream {

    private DeclaredUpstream() {
    }

    /// One of so many endpoints.
    ///
    /// @param settings
    ///            the keys of the upstream but `endpoints`, as YAML on one line
    public static UpstreamConfig of(String settings, int endpoints) {
        String list = IntStream.range(0, endpoints).mapToObj(i -> "http://10.0.0." + (i + 1))
                .collect(Collectors.joining(", "));
        String yaml = "listeners: { l: { address: \":8080\" } }\n"
                + "upstreams: { service: { endpoints: [" + list + "]" + (settings.isEmpty() ? "" : ", " + settings)
                + " } }\n"
                + "routes: { r: { upstream: service } }\n";
        return switch (new ConfigLoader(Plugins.none(), name -> null).loadText("upstream.yaml", yaml)) {
            case Loaded.Accepted accepted -> accepted.config().upstreams().values().iterator().next();
            case Loaded.Rejected rejected -> throw new IllegalArgumentException(rejected.problems().toString());
        };
    }
}
