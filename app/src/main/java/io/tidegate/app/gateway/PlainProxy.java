package io.tidegate.app.gateway;

import io.tidegate.api.ByteSize;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.AdminConfig;
import io.tidegate.config.ClientTimeoutsConfig;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.LimitsConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.MatchConfig;
import io.tidegate.config.PathPattern;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.TelemetryConfig;
import io.tidegate.config.UpstreamConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Configurations made without a file: every default, and routes by path prefix.
public final class PlainProxy {

    private PlainProxy() {
    }

    /// Sends what comes to `listen` to `upstreams`, by their path patterns.
    public static Loaded.Accepted of(AddressConfig listen, Map<String, List<EndpointConfig>> upstreams,
            Map<String, String> paths) {
        Map<String, UpstreamConfig> services = new TreeMap<>();
        Map<String, RouteConfig> routes = new TreeMap<>();
        upstreams.forEach((name, endpoints) -> {
            services.put(name, upstream(endpoints));
            routes.put(name, route(name, paths.get(name)));
        });
        GatewayConfig config = new GatewayConfig(1, Map.of("default", listener(listen)), services, routes, List.of(),
                Map.of(), GatewayConfig.DefaultAccess.OPEN, Map.of(), telemetry(),
                new ProcessConfig(ProcessConfig.Count.of("auto"), ProcessConfig.Transport.AUTO,
                        ProcessConfig.Count.of("auto"), Duration.ofSeconds(30), Duration.ZERO, null),
                new AdminConfig(AddressConfig.of("127.0.0.1:9901"), null, null));
        return new Loaded.Accepted(config, List.of(), List.of(), "");
    }

    private static ListenerConfig listener(AddressConfig listen) {
        return new ListenerConfig(listen, List.of(), "tidegate",
                new LimitsConfig(ByteSize.parse("8KiB"), ByteSize.parse("16KiB"), 100, 256, 10_000,
                        ByteSize.parse("256B")),
                new ClientTimeoutsConfig(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30),
                        Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofHours(1)));
    }

    private static UpstreamConfig upstream(List<EndpointConfig> endpoints) {
        return new UpstreamConfig(endpoints, UpstreamConfig.LoadBalancing.LEAST_REQUESTS,
                new UpstreamConfig.Connections(256, Duration.ofSeconds(30), Duration.ofSeconds(1)),
                new UpstreamConfig.Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(15), Duration.ofSeconds(60)),
                new UpstreamConfig.ResponseLimits(ByteSize.parse("32KiB"), 200, 10));
    }

    private static RouteConfig route(String upstream, @Nullable String path) {
        return new RouteConfig(List.of(),
                List.of(new MatchConfig(List.of(), path == null ? null : PathPattern.of(path), null, List.of(),
                        Map.of(), Map.of())),
                0, upstream, null, List.of(), new RouteConfig.Timeouts(null, null, null, null), true, false, true,
                RouteConfig.EncodedSlash.REJECT, RouteConfig.TrailingSlash.STRICT, false);
    }

    private static TelemetryConfig telemetry() {
        return new TelemetryConfig(new TelemetryConfig.Metrics("/metrics"),
                new TelemetryConfig.AccessLog("stdout", TelemetryConfig.AccessLog.Format.TEXT, ByteSize.parse("16MiB")),
                new TelemetryConfig.Log(TelemetryConfig.Log.Level.INFO));
    }
}
