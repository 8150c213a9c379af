package io.tidegate.engine.compile;

import io.tidegate.config.AcmeConfig;
import io.tidegate.config.AltSvcConfig;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.HttpsRedirectConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.engine.exchange.Answers;
import io.tidegate.engine.exchange.HttpChallenges;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Route;
import io.tidegate.engine.exchange.Telemetry;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.route.RouteTable;
import io.tidegate.engine.tls.QuicLibrary;
import io.tidegate.engine.tls.TlsHosts;
import io.tidegate.engine.wire.RequestParser;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compiles what is served on each listener.
final class ListenerCompiler {

    /// Bound of what a head may be configured to: index arrays hold offsets of it.
    private static final long MOST_BYTES = 1L << 20;
    private static final int HTTPS_PORT = 443;

    private final GatewayConfig config;
    private final Map<String, Route> routes;
    private final Map<String, TlsHosts> hosts;
    private final StreamCompiler streams;
    private final Telemetry telemetry;
    private final Answers answers;
    private final @Nullable HttpChallenges challenges;
    private final Map<Set<String>, RouteTable<Route>> tables = new HashMap<>();

    ListenerCompiler(GatewayConfig config, Map<String, Route> routes, Map<String, TlsHosts> hosts,
            StreamCompiler streams, Telemetry telemetry, HttpChallenges challenges) {
        this.config = config;
        this.routes = routes;
        this.hosts = hosts;
        this.streams = streams;
        this.telemetry = telemetry;
        this.answers = new Answers(config.errorResponses());
        this.challenges = config.listeners().values().stream().anyMatch(ListenerCompiler::isProvenByHttp)
                ? challenges
                : null;
    }

    private static boolean isProvenByHttp(ListenerConfig listener) {
        AcmeConfig acme = listener.tls() == null ? null : listener.tls().acme();
        return acme != null && acme.challenge() == AcmeConfig.Challenge.HTTP_01;
    }

    /// Compiles all of them, by slot.
    @Nullable
    ListenerSnapshot[] compile(Map<String, Compiler.Socket> sockets) {
        int most = sockets.values().stream().mapToInt(Compiler.Socket::slot).max().orElse(-1);
        @Nullable
        ListenerSnapshot[] listeners = new @Nullable ListenerSnapshot[most + 1];
        config.listeners().forEach((name, declared) -> {
            Compiler.Socket socket = sockets.get(name);
            if (socket != null) {
                // Listeners that serve the same routes share one table.
                Map<String, Route> served = served(name);
                RouteTable<Route> table = tables.computeIfAbsent(served.keySet(), names -> table(served));
                listeners[socket.slot()] = new ListenerSnapshot(name, LogLabel.of(name), declared, parser(declared),
                        table, answers, telemetry, hosts.get(name), httpsPort(declared, sockets),
                        altSvc(declared, socket.port()), declared.tls() == null ? challenges : null,
                        streams.compile(name, declared));
            }
        });
        return listeners;
    }

    private static String altSvc(ListenerConfig declared, int port) {
        AltSvcConfig told = declared.altSvc();
        if (!declared.speaksHttp3() || told.maxAge().isZero() || !QuicLibrary.isAvailable()) {
            return "";
        }
        Integer reached = told.port();
        return "h3=\":" + (reached == null ? port : reached) + "\"; ma=" + told.maxAge().toSeconds();
    }

    private int httpsPort(ListenerConfig declared, Map<String, Compiler.Socket> sockets) {
        HttpsRedirectConfig redirect = declared.redirectToHttps();
        if (redirect == null || !redirect.enabled()) {
            return 0;
        }
        if (redirect.port() != null) {
            return redirect.port();
        }
        for (Map.Entry<String, ListenerConfig> other : config.listeners().entrySet()) {
            Compiler.Socket socket = sockets.get(other.getKey());
            if (other.getValue().tls() != null && !other.getValue().isRelay() && socket != null && socket.port() > 0) {
                return socket.port();
            }
        }
        return HTTPS_PORT;
    }

    private static RouteTable<Route> table(Map<String, Route> routes) {
        RouteTable.Builder<Route> builder = RouteTable.builder();
        routes.forEach((name, route) -> builder.add(route, name, route.config()));
        return builder.build();
    }

    private Map<String, Route> served(String listener) {
        Map<String, Route> served = new LinkedHashMap<>();
        ListenerConfig declared = config.listeners().get(listener);
        if (declared != null && declared.isRelay()) {
            return served;
        }
        routes.forEach((name, route) -> {
            List<String> on = route.config().listeners();
            if (on.isEmpty() || on.contains(listener)) {
                served.put(name, route);
            }
        });
        return served;
    }

    private static RequestParser parser(ListenerConfig listener) {
        return new RequestParser((int) Math.min(listener.limits().requestTarget().bytes(), MOST_BYTES),
                (int) Math.min(listener.limits().requestHead().bytes(), MOST_BYTES),
                listener.limits().requestFields());
    }
}
