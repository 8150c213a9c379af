package io.tidegate.engine;

import io.tidegate.config.CircuitBreakerConfig;
import io.tidegate.config.ConcurrencyConfig;
import io.tidegate.config.Durations;
import io.tidegate.config.FallbackResponseConfig;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.HealthCheckConfig;
import io.tidegate.config.OutlierDetectionConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.UpstreamConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Says in words how endpoints are found, and how it is found out which of them can be used, and how much, defaults
/// included.
final class HealthText {

    private HealthText() {
    }

    /// By key of the upstream.
    static Map<String, String> of(@Nullable UpstreamConfig upstream) {
        Map<String, String> text = new LinkedHashMap<>();
        if (upstream == null) {
            return text;
        }
        if (upstream.discovery() != null) {
            text.put("discovery", DiscoveryText.of(upstream, upstream.discovery()));
        }
        HealthCheckConfig check = upstream.healthCheck();
        text.put("healthCheck", check == null ? "none" : check(check));
        text.put("outlierDetection", outliers(upstream.outlierDetection()));
        text.put("panicThreshold", upstream.panicThreshold().toString());
        CircuitBreakerConfig breaker = upstream.circuitBreaker();
        text.put("circuitBreaker", breaker == null ? "none" : breaker(breaker));
        text.put("maxConcurrency", concurrency(upstream.maxConcurrency()));
        text.put("fallback", upstream.fallback() == null ? "none" : upstream.fallback());
        return text;
    }

    /// By key of the upstream, for requests of a route, which may have an answer of its own to stand in for it.
    static Map<String, String> of(String name, GatewayConfig config, String route, RouteConfig declared) {
        UpstreamConfig upstream = config.upstreams().get(name);
        Map<String, String> text = of(upstream);
        FallbackResponseConfig own = declared.fallbackResponse();
        FallbackResponseConfig theirs = upstream == null ? null : upstream.fallbackResponse();
        text.put("fallbackResponse", own != null
                ? answer(own, "routes." + route)
                : theirs == null ? "none" : answer(theirs, "upstreams." + name));
        return text;
    }

    private static String answer(FallbackResponseConfig response, String from) {
        return response.status() + ", " + response.body().length() + " characters of " + response.contentType()
                + " (" + from + ".fallbackResponse)";
    }

    private static String breaker(CircuitBreakerConfig breaker) {
        String whose = switch (breaker.scope()) {
            case UPSTREAM -> "of the upstream";
            case ENDPOINT -> "of each endpoint";
            case BOTH -> "of the upstream and of each endpoint";
        };
        return whose + ": opens at " + breaker.failureRate() + " failures"
                + (breaker.slowCallRate() == null
                        ? ""
                        : ", or " + breaker.slowCallRate() + " slower than " + Durations.format(breaker.slowCall()))
                + ", of " + breaker.minRequests() + " tries or more within " + Durations.format(breaker.window())
                + "; for " + Durations.format(breaker.openFor()) + ", then " + breaker.halfOpenRequests()
                + " for a test; failures are "
                + breaker.failureStatus().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String concurrency(ConcurrencyConfig concurrency) {
        String wait = "; others wait for " + Durations.format(concurrency.maxWait()) + ", "
                + concurrency.maxWaiting() + " of them at most";
        return switch (concurrency.kind()) {
            case UNLIMITED -> "unlimited";
            case FIXED -> concurrency.limit() + wait;
            case ADAPTIVE -> "adaptive, " + concurrency.min() + " to " + concurrency.max() + wait;
        };
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
