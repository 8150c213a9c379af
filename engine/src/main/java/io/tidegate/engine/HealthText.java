package io.tidegate.engine;

import io.tidegate.config.Durations;
import io.tidegate.config.HealthCheckConfig;
import io.tidegate.config.OutlierDetectionConfig;
import io.tidegate.config.UpstreamConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// Says in words how endpoints are found, and how it is found out which of them can be used, defaults included.
final class HealthText {

    private HealthText() {
    }

    /// By key of the upstream.
    static Map<String, String> of(UpstreamConfig upstream) {
        Map<String, String> text = new LinkedHashMap<>();
        if (upstream.discovery() != null) {
            text.put("discovery", DiscoveryText.of(upstream, upstream.discovery()));
        }
        HealthCheckConfig check = upstream.healthCheck();
        text.put("healthCheck", check == null ? "none" : check(check));
        text.put("outlierDetection", outliers(upstream.outlierDetection()));
        text.put("panicThreshold", upstream.panicThreshold().toString());
        text.put("fallback", upstream.fallback() == null ? "none" : upstream.fallback());
        return text;
    }

    private static String check(HealthCheckConfig check) {
        String what = switch (check.type()) {
            case TCP -> "a connection";
            case GRPC -> "gRPC for " + (check.service() == null ? "the server" : check.service());
            case HTTP -> "GET " + check.path() + " for "
                    + check.expect().stream().map(String::valueOf).collect(Collectors.joining(", "));
        };
        return what + (check.host() == null ? "" : " as " + check.host())
                + (check.port() == null ? "" : " at port " + check.port()) + ", every "
                + Durations.format(check.interval()) + ", within " + Durations.format(check.timeout())
                + "; out after " + check.unhealthyAfter() + ", back after " + check.healthyAfter();
    }

    private static String outliers(OutlierDetectionConfig outliers) {
        if (!outliers.enabled()) {
            return "off";
        }
        return outliers.consecutiveErrors() + " errors in a row"
                + (outliers.errorRate() == null ? "" : ", or " + outliers.errorRate() + " more than the others")
                + (outliers.slowerBy() == null ? "" : ", or " + outliers.slowerBy() + " times slower than the others")
                + "; out for " + Durations.format(outliers.ejectFor()) + ", "
                + Durations.format(outliers.maxEjectFor()) + " at most, and no more than " + outliers.maxEjected();
    }
}
