package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Checks listeners that relay bytes, upstreams that bytes are relayed to, and the PROXY protocol on both sides.
final class RelayChecks {

    private static final List<String> HTTP_LIMITS = List.of("requestTarget", "requestHead", "requestFields",
            "requestsPerConnection", "minimumRate");
    private static final List<String> HTTP_TIMEOUTS = List.of("requestHead", "bodyIdle", "writeIdle", "idle",
            "connectionAge");

    private final CheckContext context;
    private final GatewayConfig config;
    private final Set<String> upstreams;

    RelayChecks(CheckContext context) {
        this.context = context;
        this.config = context.config();
        this.upstreams = context.names("upstreams", config.upstreams().keySet());
    }

    void run() {
        config.listeners().forEach(this::listener);
        config.upstreams().forEach(this::upstream);
        config.routes().forEach(this::route);
    }

    // Listeners.

    private void listener(String name, ListenerConfig listener) {
        if (listener.proxyProtocol() && listener.trustedProxies().isEmpty()) {
            context.error("needs 'trustedProxies': the networks of the proxies that say who the client is", "listeners",
                    name, "proxyProtocol");
        }
        if (!listener.isRelay()) {
            return;
        }
        if (listener.tcp() != null && listener.tlsPassthrough() != null) {
            context.errorAtKey("stands beside 'tcp': a listener has one of the two", "listeners", name,
                    "tlsPassthrough");
        }
        withoutEffect(name, listener);
        if (listener.tcp() != null) {
            target(name, listener.tcp().upstream(), false, "listeners", name, "tcp", "upstream");
            if (listener.tcp().idleTimeout().isZero()) {
                context.error("must be longer than 0s", "listeners", name, "tcp", "idleTimeout");
            }
        }
        if (listener.tlsPassthrough() != null) {
            passthrough(name, listener.tlsPassthrough());
        }
    }

    /// What is said of HTTP where none is served.
    private void withoutEffect(String name, ListenerConfig listener) {
        String why = "has no effect beside '" + (listener.tcp() != null ? "tcp" : "tlsPassthrough")
                + "': no HTTP is served there";
        Object[] at = {"listeners", name};
        unchanged(listener, why, List.of("protocols", "redirectToHttps", "via"), at);
        unchanged(listener.altSvc(), why, List.of("port", "maxAge"), below(at, "altSvc"));
        unchanged(listener.limits(), why, HTTP_LIMITS, below(at, "limits"));
        unchanged(listener.timeouts(), why, HTTP_TIMEOUTS, below(at, "timeouts"));
        if (listener.tlsPassthrough() != null && listener.tls() != null) {
            context.errorAtKey("has no effect beside 'tlsPassthrough', which decrypts nothing: write 'tcp' instead of"
                    + " that to end TLS here", "listeners", name, "tls");
        }
    }

    private void passthrough(String name, TlsPassthroughConfig declared) {
        Object[] at = {"listeners", name, "tlsPassthrough"};
        if (declared.routes().isEmpty()) {
            context.error("must not be empty", below(at, "routes"));
        }
        declared.routes().forEach((host, upstream) -> {
            Object[] route = below(at, "routes", host);
            if (!host.matches("(\\*\\.)?" + TlsChecks.HOST) || host.length() > 255) {
                context.errorAtKey("must be a host name in lower case, such as api.example.com or *.example.com (was '"
                        + host + "')", route);
            }
            target(name, upstream, true, route);
        });
        if (declared.otherwise() != null) {
            target(name, declared.otherwise(), true, below(at, "otherwise"));
        }
        if (declared.idleTimeout().isZero()) {
            context.error("must be longer than 0s", below(at, "idleTimeout"));
        }
    }

    /// An upstream that a listener relays to.
    private void target(String listener, String name, boolean asItComes, Object... path) {
        if (!upstreams.contains(name)) {
            context.dangling("upstream", name, upstreams, path);
            return;
        }
        UpstreamConfig upstream = config.upstreams().get(name);
        if (upstream == null) {
            return;
        }
        if (upstream.discovery() != null && !upstream.isRelayed()) {
            context.error("listener '" + listener + "' relays bytes to it: write 'scheme: tcp'" + (asItComes
                    ? ""
                    : ", or 'scheme: tls'"), "upstreams", name, "discovery");
        } else if (upstream.discovery() != null && asItComes && upstream.foundScheme().secure()) {
            context.error("listener '" + listener + "' hands TLS on as it comes, and would encrypt it twice: write"
                    + " 'scheme: tcp'", "upstreams", name, "discovery");
        }
        for (int i = 0; i < upstream.endpoints().size(); i++) {
            EndpointUrl url = upstream.endpoints().get(i).url();
            Object[] at = {"upstreams", name, "endpoints", i};
            if (!url.speaksBytes()) {
                context.error("listener '" + listener + "' relays bytes to it: write "
                        + (url.secure() && !asItComes ? "tls://" : "tcp://") + url.authority() + " (was '" + url + "')",
                        at);
            } else if (asItComes && url.secure()) {
                context.error("listener '" + listener + "' hands TLS on as it comes, and would encrypt it twice: write"
                        + " tcp://" + url.authority() + " (was '" + url + "')", at);
            }
        }
    }

    // Upstreams.

    private void upstream(String name, UpstreamConfig upstream) {
        if (upstream.isRelayed()) {
            for (int i = 0; i < upstream.endpoints().size(); i++) {
                EndpointUrl url = upstream.endpoints().get(i).url();
                if (!url.speaksBytes()) {
                    context.error("is for HTTP, and others of this upstream are not: an upstream is for one of the two"
                            + " (was '" + url + "')", "upstreams", name, "endpoints", i);
                }
            }
            String why = "has no effect where endpoints are tcp:// or tls://: no HTTP is spoken there";
            Object[] at = {"upstreams", name};
            unchanged(upstream, why, List.of("protocol"), at);
            unchanged(upstream.limits(), why, List.of("responseHead", "responseFields", "interimResponses"),
                    below(at, "limits"));
            unchanged(upstream.timeouts(), why, List.of("response", "idle"), below(at, "timeouts"));
            unchanged(upstream.connections(), why, List.of("idleTimeout", "maxWait"), below(at, "connections"));
        } else if (upstream.proxyProtocol() != UpstreamConfig.ProxyProtocol.OFF
                && upstream.protocol() != ProtocolConfig.HTTP1) {
            context.error("needs 'protocol: http/1.1': a connection of HTTP/2 carries requests of many clients",
                    "upstreams", name, "proxyProtocol");
        }
    }

    /// Reports those keys that have another value than by default.
    private void unchanged(Record declared, String why, List<String> keys, Object... at) {
        for (RecordComponent component : declared.getClass().getRecordComponents()) {
            if (keys.contains(component.getName()) && !isDefault(declared, component)) {
                context.errorAtKey(why, below(at, component.getName()));
            }
        }
    }

    private static boolean isDefault(Record declared, RecordComponent component) {
        Default byDefault = component.getAnnotation(Default.class);
        Object value;
        try {
            value = component.getAccessor().invoke(declared);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a component of a record can be read", e);
        }
        if (byDefault == null) {
            return value == null;
        }
        return switch (value) {
            case Duration duration -> duration.equals(Durations.parse(byDefault.value()));
            case ByteSize size -> size.equals(ByteSize.parse(byDefault.value()));
            case Enum<?> word -> Shapes.word(word).equals(byDefault.value());
            default -> String.valueOf(value).equals(byDefault.value());
        };
    }

    // Routes.

    private void route(String name, RouteConfig route) {
        for (int i = 0; i < route.listeners().size(); i++) {
            ListenerConfig listener = config.listeners().get(route.listeners().get(i));
            if (listener != null && listener.isRelay()) {
                context.error("no route is looked at on listener '" + route.listeners().get(i) + "', which relays bytes"
                        + " ('" + (listener.tcp() != null ? "tcp" : "tlsPassthrough") + "')", "routes", name,
                        "listeners", i);
            }
        }
        if (route.upstream() != null) {
            speaksHttp(route.upstream(), "routes", name, "upstream");
        }
        if (route.upstreams() != null) {
            route.upstreams().keySet().forEach(upstream -> speaksHttp(upstream, "routes", name, "upstreams", upstream));
        }
    }

    private void speaksHttp(String name, Object... path) {
        UpstreamConfig upstream = config.upstreams().get(name);
        if (upstream != null && upstream.isRelayed()) {
            context.error("upstream '" + name + "' is not for HTTP: write http:// or https:// for its endpoints, or"
                    + " relay to it by a listener with 'tcp'", path);
        }
    }
}
