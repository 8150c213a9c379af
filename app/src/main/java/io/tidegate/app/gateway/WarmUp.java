package io.tidegate.app.gateway;

import io.tidegate.config.GatewayConfig;
import io.tidegate.config.HostPattern;
import io.tidegate.config.MatchConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.engine.Explainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs the code that reads requests and looks for their routes until Java has compiled the most of it, on made-up
/// requests to the routes of a configuration. Ends after a number of rounds or [#LIMIT_NANOS], whichever comes first.
///
/// Nothing is sent, nothing is counted, no policy runs, and no upstream hears of it: what waits for the first real
/// request is the way through the sockets.
final class WarmUp {

    /// Longest time that readiness waits for it, in nanoseconds.
    static final long LIMIT_NANOS = 1_000_000_000L;
    private static final int ROUNDS = 2000;
    /// Most routes that are looked for: more would leave too few rounds for each.
    private static final int MOST_ROUTES = 100;

    private volatile boolean over;
    private volatile boolean stopped;

    /// A request to one match of a route.
    private record Sample(String method, String url) {
    }

    /// Begins, on a thread of its own that ends with it.
    void start(GatewayConfig config) {
        Thread.ofPlatform().daemon().name("tidegate-warm-up").start(() -> run(config));
    }

    /// Whether it has come to its end.
    boolean isOver() {
        return over;
    }

    /// Ends it early.
    void stop() {
        stopped = true;
    }

    private void run(GatewayConfig config) {
        try {
            long end = System.nanoTime() + LIMIT_NANOS;
            Explainer explainer = new Explainer(config);
            List<Sample> samples = samples(config);
            List<String> headers = List.of("User-Agent: warm-up", "Accept: */*", "Accept-Encoding: gzip");
            for (int i = 0; i < ROUNDS && !stopped && System.nanoTime() - end < 0; i++) {
                Sample sample = samples.get(i % samples.size());
                explainer.explain(sample.method(), sample.url(), headers, null);
            }
        } finally {
            over = true;
        }
    }

    private static List<Sample> samples(GatewayConfig config) {
        List<Sample> samples = new ArrayList<>();
        // One that nothing is named like comes to the end of every look-up.
        samples.add(new Sample("GET", "http://warm-up.invalid/warm-up"));
        for (Map.Entry<String, RouteConfig> route : config.routes().entrySet()) {
            MatchConfig match = route.getValue().match().getFirst().inHttp();
            String method = match.methods().isEmpty() ? "GET" : match.methods().getFirst();
            samples.add(new Sample(method, "http://" + host(match.hosts()) + path(match)));
            if (samples.size() > MOST_ROUTES) {
                break;
            }
        }
        return samples;
    }

    private static String host(List<HostPattern> hosts) {
        return hosts.isEmpty() ? "localhost" : hosts.getFirst().toString().replace("*", "any");
    }

    private static String path(MatchConfig match) {
        return match.path() == null ? "/" : match.path().toString().replaceAll("\\{[^}]*\\}|\\*\\*", "1");
    }
}
