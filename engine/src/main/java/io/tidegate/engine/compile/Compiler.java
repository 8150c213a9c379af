package io.tidegate.engine.compile;

import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.Problem;
import io.tidegate.config.RouteConfig;
import io.tidegate.engine.chain.Step;
import io.tidegate.engine.exchange.Answers;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Route;
import io.tidegate.engine.exchange.Router;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.wire.RequestParser;
import io.tidegate.engine.worker.Workers;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compiles configurations, off the event loops. What did not change since the last one is used again: an upstream
/// declared as before keeps its connections and its counts.
public final class Compiler implements AutoCloseable {

    /// Bound of what a head may be configured to: index arrays hold offsets of it.
    private static final long MOST_BYTES = 1L << 20;

    private final Workers workers;
    private final AddressResolverGroup<InetSocketAddress> resolver;
    private final SharedValues shared = new SharedValues();
    private Map<String, Upstream> upstreams = Map.of();
    private @Nullable Compiled running;

    /// What a configuration was compiled to.
    ///
    /// @param snapshot
    ///            what exchanges run against
    /// @param upstreams
    ///            by name
    /// @param steps
    ///            policies by path
    public record Compiled(Snapshot snapshot, Map<String, Upstream> upstreams, Map<String, Step> steps,
            Runnable closePolicies) {
    }

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

    /// Compiles `config`. Nothing that runs is touched before [#commit].
    ///
    /// @param slots
    ///            where each listener stands in the snapshot, by name
    /// @throws CompileException
    ///             where it can't be compiled; nothing is left behind then
    public Compiled compile(GatewayConfig config, long revision, Map<String, Integer> slots) throws CompileException {
        List<Problem> problems = new ArrayList<>();
        Map<String, Upstream> next = new HashMap<>();
        config.upstreams().forEach((name, declared) -> {
            Upstream before = upstreams.get(name);
            next.put(name, before != null && before.config().equals(declared)
                    ? before
                    : new Upstream(name, declared, workers, resolver));
        });
        StepCompiler steps = new StepCompiler(shared, problems);
        Map<String, Route> routes = new LinkedHashMap<>();
        Effective effective = new Effective(config);
        config.routes().forEach((name, route) -> routes.put(name,
                route(name, route, next, steps.compile(effective.of(route)))));
        if (!problems.isEmpty()) {
            steps.close();
            next.values().stream().filter(upstream -> !upstreams.containsValue(upstream)).forEach(Upstream::close);
            throw new CompileException(problems);
        }
        Snapshot snapshot = new Snapshot(revision, listeners(config, routes, slots), workers.all());
        return new Compiled(snapshot, Map.copyOf(next), steps.all(), steps::close);
    }

    private static final class Effective {
        private final GatewayConfig config;

        Effective(GatewayConfig config) {
            this.config = config;
        }

        List<PolicyConfig> of(RouteConfig route) {
            List<PolicyConfig> all = new ArrayList<>(config.policies());
            all.addAll(route.policies());
            return all;
        }
    }

    /// Takes what was compiled for what runs from now on.
    ///
    /// @return closes what the configuration before had for itself; to be run when its last exchange is over
    public Runnable commit(Compiled compiled) {
        Compiled before = running;
        running = compiled;
        Set<Upstream> gone = new HashSet<>(upstreams.values());
        gone.removeAll(compiled.upstreams().values());
        upstreams = compiled.upstreams();
        return () -> {
            gone.forEach(Upstream::close);
            if (before != null) {
                before.closePolicies().run();
            }
        };
    }

    private static @Nullable ListenerSnapshot[] listeners(GatewayConfig config, Map<String, Route> routes,
            Map<String, Integer> slots) {
        int most = slots.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        @Nullable
        ListenerSnapshot[] listeners = new @Nullable ListenerSnapshot[most + 1];
        Answers answers = new Answers(config.errorResponses());
        Map<Set<String>, Router> routers = new HashMap<>();
        config.listeners().forEach((name, declared) -> {
            Integer slot = slots.get(name);
            if (slot != null) {
                // Listeners that serve the same routes share one table.
                Map<String, Route> served = served(name, routes);
                Router router = routers.computeIfAbsent(served.keySet(),
                        names -> RankedRouter.of(List.copyOf(served.values())));
                listeners[slot] = new ListenerSnapshot(name, declared, parser(declared), router, answers);
            }
        });
        return listeners;
    }

    private static Map<String, Route> served(String listener, Map<String, Route> routes) {
        Map<String, Route> served = new LinkedHashMap<>();
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

    private static Route route(String name, RouteConfig config, Map<String, Upstream> upstreams, Step[] steps) {
        List<Upstream> targets = new ArrayList<>();
        List<Integer> shares = new ArrayList<>();
        Map<String, Integer> declared = config.upstreams() != null
                ? config.upstreams()
                : config.upstream() != null ? Map.of(config.upstream(), 1) : Map.of();
        declared.forEach((target, share) -> {
            Upstream upstream = upstreams.get(target);
            if (upstream != null && share > 0) {
                targets.add(upstream);
                shares.add(share);
            }
        });
        return new Route(name, config, targets, shares, steps);
    }

    /// Lets go of everything.
    @Override
    public void close() {
        if (running != null) {
            running.closePolicies().run();
        }
        upstreams.values().forEach(Upstream::close);
        resolver.close();
    }
}
