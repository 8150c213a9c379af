package io.tidegate.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks that requests whose way is decided by who calls pass a policy that finds that out.
final class CallerKeyChecks {

    private static final String CURE = ": add a policy that does, such as 'apiKey' or 'jwt'";

    private final CheckContext context;
    private final GatewayConfig config;
    private final EffectivePolicies.Resolver resolver;

    CallerKeyChecks(CheckContext context, EffectivePolicies.Resolver resolver) {
        this.context = context;
        this.config = context.config();
        this.resolver = resolver;
    }

    void run() {
        // What could not be read may be the policy that is missed.
        if (!context.whole("policies") || !context.whole("policySets")) {
            return;
        }
        config.routes().forEach((name, route) -> {
            SplitByConfig split = route.splitBy();
            RequestKeyConfig key = split == null ? null : split.key();
            if (key != null && key.isOfCaller() && context.whole("routes." + name) && !route.identifies(resolver)) {
                Object[] whole = {"routes", name, "splitBy"};
                Object[] at = CheckContext.below(whole, "key");
                context.error("nothing finds out who calls on this route, so that '" + key + "' is never there"
                        + observer(List.of(route)) + CURE, context.declared(at) ? at : whole);
            }
        });
        if (context.whole("routes")) {
            config.upstreams().forEach(this::ring);
        }
    }

    private void ring(String name, UpstreamConfig upstream) {
        RingHashConfig ring = upstream.loadBalancing().ringHash();
        if (ring == null || !ring.key().isOfCaller() || upstream.isRelayed()) {
            return;
        }
        Map<String, RouteConfig> routes = config.routes();
        List<String> leading = routes.keySet().stream().filter(route -> leads(routes.get(route), name)).toList();
        List<RouteConfig> declared = leading.stream().map(routes::get).toList();
        if (!declared.isEmpty() && declared.stream().noneMatch(route -> route.identifies(resolver))) {
            context.error("nothing finds out who calls on " + (leading.size() == 1
                    ? "routes." + leading.getFirst() + ", which alone leads here"
                    : "any of the " + leading.size() + " routes that lead here")
                    + ", so that '" + ring.key() + "' is never there" + observer(declared) + CURE, "upstreams", name,
                    "loadBalancing", "ringHash", "key");
        }
    }

    /// Whether requests of a route may come to an upstream, in place of another one too.
    private boolean leads(@Nullable RouteConfig route, String upstream) {
        if (route == null) {
            return false;
        }
        List<String> open = new ArrayList<>(route.targets().keySet());
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String at = open.removeLast();
            if (at.equals(upstream)) {
                return true;
            }
            UpstreamConfig here = config.upstreams().get(at);
            if (here != null && here.fallback() != null && seen.add(at)) {
                open.add(here.fallback());
            }
        }
        return false;
    }

    /// Names a policy that would do, if it did more than look on.
    private String observer(List<RouteConfig> routes) {
        return routes.stream().flatMap(route -> resolver.of(route).steps().stream())
                .filter(policy -> policy.identifies() && policy.observe()).findFirst()
                .map(policy -> " ('" + policy.type() + "', " + policy.path() + ", only observes)").orElse("");
    }
}
