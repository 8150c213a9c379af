package io.tidegate.engine.compile;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumers;
import io.tidegate.config.EffectivePolicies;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.Place;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.Problem;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.ShareConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.config.discovery.EndpointSources;
import io.tidegate.config.discovery.Found;
import io.tidegate.engine.chain.Step;
import io.tidegate.engine.consumer.DeclaredConsumers;
import io.tidegate.engine.discovery.Discoveries;
import io.tidegate.engine.discovery.Discovery;
import io.tidegate.engine.discovery.Knowledge;
import io.tidegate.engine.exchange.Challenges;
import io.tidegate.engine.exchange.Hedge;
import io.tidegate.engine.exchange.OwnFields;
import io.tidegate.engine.exchange.Route;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.exchange.Telemetry;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.mirror.MirrorReport;
import io.tidegate.engine.names.ServiceNames;
import io.tidegate.engine.observe.AccessLog;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.RouteCells;
import io.tidegate.engine.observe.SecretParameters;
import io.tidegate.engine.overload.Importance;
import io.tidegate.engine.state.RemoteState;
import io.tidegate.engine.state.RemoteStates;
import io.tidegate.engine.state.SharedState;
import io.tidegate.engine.tls.ServiceTls;
import io.tidegate.engine.tls.ServiceTlsCompiler;
import io.tidegate.engine.tls.TlsCompiler;
import io.tidegate.engine.tls.TlsHosts;
import io.tidegate.engine.upstream.BalanceState;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.ServiceConnections;
import io.tidegate.engine.upstream.Site;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.worker.BackgroundWork;
import io.tidegate.engine.worker.Workers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Compiles configurations, off the event loops. What did not change since the last one is used again: an upstream
/// declared as before keeps its connections and its counts.
public final class Compiler implements AutoCloseable {

    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final Workers workers;
    private final ServiceNames names;
    private final Metrics metrics;
    private final Upstream.Surroundings surroundings;
    private final TlsCompiler tls;
    private final Challenges challenges;
    private final BackgroundWork background = new BackgroundWork();
    private final PolicyWorld world;
    private final SharedState state;
    private final MirrorCompiler mirrors;
    private Map<String, Upstream> upstreams = Map.of();
    private final Map<Upstream, Watched> watched = new HashMap<>();
    private final Discoveries discoveries;
    /// Who finds the endpoints of those that are watched.
    private final Map<Upstream, Discovery> finding = new HashMap<>();
    private @Nullable Compiled running;

    /// What a configuration was compiled to.
    ///
    /// @param snapshot
    ///            what exchanges run against
    /// @param upstreams
    ///            by name
    /// @param closePolicies
    ///            closes the policies
    /// @param names
    ///            what is measured of it, as of now
    /// @param tls
    ///            what is shown on listeners with TLS, by their names
    /// @param commitState
    ///            puts in place where policies keep what outlives a request
    public record Compiled(Snapshot snapshot, Map<String, Upstream> upstreams, Runnable closePolicies,
            Supplier<Metrics.Names> names, Map<String, TlsHosts> tls, Runnable commitState) {
    }

    /// The socket of a listener.
    ///
    /// @param slot
    ///            where it stands in the snapshot
    /// @param port
    ///            at which it is bound; 0 for a Unix socket
    public record Socket(int slot, int port) {
    }

    /// A compiler for these event loops.
    ///
    /// @param nameServers
    ///            who is asked for the addresses of services; those of this machine where it is empty
    /// @param challenges
    ///            what is shown to certificate authorities
    /// @param sources
    ///            tell of endpoints that are not declared
    /// @param remotes
    ///            opens stores that gateways share
    public Compiler(Workers workers, List<InetSocketAddress> nameServers, ServiceConnections connections,
            Metrics metrics, Challenges challenges, EndpointSources sources, RemoteStates remotes) {
        this.workers = workers;
        this.metrics = metrics;
        this.challenges = challenges;
        this.state = new SharedState(workers, metrics, remotes);
        this.world = new PolicyWorld(new SharedValues(), state, metrics, workers.all().size(), background);
        this.mirrors = new MirrorCompiler(metrics, workers.all().size());
        this.tls = new TlsCompiler(workers, metrics, challenges.alpn());
        this.names = new ServiceNames(workers, nameServers, metrics);
        this.discoveries = new Discoveries(names, sources);
        this.surroundings = new Upstream.Surroundings(workers, names, connections, metrics, Site.make(hostName()));
    }

    private static String hostName() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException e) {
            // Gateways without names use the same endpoints.
            return "localhost";
        }
    }

    /// Compiles `config`. Nothing that runs is touched before [#commit].
    ///
    /// @param sockets
    ///            where each listener stands in the snapshot and at which port it is bound, by name
    /// @throws CompileException
    ///             where it can't be compiled; nothing is left behind then
    /// @param log
    ///            where exchanges are logged
    public Compiled compile(GatewayConfig config, long revision, Map<String, Socket> sockets, AccessLog log)
            throws CompileException {
        List<Problem> problems = new ArrayList<>();
        Map<String, TlsHosts> hosts = new LinkedHashMap<>();
        config.listeners().forEach((name, listener) -> {
            TlsHosts made = listener.tls() == null
                    ? null
                    : tls.compile(name, listener.tls(), listener.spoken(), problems);
            if (made != null) {
                hosts.put(name, made);
            }
        });
        Map<String, Upstream> next = new HashMap<>();
        Upstream.Surroundings here = surroundings.at(surroundings.site().as(config.gateway()));
        config.upstreams().forEach((name, declared) -> next.put(name, upstream(name, declared, here, problems)));
        StepCompiler steps = new StepCompiler(world, consumers(config, problems), problems);
        Map<String, Route> routes = new LinkedHashMap<>();
        EffectivePolicies.Resolver effective = new EffectivePolicies.Resolver(config);
        Importance.Declared worth = Importance.Declared.of(config.consumers());
        config.routes().forEach((name, route) -> {
            List<PolicyConfig> policies = effective.of(route).steps();
            routes.put(name, route(name, route, next, steps.compile(policies), Importance.of(route, policies, worth)));
        });
        RemoteState opened = problems.isEmpty() ? open(config, problems) : null;
        if (!problems.isEmpty()) {
            steps.close();
            hosts.values().forEach(tls::release);
            next.values().stream().filter(upstream -> !upstreams.containsValue(upstream)).forEach(Upstream::close);
            throw new CompileException(problems);
        }
        StreamCompiler streams = new StreamCompiler(next, metrics, workers.all().size());
        Telemetry telemetry = new Telemetry(metrics, log, new SecretParameters(config.secretParameters()));
        Snapshot snapshot = new Snapshot(revision,
                new ListenerCompiler(config, routes, hosts, streams, telemetry, challenges.http())
                        .compile(sockets),
                new OwnFields(config.ownHeaders()), workers.all());
        return new Compiled(snapshot, Map.copyOf(next), steps::close,
                () -> new Metrics.Names(routes.keySet(), endpoints(next), steps.observing(), streams.names()),
                Map.copyOf(hosts), () -> state.commit(config.sharedState(), opened));
    }

    /// Who may call; nobody where that can't be told, which is a problem then.
    static Consumers consumers(GatewayConfig config, List<Problem> problems) {
        try {
            return new DeclaredConsumers(config.consumers());
        } catch (ConfigException e) {
            problems.add(new Problem(Problem.Severity.ERROR, Place.NOWHERE, "consumers." + e.component(),
                    String.valueOf(e.getMessage())));
            return Consumers.NONE;
        }
    }

    private @Nullable RemoteState open(GatewayConfig config, List<Problem> problems) {
        try {
            return state.open(config.sharedState());
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(Problem.Severity.ERROR, Place.NOWHERE, "sharedState.redis",
                    String.valueOf(e.getMessage())));
            return null;
        }
    }

    private static Map<String, Set<String>> endpoints(Map<String, Upstream> upstreams) {
        Map<String, Set<String>> endpoints = new HashMap<>();
        upstreams.forEach((name, upstream) -> endpoints.put(name,
                upstream.endpoints().stream().map(Endpoint::authority).collect(Collectors.toSet())));
        return endpoints;
    }

    /// Takes what was compiled for what runs from now on.
    ///
    /// @return closes what the configuration before had for itself; to be run when its last exchange is over
    public Runnable commit(Compiled compiled) {
        Compiled before = running;
        running = compiled;
        Set<Upstream> gone = new HashSet<>(upstreams.values());
        gone.removeAll(compiled.upstreams().values());
        watch(compiled.upstreams());
        upstreams = compiled.upstreams();
        mirrors.retain(compiled.names().get().routes());
        tls.serving(compiled.tls());
        compiled.commitState().run();
        return () -> {
            gone.forEach(Upstream::close);
            if (before != null) {
                before.closePolicies().run();
                before.tls().values().forEach(tls::release);
            }
        };
    }

    /// How the endpoints of the upstreams that run are doing, by name of the upstream.
    public Map<String, UpstreamHealth> health() {
        Map<String, UpstreamHealth> health = new TreeMap<>();
        upstreams.forEach((name, upstream) -> health.put(name, upstream.health()));
        return health;
    }

    /// What is known of the endpoints of the upstreams that run and do not declare them, by name of the upstream.
    public Map<String, Knowledge> found() {
        Map<String, Knowledge> found = new TreeMap<>();
        finding.forEach((upstream, discovery) -> found.put(upstream.name(), discovery.knowledge()));
        return found;
    }

    /// How requests are shared among the endpoints of the upstreams that run, by name of the upstream.
    public Map<String, BalanceState> balance() {
        Map<String, BalanceState> states = new TreeMap<>();
        upstreams.forEach((name, upstream) -> states.put(name, upstream.balance()));
        return states;
    }

    /// The upstreams that run, by name.
    public Map<String, Upstream> upstreams() {
        return upstreams;
    }

    /// What came of copies of requests, by name of the route.
    public Map<String, MirrorReport> mirrors() {
        return mirrors.reports();
    }

    /// What does not work as declared now, and is made up for.
    public List<String> degraded() {
        return state.isDegraded() ? List.of(SharedState.DEGRADED) : List.of();
    }

    /// Looks for, checks and measures the endpoints of these from now on, and of no others.
    private void watch(Map<String, Upstream> next) {
        // Before those that they take the place of let go of a source that both have.
        Map<Upstream, Discovery> starting = new HashMap<>();
        next.forEach((name, upstream) -> {
            Discovery discovery = watched.containsKey(upstream) ? null : discoveries.use(name, upstream.config());
            if (discovery != null) {
                starting.put(upstream, discovery);
            }
        });
        discoveries.await(starting.values());
        watched.entrySet().removeIf(entry -> {
            boolean gone = !next.containsValue(entry.getKey());
            if (gone) {
                entry.getValue().close();
                Discovery discovery = finding.remove(entry.getKey());
                if (discovery != null) {
                    discoveries.release(discovery);
                }
            }
            return gone;
        });
        finding.putAll(starting);
        next.forEach((name, upstream) -> {
            String fallback = upstream.config().fallback();
            upstream.fallBackTo(fallback == null ? null : next.get(fallback));
            if (!watched.containsKey(upstream)) {
                Upstream before = upstreams.get(name);
                Discovery discovery = starting.get(upstream);
                if (discovery != null) {
                    begin(upstream, discovery.knowledge().endpoints(), before);
                }
                if (before != null) {
                    upstream.takeOver(before);
                }
                watched.put(upstream, Watched.start(upstream, workers, metrics, discovery));
            }
        });
    }

    /// Begins with what is found; where nothing is known yet, with what its namesake has used until now, if it was
    /// found too.
    private static void begin(Upstream upstream, List<Found> found, @Nullable Upstream before) {
        if (!found.isEmpty()) {
            upstream.replace(found);
        } else if (before != null && before.config().discovery() != null
                && before.config().isRelayed() == upstream.config().isRelayed()) {
            upstream.replace(before.endpoints().stream().map(Endpoint::found).toList());
        }
    }

    /// The upstream that there is already, where nothing of it has changed.
    @SuppressWarnings("ReferenceEquality") // the same TLS, so that it is not closed with the one before
    private Upstream upstream(String name, UpstreamConfig declared, Upstream.Surroundings here,
            List<Problem> problems) {
        Upstream before = upstreams.get(name);
        ServiceTls then = before == null ? null : before.tls();
        ServiceTls now = declared.isSecure()
                ? ServiceTlsCompiler.compile(name, declared, then, problems)
                : null;
        if (before != null && before.config().equals(declared) && before.site().equals(here.site()) && now == then) {
            return before;
        }
        if (now != null && now == then) {
            now.retain();
        }
        return new Upstream(name, declared, now, here);
    }

    private Route route(String name, RouteConfig config, Map<String, Upstream> upstreams, Step[] steps,
            @Nullable Importance importance) {
        List<Upstream> targets = new ArrayList<>();
        List<ShareConfig> shares = new ArrayList<>();
        config.targets().forEach((target, share) -> {
            Upstream upstream = upstreams.get(target);
            if (upstream != null && (share.share() > 0 || share.when() != null)) {
                targets.add(upstream);
                shares.add(share);
            }
        });
        RouteCells[] cells = new RouteCells[workers.all().size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = metrics.route(i, name);
        }
        return new Route(name, config, targets, shares, steps, cells,
                mirrors.compile(name, config, upstreams),
                config.hedge() == null ? null : new Hedge(config.hedge(), workers), importance);
    }

    /// Lets go of everything.
    @Override
    public void close() {
        if (running != null) {
            running.closePolicies().run();
            running.tls().values().forEach(tls::release);
        }
        watched.values().forEach(Watched::close);
        watched.clear();
        discoveries.close();
        upstreams.values().forEach(Upstream::close);
        names.close();
        state.close();
        background.close();
    }
}
