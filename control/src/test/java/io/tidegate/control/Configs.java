package io.tidegate.control;

import io.tidegate.api.ByteSize;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.AdminConfig;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.GatewayConfig.DefaultAccess;
import io.tidegate.config.Loaded;
import io.tidegate.config.OverloadConfig;
import io.tidegate.config.Place;
import io.tidegate.config.Problem;
import io.tidegate.config.Problem.Severity;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.SharedStateConfig;
import io.tidegate.config.TelemetryConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Configurations, as a loader would make them.
final class Configs {

    private Configs() {
    }

    static AdminConfig admin(@Nullable String token) {
        return new AdminConfig(AddressConfig.of("127.0.0.1:0"), token, null);
    }

    static GatewayConfig config(AdminConfig admin, String metricsPath) {
        return new GatewayConfig(1, Map.of(), Map.of(), Map.of(), List.of(), Map.of(), DefaultAccess.OPEN, Map.of(),
                Map.of(),
                new TelemetryConfig(new TelemetryConfig.Metrics(metricsPath),
                        new TelemetryConfig.AccessLog("none", TelemetryConfig.AccessLog.Format.JSON,
                                ByteSize.parse("1MiB")),
                        new TelemetryConfig.Log(TelemetryConfig.Log.Level.INFO)),
                SharedStateConfig.IN_MEMORY,
                new ProcessConfig(ProcessConfig.Count.of("auto"), ProcessConfig.Transport.AUTO,
                        ProcessConfig.Count.of("auto"), Duration.ofSeconds(30), Duration.ofSeconds(5), null,
                        OverloadConfig.of(true), null, null),
                admin);
    }

    static Loaded.Accepted accepted(AdminConfig admin, String hash, Path... files) {
        return new Loaded.Accepted(config(admin, "/metrics"), List.of(), List.of(files), hash);
    }

    static Loaded.Rejected rejected(String message, Path... files) {
        return new Loaded.Rejected(List.of(error(message)), List.of(files));
    }

    static Problem error(String message) {
        return new Problem(Severity.ERROR, new Place("tidegate.yaml", 3, 7), "routes.orders.upstream", message);
    }

    static Problem warning(String message) {
        return new Problem(Severity.WARNING, new Place("tidegate.yaml", 9, 1), "admin", message);
    }
}
