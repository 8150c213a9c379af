package io.tidegate.config;

import io.tidegate.api.ByteSize;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks listeners, the admin listener and endpoints: who listens where, and who sends to whom.
final class AddressChecks {

    private static final int SHORTEST_TOKEN = 16;

    // Where clouds hand out credentials to whoever asks from the machine itself.
    private static final Set<String> METADATA = Set.of("169.254.169.254", "169.254.170.2", "169.254.170.23",
            "fd00:ec2:0:0:0:0:0:254", "100.100.100.200");
    private static final Set<String> METADATA_NAMES = Set.of("metadata.google.internal", "metadata.goog",
            "instance-data", "instance-data.ec2.internal");

    private final CheckContext context;
    private final GatewayConfig config;

    // Every address that this process listens on, by port (or by the path of a Unix socket), with what it is for.
    private final Map<String, Map<String, Opened>> own = new HashMap<>();

    private record Opened(AddressConfig address, String place) {
    }

    AddressChecks(CheckContext context) {
        this.context = context;
        this.config = context.config();
    }

    void run() {
        if (context.names("listeners", config.listeners().keySet()).isEmpty()) {
            context.error("must not be empty", "listeners");
        }
        admin();
        config.listeners().forEach(this::listener);
        config.upstreams().forEach(this::upstream);
    }

    // Listeners.

    private void listener(String name, ListenerConfig listener) {
        open("listeners." + name, listener.address(), "listeners", name, "address");
        for (int i = 0; i < listener.trustedProxies().size(); i++) {
            if (listener.trustedProxies().get(i).prefix() == 0) {
                context.warning("believes everybody who says where a request comes from: name the proxies alone",
                        "listeners", name, "trustedProxies", i);
            }
        }
        if (!Tokens.isToken(listener.via())) {
            context.error("must be a token (was '" + listener.via() + "')", "listeners", name, "via");
        }
        LimitsConfig limits = listener.limits();
        bounded(limits.requestTarget(), "listeners", name, "limits", "requestTarget");
        bounded(limits.requestHead(), "listeners", name, "limits", "requestHead");
        if (limits.requestTarget().compareTo(limits.requestHead()) > 0) {
            context.error("must be at most 'requestHead', " + limits.requestHead() + " (was " + limits.requestTarget()
                    + ")", "listeners", name, "limits", "requestTarget");
        }
        if (limits.minimumRate().bytes() > 1 << 20) {
            context.error("must be at most 1MiB (was " + limits.minimumRate() + ")", "listeners", name, "limits",
                    "minimumRate");
        } else if (limits.minimumRate().bytes() == 0) {
            context.warning("bodies may drip for as long as they like", "listeners", name, "limits", "minimumRate");
        }
        ClientTimeoutsConfig timeouts = listener.timeouts();
        positive(timeouts.firstByte(), "listeners", name, "timeouts", "firstByte");
        positive(timeouts.requestHead(), "listeners", name, "timeouts", "requestHead");
        positive(timeouts.bodyIdle(), "listeners", name, "timeouts", "bodyIdle");
        positive(timeouts.writeIdle(), "listeners", name, "timeouts", "writeIdle");
        positive(timeouts.idle(), "listeners", name, "timeouts", "idle");
        positive(timeouts.connectionAge(), "listeners", name, "timeouts", "connectionAge");
    }

    private void bounded(ByteSize size, Object... path) {
        if (size.bytes() < 128 || size.bytes() > 1 << 20) {
            context.error("must be 128B to 1MiB (was " + size + ")", path);
        }
    }

    private void positive(@Nullable Duration duration, Object... path) {
        if (duration != null && duration.isZero()) {
            context.error("must be longer than 0s", path);
        }
    }

    private void open(String owner, AddressConfig address, Object... path) {
        String key = key(address.host(), address.port());
        Map<String, Opened> others = own.computeIfAbsent(key, port -> new LinkedHashMap<>());
        if (address.port() != 0) {
            for (Map.Entry<String, Opened> other : others.entrySet()) {
                Opened opened = other.getValue();
                if (overlap(opened.address(), address)) {
                    context.error("the address " + address + " is taken by " + other.getKey() + ", " + opened.address()
                            + opened.place(), path);
                    break;
                }
            }
        }
        others.put(owner,
                new Opened(address, context.declared(path) ? " (" + context.place(path) + ")" : " (default)"));
    }

    private static String key(String host, int port) {
        return port < 0 ? "unix:" + host : Integer.toString(port);
    }

    private static boolean overlap(AddressConfig one, AddressConfig other) {
        return one.isUnix() || isAny(one.host()) || isAny(other.host()) || sameHost(one.host(), other.host());
    }

    private void admin() {
        AdminConfig admin = config.admin();
        open("admin.address", admin.address(), "admin", "address");
        if (!admin.address().isUnix() && !isLoopback(admin.address().host())) {
            context.error("the admin listener has no TLS and must be on loopback: write 127.0.0.1:"
                    + admin.address().port() + ", and 'probes' for /live and /ready on an address that others reach"
                    + " (was " + admin.address() + ")", "admin", "address");
        }
        if (admin.token() != null && admin.token().length() < SHORTEST_TOKEN) {
            context.error("must have " + SHORTEST_TOKEN + " characters or more (has " + admin.token().length() + ")",
                    "admin", "token");
        }
        if (admin.probes() != null) {
            open("admin.probes", admin.probes(), "admin", "probes");
        }
    }

    // Upstreams.

    private void upstream(String name, UpstreamConfig upstream) {
        List<EndpointConfig> endpoints = upstream.endpoints();
        if (!endpoints.isEmpty() && endpoints.stream().allMatch(endpoint -> endpoint.weight() == 0)) {
            context.error("no endpoint has a weight above 0", "upstreams", name, "endpoints");
        }
        Map<EndpointUrl, Integer> seen = new HashMap<>();
        for (int i = 0; i < endpoints.size(); i++) {
            EndpointUrl url = endpoints.get(i).url();
            endpoint(url, "upstreams", name, "endpoints", i);
            Integer first = seen.putIfAbsent(url, i);
            if (first != null) {
                context.error("the endpoint " + url + " stands there twice (first at upstreams." + name + ".endpoints["
                        + first + "])", "upstreams", name, "endpoints", i);
            }
        }
        positive(upstream.timeouts().connect(), "upstreams", name, "timeouts", "connect");
        positive(upstream.timeouts().response(), "upstreams", name, "timeouts", "response");
        positive(upstream.timeouts().idle(), "upstreams", name, "timeouts", "idle");
        positive(upstream.connections().idleTimeout(), "upstreams", name, "connections", "idleTimeout");
        bounded(upstream.limits().responseHead(), "upstreams", name, "limits", "responseHead");
    }

    private void endpoint(EndpointUrl url, Object... path) {
        for (Map.Entry<String, Opened> entry : own.getOrDefault(key(url.host(), url.port()), Map.of())
                .entrySet()) {
            String listening = entry.getValue().address().host();
            boolean circle = url.isUnix() || sameHost(url.host(), listening)
                    || (isAny(listening) && (isLoopback(url.host()) || isAny(url.host())))
                    || (isAny(url.host()) && isLoopback(listening));
            if (circle && entry.getValue().address().port() != 0) {
                context.error("the endpoint " + url + " is this gateway itself (" + entry.getKey()
                        + "): requests would go round in circles", path);
            }
        }
        if (!url.isUnix() && isMetadata(url.host())) {
            context.error("the endpoint " + url
                    + " is the metadata service of the cloud, which hands out credentials: it can't be an upstream",
                    path);
        }
        if (!url.isUnix() && literal(url.host()) == null && url.host().matches("(0x[0-9a-f]*|[0-9]+)(\\..*)?")) {
            context.error("must be a host name or an address of four decimal numbers (was '" + url.host() + "')",
                    path);
        }
    }

    // Hosts. Names are never resolved here: checking a file asks nobody.

    static boolean isMetadata(String host) {
        InetAddress address = literal(host);
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return address == null ? METADATA_NAMES.contains(name) : METADATA.contains(address.getHostAddress());
    }

    private static boolean isAny(String host) {
        InetAddress address = literal(host);
        return host.isEmpty() || (address != null && address.isAnyLocalAddress());
    }

    private static boolean isLoopback(String host) {
        InetAddress address = literal(host);
        return host.equals("localhost") || host.endsWith(".localhost")
                || (address != null && address.isLoopbackAddress());
    }

    private static boolean sameHost(String one, String other) {
        InetAddress first = literal(one);
        InetAddress second = literal(other);
        if (first != null && second != null) {
            return first.equals(second);
        }
        return one.equals(other) || (one.equals("localhost") && isLoopback(other))
                || (other.equals("localhost") && isLoopback(one));
    }

    private static @Nullable InetAddress literal(String host) {
        boolean literal = host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")
                || (host.indexOf(':') >= 0 && host.matches("[0-9a-fA-F:.]+"));
        try {
            return literal ? InetAddress.ofLiteral(host) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
