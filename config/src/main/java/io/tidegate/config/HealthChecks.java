package io.tidegate.config;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Checks how endpoints are found to be usable.
final class HealthChecks {

    private static final Duration SHORTEST = Duration.ofMillis(50);

    private final CheckContext context;

    HealthChecks(CheckContext context) {
        this.context = context;
    }

    void run() {
        context.config().upstreams().forEach((name, upstream) -> {
            HealthCheckConfig check = upstream.healthCheck();
            if (check != null) {
                type(name, upstream, check);
                values(name, upstream, check);
            }
            outliers(name, upstream.outlierDetection());
            fallback(name, upstream);
        });
    }

    private void type(String upstream, UpstreamConfig config, HealthCheckConfig check) {
        boolean http = check.type() == HealthCheckConfig.Type.HTTP;
        boolean grpc = check.type() == HealthCheckConfig.Type.GRPC;
        if (config.isRelayed() && check.type() != HealthCheckConfig.Type.TCP) {
            context.error("no HTTP is spoken with endpoints that are tcp:// or tls://: write 'healthCheck: tcp'",
                    "upstreams", upstream, "healthCheck");
        }
        if (grpc && config.protocol() == ProtocolConfig.HTTP1 && !config.isRelayed()) {
            context.error("gRPC needs HTTP/2: write 'protocol: h2' beside it, or h2c without TLS", "upstreams",
                    upstream, "healthCheck");
        }
        if (!http && !check.path().equals("/")) {
            noEffect(upstream, "path", "http");
        }
        if (!grpc && check.service() != null) {
            noEffect(upstream, "service", "grpc");
        }
        if (check.type() == HealthCheckConfig.Type.TCP && check.host() != null) {
            noEffect(upstream, "host", "http' or 'type: grpc");
        }
    }

    private void noEffect(String upstream, String key, String type) {
        context.errorAtKey("has no effect but with 'type: " + type + "'", "upstreams", upstream, "healthCheck", key);
    }

    private void values(String upstream, UpstreamConfig config, HealthCheckConfig check) {
        if (!check.path().matches("/[!-~&&[^#]]*")) {
            context.error("must begin with a slash and hold neither spaces nor '#' (was '" + check.path() + "')",
                    "upstreams", upstream, "healthCheck", "path");
        }
        if (check.host() != null && !check.host().matches("[a-zA-Z0-9._:\\[\\]-]{1,255}")) {
            context.error("must be a host, with a port or without (was '" + check.host() + "')", "upstreams", upstream,
                    "healthCheck", "host");
        }
        if (check.service() != null && !check.service().matches("[!-~]{1,255}")) {
            context.error("must be the name of a service such as shop.v1.Orders (was '" + check.service() + "')",
                    "upstreams", upstream, "healthCheck", "service");
        }
        atLeast(check.interval(), "upstreams", upstream, "healthCheck", "interval");
        atLeast(check.timeout(), "upstreams", upstream, "healthCheck", "timeout");
        if (check.port() != null && config.endpoints().stream().anyMatch(endpoint -> endpoint.url().isUnix())) {
            context.error(
                    "a Unix socket has no port: take it out, or check those endpoints in an upstream of their own",
                    "upstreams", upstream, "healthCheck", "port");
        }
    }

    private void outliers(String upstream, OutlierDetectionConfig outliers) {
        atLeast(outliers.ejectFor(), "upstreams", upstream, "outlierDetection", "ejectFor");
        atLeast(outliers.window(), "upstreams", upstream, "outlierDetection", "window");
        if (outliers.maxEjectFor().compareTo(outliers.ejectFor()) < 0) {
            context.error("must be at least 'ejectFor', " + Durations.format(outliers.ejectFor()) + " (was "
                    + Durations.format(outliers.maxEjectFor()) + ")", "upstreams", upstream, "outlierDetection",
                    "maxEjectFor");
        }
        if (outliers.errorRate() != null && outliers.errorRate().value() <= 0) {
            context.error("must be above 0% (was " + outliers.errorRate() + ")", "upstreams", upstream,
                    "outlierDetection", "errorRate");
        }
    }

    private void fallback(String name, UpstreamConfig upstream) {
        String other = upstream.fallback();
        Map<String, UpstreamConfig> all = context.config().upstreams();
        Set<String> names = context.names("upstreams", all.keySet());
        if (other == null) {
            return;
        }
        if (!names.contains(other)) {
            context.dangling("upstream", other, names, "upstreams", name, "fallback");
            return;
        }
        UpstreamConfig next = all.get(other);
        if (next != null && next.isRelayed() != upstream.isRelayed()) {
            context.error("one of '" + name + "' and '" + other + "' is for HTTP, and the other is not", "upstreams",
                    name,
                    "fallback");
        }
        Set<String> way = new LinkedHashSet<>();
        for (String at = name; at != null && way.add(at);) {
            UpstreamConfig here = all.get(at);
            at = here == null ? null : here.fallback();
            if (name.equals(at)) {
                context.error("requests would go round in circles: " + String.join(", ", way) + ", " + name,
                        "upstreams", name, "fallback");
            }
        }
    }

    private void atLeast(Duration duration, Object... path) {
        if (duration.compareTo(SHORTEST) < 0) {
            context.error("must be at least 50ms (was " + duration.toMillis() + "ms)", path);
        }
    }
}
