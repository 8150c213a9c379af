package io.tidegate.control;

import io.tidegate.config.TelemetryConfig.Log.Level;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A gateway whose state a test sets.
final class FakeGateway implements GatewayView {

    volatile boolean configured = true;
    volatile boolean warm = true;
    volatile boolean draining;
    volatile List<String> degraded = List.of();
    volatile Level level = Level.INFO;
    volatile String metrics = "tidegate_requests_total 7\n";
    volatile boolean broken;
    volatile boolean drained;

    @Override
    public boolean configured() {
        return configured;
    }

    @Override
    public boolean warm() {
        return warm;
    }

    @Override
    public boolean draining() {
        return draining;
    }

    @Override
    public List<String> degraded() {
        return degraded;
    }

    @Override
    public Serving serving() {
        if (broken) {
            throw new IllegalStateException("internal detail");
        }
        return new Serving("epoll", 2, 11, 0.25, false);
    }

    @Override
    public String metrics() {
        return metrics;
    }

    @Override
    public Map<String, UpstreamState> upstreams() {
        return new TreeMap<>(Map.of("orders",
                new UpstreamState(true, 5, "half open", new ConcurrencyState(3, 20, 1), List.of(
                        new EndpointState("10.0.0.1:80", !drained, null, null, 0, drained, "eu-1a", null, "open"),
                        new EndpointState("10.0.0.2:80", false, "status 500", "errors", 9000, false, null, 40, null)),
                        null),
                "users", new UpstreamState(false, 0, null, null, List.of(),
                        new DiscoveryState("dns users.internal:80", 0, 12.7, "no such name"))));
    }

    @Override
    public boolean drain(String upstream, String endpoint, boolean on) {
        boolean known = upstream.equals("orders") && endpoint.equals("10.0.0.1:80");
        drained = known ? on : drained;
        return known;
    }

    @Override
    public Level logLevel() {
        return level;
    }

    @Override
    public void logLevel(Level changed) {
        level = changed;
    }

    @Override
    public @Nullable String explain(String method, String url, List<String> headers) {
        if (!url.startsWith("http")) {
            throw new IllegalArgumentException("url must be absolute (was '" + url + "')");
        }
        return "{\"method\":\"" + method + "\",\"url\":\"" + url + "\",\"headers\":\"" + headers + "\"}";
    }
}
