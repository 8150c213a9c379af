package io.tidegate.engine.exchange;

import io.tidegate.api.Policy;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.ShareConfig;
import io.tidegate.engine.HeldNames;
import io.tidegate.engine.chain.Step;
import io.tidegate.engine.observe.AccessLog;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.PolicyCells;
import io.tidegate.engine.observe.RouteCells;
import io.tidegate.engine.observe.SecretParameters;
import io.tidegate.engine.route.RouteTable;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.upstream.ServiceConnections;
import io.tidegate.engine.upstream.Site;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.wire.RequestParser;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What is around exchanges: a snapshot with one route to a service whose name is never resolved, so that connections
/// come only from the test.
final class ExchangeWorld implements AutoCloseable {

    private static final GatewayConfig CONFIG = config("""
            listeners: { default: { address: "127.0.0.1:0" } }
            upstreams:
              service: { endpoints: ["http://service.test:80"], timeouts: { connect: 10m },
                connections: { maxPerEndpoint: 100000 } }
            routes: { all: { upstream: service } }
            telemetry: { accessLog: { to: none } }
            """);

    private final Workers workers;
    private final Worker worker;
    private final Metrics metrics = new Metrics(1, new Metrics.BuildInfo("test", "any"));
    private final AccessLog log = AccessLog.open(CONFIG.telemetry().accessLog(), 1, metrics);
    private final HeldNames names = new HeldNames();
    private final Upstream upstream;
    private final Snapshot snapshot;

    ExchangeWorld(Workers workers) {
        this.workers = workers;
        this.worker = workers.all().getFirst();
        this.upstream = new Upstream("service", Objects.requireNonNull(CONFIG.upstreams().get("service")), null,
                new Upstream.Surroundings(workers, names, new ServiceConnections(1_000_000, workers), metrics,
                        Site.make("here")));
        this.snapshot = new Snapshot(1, new ListenerSnapshot[0], new OwnFields(Set.of()), workers.all());
    }

    private static GatewayConfig config(String yaml) {
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("test.yaml", yaml);
        if (!(loaded instanceof Loaded.Accepted accepted)) {
            throw new AssertionError("the configuration was refused: " + loaded);
        }
        return accepted.config();
    }

    Worker worker() {
        return worker;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    Peer peer() {
        return new Peer(listener(new Policy() {
        }), new ClientConnection(Origin.ofSocket(new InetSocketAddress("127.0.0.1", 1), null)), null, "1.1");
    }

    /// The listener, with this policy before the service.
    ListenerSnapshot listener(Policy policy) {
        RouteConfig declared = Objects.requireNonNull(CONFIG.routes().get("all"));
        Route route = new Route("all", declared, List.of(upstream), List.of(ShareConfig.of(1)),
                new Step[]{new Step("routes.all.policies[0]", policy, null, false, new PolicyCells[0])},
                new RouteCells[]{metrics.route(0, "all")}, null, null, null);
        RouteTable.Builder<Route> table = RouteTable.builder();
        table.add(route, "all", declared);
        ListenerConfig listener = Objects.requireNonNull(CONFIG.listeners().get("default"));
        return new ListenerSnapshot("default", LogLabel.of("default"), listener, new RequestParser(8192, 16384, 100),
                table.build(), new Answers(Map.of()), new Telemetry(metrics, log, SecretParameters.NONE), null, 0, "",
                null, null);
    }

    /// Number of connections that were asked for so far.
    int asked() {
        return names.asked();
    }

    /// Lets every attempt to connect fail that still waits for the name.
    void failAttempts() {
        names.failAll();
    }

    /// Requests counted so far.
    int counted() {
        StringBuilder out = new StringBuilder();
        try {
            metrics.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int sum = 0;
        for (String line : out.toString().split("\n", -1)) {
            if (line.startsWith("tidegate_requests_total{")) {
                sum += Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    /// Exchanges that hold the snapshot.
    int running() {
        return snapshot.running(worker);
    }

    @Override
    public void close() {
        upstream.close();
        names.close();
        log.close();
        assert workers.all().contains(worker);
    }
}
