package io.tidegate.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.api.Fault;
import io.tidegate.config.EffectivePolicies;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.RetryConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.RouteRetryConfig;
import io.tidegate.config.ShareConfig;
import io.tidegate.config.TcpConfig;
import io.tidegate.config.TlsPassthroughConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.Explanation.Candidate;
import io.tidegate.engine.Explanation.Limit;
import io.tidegate.engine.Explanation.Target;
import io.tidegate.engine.Explanation.Understood;
import io.tidegate.engine.discovery.Knowledge;
import io.tidegate.engine.exchange.OwnFields;
import io.tidegate.engine.exchange.Route;
import io.tidegate.engine.overload.Importance;
import io.tidegate.engine.route.HeadInput;
import io.tidegate.engine.route.RouteMatch;
import io.tidegate.engine.route.RouteTable;
import io.tidegate.engine.route.RouteTrace;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.RequestParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Tells what a configuration would do with a request, without sending anything.
public final class Explainer {

    private final GatewayConfig config;
    private final Map<String, Knowledge> found;

    /// Explains by `config`, whether it runs or not.
    public Explainer(GatewayConfig config) {
        this(config, Map.of());
    }

    /// The same where it runs.
    ///
    /// @param found
    ///            what is known of endpoints that are not declared, by name of the upstream
    public Explainer(GatewayConfig config, Map<String, Knowledge> found) {
        this.config = config;
        this.found = found;
    }

    /// Explains a request.
    ///
    /// @param method
    ///            its method
    /// @param url
    ///            its absolute URL; or a path, for a request to no host in particular
    /// @param headers
    ///            its further header fields, as `name: value`
    /// @param listener
    ///            the listener that it comes in on; null for the first one whose port is the URL's, or the first
    /// @throws IllegalArgumentException
    ///             if there can be no such request, or no such listener; the message is for the one who asked
    public Explanation explain(String method, String url, List<String> headers, @Nullable String listener) {
        Url parsed = Url.of(url);
        String name = listener == null ? listenerOf(parsed) : listener;
        ListenerConfig on = config.listeners().get(name);
        if (on == null) {
            throw new IllegalArgumentException("no listener is named '" + name + "'");
        }
        if (on.isRelay()) {
            return relayed(name, on, method, parsed);
        }
        RequestHead head = new RequestHead();
        head.reset();
        Fault refused = read(head, on, text(method, parsed, headers));
        if (refused != null) {
            return new Explanation(understood(name, method, parsed, head), "rejected", refused.code(), null, List.of(),
                    List.of(), List.of(), List.of(), Map.of(), Map.of(), Map.of(), Map.of(),
                    null, List.of());
        }
        new OwnFields(config.ownHeaders()).strip(head);
        return explain(name, method, parsed, head);
    }

    /// The parts of a URL as they were written: what is wrong with them is for the parser of requests to say.
    private record Url(int port, String authority, String target) {

        static Url of(String text) {
            String rest = text;
            int port = 0;
            String authority = "";
            int scheme = text.indexOf("://");
            if (scheme > 0) {
                port = text.startsWith("https") ? 443 : 80;
                rest = text.substring(scheme + 3);
                int end = 0;
                while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
                    end++;
                }
                authority = rest.substring(0, end);
                rest = rest.substring(end);
                int colon = authority.lastIndexOf(':');
                if (colon >= 0 && authority.substring(colon + 1).matches("[0-9]{1,5}")) {
                    port = Integer.parseInt(authority.substring(colon + 1));
                }
            } else if (!text.startsWith("/")) {
                throw new IllegalArgumentException(
                        "must be a URL such as https://api.example.com/orders/1, or a path (was '" + text + "')");
            }
            int fragment = rest.indexOf('#');
            String target = fragment < 0 ? rest : rest.substring(0, fragment);
            return new Url(port, authority, target.startsWith("/") ? target : "/" + target);
        }

        /// In lower case, without a port.
        String host() {
            int end = authority.endsWith("]") ? -1 : authority.lastIndexOf(':');
            return (end < 0 ? authority : authority.substring(0, end)).toLowerCase(Locale.ROOT);
        }

        String path() {
            int question = target.indexOf('?');
            return question < 0 ? target : target.substring(0, question);
        }

        @Nullable
        String query() {
            int question = target.indexOf('?');
            return question < 0 ? null : target.substring(question + 1);
        }
    }

    private String listenerOf(Url url) {
        for (Map.Entry<String, ListenerConfig> entry : config.listeners().entrySet()) {
            if (entry.getValue().address().port() == url.port()) {
                return entry.getKey();
            }
        }
        return config.listeners().keySet().stream().findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the configuration has no listener"));
    }

    private static String text(String method, Url url, List<String> headers) {
        StringBuilder text = new StringBuilder(method).append(' ').append(url.target()).append(" HTTP/1.1\r\n");
        boolean host = headers.stream().anyMatch(field -> field.regionMatches(true, 0, "host:", 0, 5));
        if (!host) {
            text.append("Host: ").append(url.authority().isEmpty() ? "localhost" : url.authority()).append("\r\n");
        }
        for (String field : headers) {
            if (field.indexOf(':') < 1 || field.chars().anyMatch(c -> c == '\r' || c == '\n')) {
                throw new IllegalArgumentException("a header must be written 'name: value' (was '" + field + "')");
            }
            text.append(field).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /// On a listener that relays bytes, nobody looks at requests; what the URL names is looked for by TLS, if at all.
    private Explanation relayed(String listener, ListenerConfig on, String method, Url url) {
        Understood understood = new Understood(listener, method, url.host(), url.path(), url.query());
        TcpConfig tcp = on.tcp();
        TlsPassthroughConfig passthrough = on.tlsPassthrough();
        String upstream = tcp != null ? tcp.upstream() : passthrough == null ? null : passthrough.upstream(url.host());
        return new Explanation(understood, "relayed", null, null, List.of(), List.of(), List.of(),
                upstream == null
                        ? List.of()
                        : targets(Map.of(upstream, ShareConfig.of(1)), null, null,
                                name -> HealthText.of(config.upstreams().get(name))),
                Map.of(), Map.of(), Map.of(), Map.of(), null, List.of());
    }

    private static @Nullable Fault read(RequestHead head, ListenerConfig on, String text) {
        RequestParser parser = new RequestParser((int) Math.min(on.limits().requestTarget().bytes(), 1 << 20),
                (int) Math.min(on.limits().requestHead().bytes(), 1 << 20), on.limits().requestFields());
        ByteBuf bytes = Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
        if (parser.read(head, bytes)) {
            return null;
        }
        return head.fault() == null ? Fault.PARSE_REQLINE : head.fault();
    }

    private static Understood understood(String listener, String method, Url url, RequestHead head) {
        boolean read = head.isComplete();
        String host = read ? Ascii.text(head.hostBytes(), head.hostStart(), head.hostEnd()) : url.authority();
        return new Understood(listener, method, host, read ? head.path() : url.path(), url.query());
    }

    private Explanation explain(String listener, String method, Url url, RequestHead head) {
        Understood understood = understood(listener, method, url, head);
        RouteTable.Builder<String> builder = RouteTable.builder();
        config.routes().forEach((name, route) -> {
            if (route.listeners().isEmpty() || route.listeners().contains(listener)) {
                builder.add(name, name, route);
            }
        });
        RouteTable<String> table = builder.build();
        HeadInput input = new HeadInput(head);
        RouteTrace trace = table.explain(input);
        List<Candidate> rivals = trace.rivals().stream()
                .map(rival -> new Candidate(rival.route(), rival.match(), rival.won(), rival.reason())).toList();
        RouteMatch<String> match = table.match(input, new RouteMatch<>());
        return switch (match.outcome()) {
            case NO_ROUTE -> without(understood, "noRoute", Fault.NO_ROUTE, rivals);
            case METHOD_NOT_ALLOWED -> without(understood, "methodNotAllowed", Fault.METHOD_NOT_ALLOWED, rivals);
            case REDIRECT_SLASH -> found(understood, "redirectSlash", match.route(), head, rivals);
            case FOUND -> found(understood, "found", match.route(), head, rivals);
        };
    }

    private static Explanation without(Understood understood, String outcome, Fault fault, List<Candidate> rivals) {
        return new Explanation(understood, outcome, fault.code(), null, rivals, List.of(), List.of(), List.of(),
                Map.of(), Map.of(), Map.of(), Map.of(),
                null, List.of());
    }

    private Explanation found(Understood understood, String outcome, String name, RequestHead head,
            List<Candidate> rivals) {
        RouteConfig route = config.routes().get(name);
        if (route == null) {
            throw new IllegalStateException("route " + name + " is gone");
        }
        Fault ambiguous = Route.ambiguity(route, head);
        EffectivePolicies policies = EffectivePolicies.of(config, route);
        return new Explanation(understood, outcome, ambiguous == null ? null : ambiguous.code(), name, rivals,
                policies.steps(), policies.dropped(),
                targets(route.targets(), route, head, upstream -> HealthText.of(upstream, config, name, route)),
                timeouts(name, route), retry(name, route), HedgeText.of(name, route.hedge()),
                MirrorText.of(name, route.mirror()), word(route.criticality()),
                byConsumer(route, policies.steps()));
    }

    private List<String> byConsumer(RouteConfig route, List<PolicyConfig> policies) {
        Importance importance = Importance.of(route, policies, Importance.Declared.of(config.consumers()));
        return importance == null ? List.of() : importance.others().stream().map(Explainer::word).toList();
    }

    private static String word(RouteConfig.Criticality criticality) {
        return criticality.name().toLowerCase(Locale.ROOT);
    }

    private List<Target> targets(Map<String, ShareConfig> shares, @Nullable RouteConfig of, @Nullable RequestHead head,
            Function<String, Map<String, String>> health) {
        double sum = shares.values().stream().mapToInt(ShareConfig::share).sum();
        boolean identified = of != null && of.identifies(new EffectivePolicies.Resolver(config));
        String side = of == null || head == null ? null : SplitText.side(of, head);
        List<Target> targets = new ArrayList<>();
        shares.forEach((name, share) -> {
            UpstreamConfig upstream = config.upstreams().get(name);
            if (upstream != null) {
                Knowledge known = found.get(name);
                List<String> endpoints = DiscoveryText.endpoints(upstream, known == null ? null : known.endpoints());
                Map<String, String> settings = new LinkedHashMap<>(health.apply(name));
                settings.putAll(BalanceText.of(upstream, config.gateway()));
                if (of != null && of.splitBy() != null) {
                    settings.put("splitBy", SplitText.of(of.splitBy())
                            + (name.equals(side) ? "; this request, as it comes in, belongs here" : ""));
                }
                targets.add(new Target(name, share.share() * 100 / sum,
                        share.when() == null ? null : share.when().source(),
                        BalanceText.method(upstream.loadBalancing(), identified), endpoints, settings));
            }
        });
        return targets;
    }

    private Map<String, Limit> timeouts(String name, RouteConfig route) {
        Map<String, Limit> limits = new LinkedHashMap<>();
        String own = "routes." + name + ".timeouts.";
        limits.put("request", limit(route.timeouts().request(), own + "request"));
        limits.put("perTry", limit(route.timeouts().perTry(), own + "perTry"));
        if (route.timeouts().header() != null) {
            limits.put("header", new Limit(route.timeouts().header(), own + "header"));
        }
        String target = route.targets().keySet().stream().findFirst().orElse(null);
        UpstreamConfig upstream = target == null ? null : config.upstreams().get(target);
        if (upstream != null) {
            String theirs = "upstreams." + target + ".timeouts.";
            limits.put("connect", limit(upstream.timeouts().connect(), theirs + "connect"));
            Duration response = route.timeouts().response();
            limits.put("response", route.streaming()
                    ? new Limit("none", "routes." + name + ".streaming")
                    : response == null
                            ? limit(upstream.timeouts().response(), theirs + "response")
                            : limit(response, own + "response"));
            Duration idle = route.timeouts().idle();
            limits.put("idle",
                    idle == null ? limit(upstream.timeouts().idle(), theirs + "idle") : limit(idle, own + "idle"));
        }
        return limits;
    }

    private Map<String, Limit> retry(String name, RouteConfig route) {
        String target = route.targets().keySet().stream().findFirst().orElse(null);
        UpstreamConfig upstream = target == null ? null : config.upstreams().get(target);
        if (upstream == null) {
            return Map.of();
        }
        RouteRetryConfig own = route.retry();
        RetryConfig shown = own == null ? upstream.retry() : own.over(upstream.retry());
        String ours = "routes." + name + ".retry.";
        String theirs = "upstreams." + target + ".retry.";
        boolean attempts = own != null && own.attempts() != null;
        boolean on = own != null && own.on() != null;
        boolean budget = own != null && own.budget() != null;
        String backoff = (own != null && own.backoff() != null ? ours : theirs) + "backoff.";
        boolean field = own != null && own.attemptHeader() != null;
        Map<String, Limit> values = new LinkedHashMap<>();
        values.put("attempts", new Limit(Integer.toString(shown.attempts()), (attempts ? ours : theirs) + "attempts"));
        values.put("on", new Limit(shown.on().isEmpty() ? "none" : shown.words(), (on ? ours : theirs) + "on"));
        values.put("budget", new Limit(shown.budget().toString(), (budget ? ours : theirs) + "budget"));
        values.put("base", limit(shown.backoff().base(), backoff + "base"));
        values.put("max", limit(shown.backoff().max(), backoff + "max"));
        values.put("header", new Limit(shown.attemptHeader() == null ? "none" : shown.attemptHeader(),
                (field ? ours : theirs) + "attemptHeader"));
        return values;
    }

    private static Limit limit(@Nullable Duration duration, String origin) {
        if (duration == null) {
            return new Limit("none", origin);
        }
        long millis = duration.toMillis();
        return new Limit(millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms", origin);
    }
}
