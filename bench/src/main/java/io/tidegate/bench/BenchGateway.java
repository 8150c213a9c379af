package io.tidegate.bench;

import io.tidegate.api.ByteSize;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.AdminConfig;
import io.tidegate.config.ClientTimeoutsConfig;
import io.tidegate.config.ConfigTarget.Result;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.GatewayConfig.DefaultAccess;
import io.tidegate.config.LimitsConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.MatchConfig;
import io.tidegate.config.PathPattern;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.TelemetryConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A gateway without a command line: the engine alone, in front of one service.
///
/// Arguments: the port to listen on, the service's URL, the transport (`auto`, `io_uring`, `epoll`, `nio`) and the
/// number of routes.
public final class BenchGateway {

    private BenchGateway() {
    }

    /// Runs it until the process is told to end.
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 4) {
            System.err.println("usage: BenchGateway PORT UPSTREAM TRANSPORT ROUTES");
            System.exit(2);
        }
        ProcessConfig process = new ProcessConfig(new ProcessConfig.Count(1), transport(args[2]),
                new ProcessConfig.Count(0), Duration.ofSeconds(5), Duration.ZERO, null);
        GatewayConfig config = new GatewayConfig(1, Map.of("default", listener(args[0])),
                Map.of("service", upstream(args[1])), routes(Integer.parseInt(args[3])), List.of(), Map.of(),
                DefaultAccess.OPEN, Map.of(), telemetry(), process,
                new AdminConfig(AddressConfig.of("127.0.0.1:0"), null, null));
        Engine engine = Engine.start(new EngineOptions(process));
        Result result = engine.apply(new Loaded.Accepted(config, List.of(), List.of(), "bench"));
        if (result instanceof Result.Refused refused) {
            System.err.println(refused.problems());
            System.exit(1);
        }
        System.out.println(engine.addresses().get("default") + " " + engine.status().transport());
        Thread.currentThread().join();
    }

    private static ProcessConfig.Transport transport(String name) {
        return switch (name) {
            case "auto" -> ProcessConfig.Transport.AUTO;
            case "io_uring" -> ProcessConfig.Transport.IO_URING;
            case "epoll" -> ProcessConfig.Transport.EPOLL;
            case "nio" -> ProcessConfig.Transport.NIO;
            default -> throw new IllegalArgumentException(
                    "transport must be auto, io_uring, epoll or nio (was '" + name + "')");
        };
    }

    private static ListenerConfig listener(String port) {
        LimitsConfig limits = new LimitsConfig(new ByteSize(8192), new ByteSize(16384), 100, 1_000_000, 1_000_000_000,
                new ByteSize(256));
        ClientTimeoutsConfig timeouts = new ClientTimeoutsConfig(Duration.ofMinutes(10), Duration.ofSeconds(10),
                Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofHours(1));
        return new ListenerConfig(AddressConfig.of("127.0.0.1:" + port), List.of(), "tidegate", limits, timeouts);
    }

    private static UpstreamConfig upstream(String url) {
        return new UpstreamConfig(List.of(EndpointConfig.of(url)), UpstreamConfig.LoadBalancing.LEAST_REQUESTS,
                new UpstreamConfig.Connections(1024, Duration.ofSeconds(30), Duration.ofSeconds(1)),
                new UpstreamConfig.Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(15), Duration.ofSeconds(60)),
                new UpstreamConfig.ResponseLimits(new ByteSize(32768), 200, 10));
    }

    private static Map<String, RouteConfig> routes(int count) {
        Map<String, RouteConfig> routes = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            PathPattern path = i == 0 ? null : PathPattern.of("/route-" + i + "/{id}/**");
            MatchConfig match = new MatchConfig(List.of(), path, null, List.of(), Map.of(), Map.of());
            routes.put("route-" + i,
                    new RouteConfig(List.of(), List.of(match), 0, "service", null, List.of(),
                            new RouteConfig.Timeouts(null, null, null, null), true, false, false,
                            RouteConfig.EncodedSlash.REJECT, RouteConfig.TrailingSlash.STRICT, false));
        }
        return routes;
    }

    private static TelemetryConfig telemetry() {
        return new TelemetryConfig(new TelemetryConfig.Metrics("/metrics"),
                new TelemetryConfig.AccessLog("none", TelemetryConfig.AccessLog.Format.JSON, new ByteSize(16 << 20)),
                new TelemetryConfig.Log(TelemetryConfig.Log.Level.INFO));
    }
}
