package io.tidegate.engine.compile;

import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.engine.exchange.Route;
import io.tidegate.engine.exchange.Router;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.worker.Workers;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compiles configurations. What did not change since the last one is used again: an upstream declared as before keeps
/// its connections.
public final class Compiler {

    private final Workers workers;
    private final AddressResolverGroup<InetSocketAddress> resolver;
    private Map<String, Upstream> upstreams = Map.of();

    /// A compiler for these event loops.
    public Compiler(Workers workers) {
        this.workers = workers;
        Class<? extends DatagramChannel> datagrams = switch (workers.transport()) {
            case IO_URING -> IoUringDatagramChannel.class;
            case EPOLL -> EpollDatagramChannel.class;
            case NIO -> NioDatagramChannel.class;
        };
        this.resolver = new DnsAddressResolverGroup(new DnsNameResolverBuilder().datagramChannelType(datagrams));
    }

    /// Compiles `config`. Not on an event loop.
    public Snapshot compile(GatewayConfig config, long revision) {
        Map<String, Upstream> next = new HashMap<>();
        config.upstreams().forEach((name, declared) -> {
            Upstream before = upstreams.get(name);
            next.put(name, before != null && before.config().equals(declared)
                    ? before
                    : new Upstream(name, declared, workers, resolver));
        });
        List<Route> routes = new ArrayList<>();
        config.routes().forEach((name, route) -> routes.add(route(name, route, next)));
        Map<String, Router> routers = new HashMap<>();
        for (String listener : config.listeners().keySet()) {
            routers.put(listener, RankedRouter.of(routes.stream()
                    .filter(route -> route.config().listeners().isEmpty()
                            || route.config().listeners().contains(listener))
                    .toList()));
        }
        Set<Upstream> gone = new HashSet<>(upstreams.values());
        gone.removeAll(next.values());
        upstreams = next;
        gone.forEach(Upstream::close);
        return new Snapshot(revision, Map.copyOf(routers));
    }

    private static Route route(String name, RouteConfig config, Map<String, Upstream> upstreams) {
        List<Upstream> targets = new ArrayList<>();
        List<Integer> shares = new ArrayList<>();
        int sum = 0;
        Map<String, Integer> declared = config.upstreams() != null
                ? config.upstreams()
                : config.upstream() != null ? Map.of(config.upstream(), 1) : Map.of();
        for (Map.Entry<String, Integer> entry : declared.entrySet()) {
            Upstream upstream = upstreams.get(entry.getKey());
            if (upstream != null && entry.getValue() > 0) {
                targets.add(upstream);
                sum += entry.getValue();
                shares.add(sum);
            }
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("route '" + name + "' leads to no upstream");
        }
        return new Route(name, config, List.copyOf(targets), List.copyOf(shares));
    }

    /// Lets go of everything.
    public void close() {
        upstreams.values().forEach(Upstream::close);
        resolver.close();
    }
}
