package io.tidegate.tests;

import io.tidegate.api.ByteSize;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.AdminConfig;
import io.tidegate.config.ClientTimeoutsConfig;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.LimitsConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.MatchConfig;
import io.tidegate.config.PathPattern;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.TelemetryConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.testkit.TestUpstream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Configurations made of records, with the defaults that a file would have.
public final class Configs {

    private Configs() {
    }

    public static GatewayConfig of(Map<String, UpstreamConfig> upstreams, Map<String, RouteConfig> routes) {
        ListenerConfig listener = new ListenerConfig(AddressConfig.of("127.0.0.1:0"), List.of(), "tidegate",
                new LimitsConfig(ByteSize.parse("8KiB"), ByteSize.parse("16KiB"), 100, 256, 10000,
                        ByteSize.parse("256B")),
                new ClientTimeoutsConfig(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30),
                        Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofHours(1)));
        return new GatewayConfig(1, Map.of("default", listener), upstreams, routes, List.of(), Map.of(),
                GatewayConfig.DefaultAccess.OPEN, new HashMap<>(),
                new TelemetryConfig(new TelemetryConfig.Metrics("/metrics"),
                        new TelemetryConfig.AccessLog("none", TelemetryConfig.AccessLog.Format.JSON,
                                ByteSize.parse("1MiB")),
                        new TelemetryConfig.Log(TelemetryConfig.Log.Level.INFO)),
                new ProcessConfig(new ProcessConfig.Count(1), ProcessConfig.Transport.AUTO, new ProcessConfig.Count(0),
                        Duration.ofSeconds(30), Duration.ZERO, null),
                new AdminConfig(AddressConfig.of("127.0.0.1:0"), null, null));
    }

    public static UpstreamConfig upstream(TestUpstream... endpoints) {
        return new UpstreamConfig(
                java.util.Arrays.stream(endpoints).map(endpoint -> EndpointConfig.of(endpoint.url())).toList(),
                UpstreamConfig.LoadBalancing.LEAST_REQUESTS,
                new UpstreamConfig.Connections(256, Duration.ofSeconds(30), Duration.ofSeconds(1)),
                new UpstreamConfig.Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(15), Duration.ofSeconds(60)),
                new UpstreamConfig.ResponseLimits(ByteSize.parse("32KiB"), 200, 10));
    }

    public static RouteConfig route(String path, List<String> methods, String upstream,
            RouteConfig.EncodedSlash slash) {
        return new RouteConfig(List.of(),
                List.of(new MatchConfig(List.of(), PathPattern.of(path), null, methods, Map.of(), Map.of())), 0,
                upstream, null, List.of(), new RouteConfig.Timeouts(null, null, null, null), true, false, false, slash,
                RouteConfig.TrailingSlash.STRICT, false);
    }
}
