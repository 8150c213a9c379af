package io.tidegate.config;

import io.tidegate.api.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Finds what is wrong between the parts of a configuration, each of which is right by itself.
final class Checks {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
    private static final int LONGEST_NAME = 63;

    private final CheckContext context;
    private final GatewayConfig config;

    Checks(CheckContext context) {
        this.context = context;
        this.config = context.config();
    }

    /// Adds what it finds to the problems.
    void run() {
        names("listeners", config.listeners());
        names("upstreams", config.upstreams());
        names("routes", config.routes());
        names("policySets", config.policySets());
        names("consumers", config.consumers());
        new ConsumerChecks(context).run();
        new AddressChecks(context).run();
        new DiscoveryChecks(context).run();
        new TlsChecks(context).run();
        new ServiceTlsChecks(context).run();
        new RelayChecks(context).run();
        new HealthChecks(context).run();
        new BalanceChecks(context).run();
        new ServiceLimitChecks(context).run();
        EffectivePolicies.Resolver resolver = new PolicyChecks(context).run();
        new RouteChecks(context, resolver).run();
        new CallerKeyChecks(context, resolver).run();
        new GrpcChecks(context).run();
        new RetryChecks(context).run();
        new MirrorChecks(context).run();
        new HedgeChecks(context).run();
        new AmbiguityCheck(context).run();
        new OverloadChecks(context).run();
        errorResponses();
        telemetry();
        // A part that could not be read uses nothing: only a whole configuration can say what is unused.
        if (!context.problems().hasErrors()) {
            unused();
        }
    }

    private void names(String key, Map<String, ?> byDefault) {
        for (String name : context.names(key, byDefault.keySet())) {
            if (name.length() > LONGEST_NAME) {
                context.errorAtKey("a name may have at most " + LONGEST_NAME + " characters (has " + name.length()
                        + ")", key, name);
            } else if (!NAME.matcher(name).matches()) {
                context.errorAtKey("a name is made of a-z, 0-9, '-' and '.', and begins and ends with a letter or a"
                        + " digit (was '" + name + "')", key, name);
            }
        }
    }

    private void errorResponses() {
        Set<String> codes = new TreeSet<>();
        Fault.all().forEach(fault -> codes.add(fault.code()));
        for (String key : config.errorResponses().keySet()) {
            if (codes.contains(key) || key.matches("[45](xx|[0-9]{2})")) {
                continue;
            }
            String hint = context.nearest().hint(key, codes);
            if (key.matches("[a-zA-Z0-9_]+(\\.[a-zA-Z0-9_]+)+") && hint.isEmpty()) {
                context.warningAtKey("the gateway itself has no fault of this code", "errorResponses", key);
            } else {
                context.errorAtKey("must be a status (404), a class (4xx, 5xx) or the code of a fault" + hint,
                        "errorResponses", key);
            }
        }
    }

    private void telemetry() {
        String path = config.telemetry().metrics().path();
        if (!path.matches("/[!-~&&[^?#%]]*") || Set.of("/", "/live", "/ready").contains(path)) {
            context.error("must be a path of its own that begins with a slash (was '" + path + "')", "telemetry",
                    "metrics", "path");
        }
        String to = config.telemetry().accessLog().to();
        List<String> words = List.of("none", "stdout", "stderr");
        if (!words.contains(to)) {
            String hint = context.nearest().hint(to, words);
            if (to.isEmpty() || !hint.isEmpty()) {
                context.error("must be none, stdout, stderr or a file (was '" + to + "')" + hint, "telemetry",
                        "accessLog", "to");
            }
        }
        if (config.telemetry().accessLog().buffer().bytes() > 1L << 30) {
            context.error("must be at most 1GiB (was " + config.telemetry().accessLog().buffer() + ")", "telemetry",
                    "accessLog", "buffer");
        }
        if (config.telemetry().log().level() == TelemetryConfig.Log.Level.DEBUG) {
            context.warning("'debug' writes much, and more of each request than logs should hold in production",
                    "telemetry", "log", "level");
        }
    }

    private void unused() {
        Set<String> upstreams = new HashSet<>();
        Set<String> sets = new HashSet<>();
        config.policies().forEach(policy -> sets.add(String.valueOf(policy.use())));
        config.policySets().values()
                .forEach(list -> list.forEach(policy -> sets.add(String.valueOf(policy.use()))));
        for (RouteConfig route : config.routes().values()) {
            upstreams.addAll(route.targets().keySet());
            if (route.mirror() != null) {
                upstreams.add(route.mirror().upstream());
            }
            route.policies().forEach(policy -> sets.add(String.valueOf(policy.use())));
        }
        config.listeners().values().forEach(listener -> upstreams.addAll(relayedTo(listener)));
        config.upstreams().values().forEach(upstream -> upstreams.add(String.valueOf(upstream.fallback())));
        for (String name : config.upstreams().keySet()) {
            if (!upstreams.contains(name)) {
                context.warningAtKey("no route leads to this upstream", "upstreams", name);
            }
        }
        for (String name : config.policySets().keySet()) {
            if (!sets.contains(name)) {
                context.warningAtKey("no list of policies uses this set", "policySets", name);
            }
        }
        boolean http = config.listeners().values().stream().anyMatch(listener -> !listener.isRelay());
        if (http && config.routes().isEmpty()) {
            context.warning("there is no route: every request is answered 404", "routes");
        } else if (!http && !config.routes().isEmpty()) {
            context.warning("no listener serves them: all relay bytes", "routes");
        }
    }

    private static List<String> relayedTo(ListenerConfig listener) {
        List<String> upstreams = new ArrayList<>();
        if (listener.tcp() != null) {
            upstreams.add(listener.tcp().upstream());
        }
        TlsPassthroughConfig passthrough = listener.tlsPassthrough();
        if (passthrough != null) {
            upstreams.addAll(passthrough.routes().values());
            if (passthrough.otherwise() != null) {
                upstreams.add(passthrough.otherwise());
            }
        }
        return upstreams;
    }
}
