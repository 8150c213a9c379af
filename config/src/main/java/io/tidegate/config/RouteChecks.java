package io.tidegate.config;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks each route by itself: where it leads, what it matches, who may call it.
final class RouteChecks {

    private final CheckContext context;
    private final GatewayConfig config;
    private final EffectivePolicies.Resolver resolver;
    private final Set<String> listeners;
    private final Set<String> upstreams;
    private final boolean policiesWhole;

    RouteChecks(CheckContext context, EffectivePolicies.Resolver resolver) {
        this.context = context;
        this.config = context.config();
        this.resolver = resolver;
        this.listeners = context.names("listeners", config.listeners().keySet());
        this.upstreams = context.names("upstreams", config.upstreams().keySet());
        this.policiesWhole = context.whole("policies") && context.whole("policySets");
    }

    void run() {
        config.routes().forEach((name, route) -> {
            references(name, route);
            for (int i = 0; i < route.match().size(); i++) {
                match(route.match().get(i), name, i);
            }
            positive(route.timeouts().request(), name, "request");
            positive(route.timeouts().perTry(), name, "perTry");
            positive(route.timeouts().response(), name, "response");
            positive(route.timeouts().idle(), name, "idle");
            webSocket(route.websocket(), name);
            if (context.whole("routes." + name)) {
                destination(name, route);
            }
        });
    }

    private void references(String name, RouteConfig route) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < route.listeners().size(); i++) {
            String listener = route.listeners().get(i);
            if (!listeners.contains(listener)) {
                context.dangling("listener", listener, listeners, "routes", name, "listeners", i);
            } else if (!seen.add(listener)) {
                context.error("'" + listener + "' stands there twice", "routes", name, "listeners", i);
            }
        }
        if (route.upstream() != null && !upstreams.contains(route.upstream())) {
            context.dangling("upstream", route.upstream(), upstreams, "routes", name, "upstream");
        }
        if (route.upstreams() != null) {
            shares(name, route.upstreams());
        }
    }

    private void shares(String name, Map<String, ShareConfig> shares) {
        boolean conditions = false;
        boolean left = false;
        for (Map.Entry<String, ShareConfig> entry : shares.entrySet()) {
            Object[] at = {"routes", name, "upstreams", entry.getKey()};
            ShareConfig share = entry.getValue();
            if (!upstreams.contains(entry.getKey())) {
                context.errorAtKey("no upstream is named '" + entry.getKey() + "'"
                        + context.nearest().hint(entry.getKey(), upstreams), at);
            }
            if (share.share() < 0 || share.share() > 1_000_000) {
                Object[] weight = CheckContext.below(at, "weight");
                context.error("must be 0 to 1000000 (was " + share.share() + ")",
                        context.declared(weight) ? weight : at);
            }
            conditions |= share.when() != null;
            left |= share.share() != 0;
        }
        if (!left && context.whole("routes." + name + ".upstreams")) {
            context.error(shares.isEmpty()
                    ? "must not be empty"
                    : "no upstream has a share above 0"
                            + (conditions ? ": a request for which no condition holds would go nowhere" : ""),
                    "routes", name, "upstreams");
        }
    }

    private void destination(String name, RouteConfig route) {
        if (route.upstream() != null && route.upstreams() != null) {
            context.errorAtKey("stands beside 'upstream': a route has one of the two", "routes", name, "upstreams");
        }
        if (!policiesWhole) {
            return;
        }
        List<PolicyConfig> steps = resolver.of(route).steps();
        boolean leads = route.upstream() != null || route.upstreams() != null;
        PolicyConfig answering = firstAnswering(steps);
        if (!leads && (answering == null || answering.when() != null || answering.observe())) {
            context.error(answering == null
                    ? "must have 'upstream' or 'upstreams', or a policy that answers"
                    : "must have 'upstream' or 'upstreams': '" + answering.type() + "' (" + answering.path()
                            + ") does not answer every request",
                    "routes", name);
        }
        if (leads && answering != null && answering.when() == null && !answering.observe()) {
            context.warning("nothing is ever sent there: '" + answering.type() + "' (" + answering.path()
                    + ") answers every request", "routes", name, route.upstream() != null ? "upstream" : "upstreams");
        }
        access(name, route, steps);
    }

    private static @Nullable PolicyConfig firstAnswering(List<PolicyConfig> steps) {
        PolicyConfig found = null;
        for (PolicyConfig step : steps) {
            if (step.factory() != null && step.factory().answers()) {
                if (answersAll(step)) {
                    return step;
                }
                found = found == null ? step : found;
            }
        }
        return found;
    }

    private static boolean answersAll(PolicyConfig step) {
        return step.factory() != null && step.factory().answers() && step.when() == null && !step.observe();
    }

    private void access(String name, RouteConfig route, List<PolicyConfig> steps) {
        if (config.defaultAccess() != GatewayConfig.DefaultAccess.DENY) {
            if (route.isPublic()) {
                context.warningAtKey("means nothing where 'defaultAccess' is 'open'", "routes", name, "public");
            }
            return;
        }
        boolean authenticated = false;
        boolean sometimes = false;
        for (PolicyConfig step : steps) {
            if (step.identifies() && !step.observe() && !step.isOptional()) {
                authenticated |= step.when() == null;
                sometimes |= step.when() != null;
            }
            if (answersAll(step)) {
                // Nobody is asked who they are behind an answer.
                break;
            }
        }
        if (!authenticated && !sometimes && !route.isPublic()) {
            context.error("nothing authenticates who calls, and 'defaultAccess' is 'deny': add a policy that does,"
                    + " or say 'public: true'", "routes", name);
        }
        if (!authenticated && sometimes && !route.isPublic()) {
            context.warning("who calls is authenticated only where a condition holds ('when')", "routes", name);
        }
    }

    private void positive(@Nullable Duration duration, String name, String key) {
        if (duration != null && duration.isZero()) {
            context.error("must be longer than 0s", "routes", name, "timeouts", key);
        }
    }

    private void webSocket(WebSocketConfig webSocket, String name) {
        if (webSocket.idleTimeout().isZero()) {
            context.error("must be longer than 0s", "routes", name, "websocket", "idleTimeout");
        }
        Duration ping = webSocket.pingInterval();
        if (ping != null && (ping.isZero() || ping.compareTo(webSocket.idleTimeout()) >= 0)) {
            context.error("must be longer than 0s and shorter than 'idleTimeout' ("
                    + Durations.format(webSocket.idleTimeout()) + "), within which it has to be answered", "routes",
                    name, "websocket", "pingInterval");
        }
        if (webSocket.maxLifetime() != null && webSocket.maxLifetime().isZero()) {
            context.error("must be longer than 0s", "routes", name, "websocket", "maxLifetime");
        }
        WebSocketConfig.Limits limits = webSocket.limits();
        if (limits == null) {
            return;
        }
        if (limits.maxFrame().compareTo(limits.maxMessage()) > 0 && !limits.maxFrame().isUnlimited()) {
            context.warning("never reached: a message of several frames may have '" + limits.maxMessage()
                    + "' in all ('maxMessage')", "routes", name, "websocket", "limits", "maxFrame");
        }
        if (limits.bytesPerSecond().bytes() == 0) {
            context.error("must be more than 0B", "routes", name, "websocket", "limits", "bytesPerSecond");
        }
    }

    // What it matches.

    private void match(MatchConfig match, String name, int at) {
        if (match.path() != null && match.pathRegex() != null) {
            context.errorAtKey("stands beside 'path': a match has one of the two", "routes", name, "match", at,
                    "pathRegex");
        }
        MethodChecks.run(context, match.methods(), "routes", name, "match", at, "methods");
        Set<HostPattern> hosts = new HashSet<>();
        for (int i = 0; i < match.hosts().size(); i++) {
            if (!hosts.add(match.hosts().get(i))) {
                context.error("'" + match.hosts().get(i) + "' stands there twice", "routes", name, "match", at, "hosts",
                        i);
            }
        }
        for (String cookie : match.cookies().keySet()) {
            if (!Tokens.isToken(cookie)) {
                context.errorAtKey("must be the name of a cookie (was '" + cookie + "')", "routes", name, "match", at,
                        "cookies", cookie);
            }
        }
        Set<String> headers = new HashSet<>();
        for (String header : match.headers().keySet()) {
            if (!Tokens.isToken(header)) {
                context.errorAtKey("must be the name of a header field (was '" + header + "')", "routes", name, "match",
                        at, "headers", header);
            } else if (!headers.add(header.toLowerCase(Locale.ROOT))) {
                context.errorAtKey("names a header field twice, with other case", "routes", name, "match", at,
                        "headers", header);
            }
        }
    }
}
