package io.tidegate.engine.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// Everything the gateway measures, and the scrape that adds it up over the event loops.
///
/// Cells are obtained when a configuration is compiled, by name and worker; the same name gives the same cells, so a
/// route that outlives a reload goes on counting. Series are bounded: [#MAX_ROUTES] routes, [#MAX_ENDPOINTS] endpoints,
/// [#MAX_POLICIES] policies; what is beyond is counted under `_other`. Names that a reload took away are given to
/// [#retain] and vanish ten minutes later.
public final class Metrics {

    /// SeriesType of what [#writeTo] writes.
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /// Most routes with series of their own.
    public static final int MAX_ROUTES = 10_000;

    /// Most endpoints with series of their own.
    public static final int MAX_ENDPOINTS = 10_000;

    /// Most observing policies with series of their own.
    public static final int MAX_POLICIES = 10_000;

    /// Most pairs of a listener and an upstream with series of their own.
    public static final int MAX_STREAMS = 10_000;

    /// Label of what has no series of its own.
    static final String OTHER = "_other";

    /// Label of what came to no route.
    static final String NONE = "_none";

    private final List<WorkerCells> workers;
    private final SeriesTable<RouteCells> routes;
    private final SeriesTable<EndpointCells> endpoints;
    private final SeriesTable<PolicyCells> policies;
    private final SeriesTable<StreamCells> streams;
    private final SeriesTable<RetryCells> retries;
    private final SeriesTable<BalanceCells> balance;
    private final SeriesTable<MirrorCells> mirrors;
    private final Suppliers suppliers = new Suppliers();
    private final ProcessMetrics process = new ProcessMetrics();
    private final BuildInfo build;
    private final LongSupplier clock;

    /// What runs.
    ///
    /// @param version
    ///            of the gateway
    /// @param transport
    ///            `io_uring`, `epoll` or `nio`
    public record BuildInfo(String version, String transport) {
    }

    /// The names of one configuration.
    ///
    /// @param routes
    ///            names of routes
    /// @param endpoints
    ///            endpoints by name of the upstream
    /// @param policies
    ///            paths of policies that observe
    /// @param streams
    ///            upstreams that bytes are relayed to by name of the listener
    public record Names(Set<String> routes, Map<String, Set<String>> endpoints, Set<String> policies,
            Map<String, Set<String>> streams) {

        /// Copies what it is given.
        public Names {
            streams = Map.copyOf(streams);
            routes = Set.copyOf(routes);
            endpoints = Map.copyOf(endpoints);
            policies = Set.copyOf(policies);
        }
    }

    /// Measurements of `workers` event loops, all zero.
    public Metrics(int workers, BuildInfo build) {
        this(workers, build, System::nanoTime);
    }

    Metrics(int workers, BuildInfo build, LongSupplier clock) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be at least 1 (was " + workers + ")");
        }
        List<WorkerCells> made = new ArrayList<>(workers);
        for (int i = 0; i < workers; i++) {
            made.add(new WorkerCells());
        }
        this.workers = List.copyOf(made);
        this.build = build;
        this.clock = clock;
        routes = new SeriesTable<>(workers, MAX_ROUTES, label("route", OTHER), RouteCells::new);
        endpoints = new SeriesTable<>(workers, MAX_ENDPOINTS, endpointLabels(OTHER, OTHER), EndpointCells::new);
        policies = new SeriesTable<>(workers, MAX_POLICIES, label("policy", OTHER), PolicyCells::new);
        streams = new SeriesTable<>(workers, MAX_STREAMS, streamLabels(OTHER, OTHER), StreamCells::new);
        retries = new SeriesTable<>(workers, MAX_ENDPOINTS, label("upstream", OTHER), RetryCells::new);
        balance = new SeriesTable<>(workers, MAX_ENDPOINTS, label("upstream", OTHER), BalanceCells::new);
        mirrors = new SeriesTable<>(workers, MAX_ROUTES, label("route", OTHER), MirrorCells::new);
        for (int i = 0; i < workers; i++) {
            unrouted(i);
        }
    }

    private static String label(String name, String value) {
        return PrometheusWriter.label(name, value);
    }

    private static String endpointLabels(String upstream, String endpoint) {
        return label("upstream", upstream) + ',' + label("endpoint", endpoint);
    }

    private static String streamLabels(String listener, String upstream) {
        return label("listener", listener) + ',' + label("upstream", upstream);
    }

    /// What stands for two names together.
    private static String key(String one, String other) {
        return one + '\n' + other;
    }

    /// The cells of one event loop, by its index.
    public WorkerCells worker(int worker) {
        return workers.get(worker);
    }

    /// Requests shed so far, on all event loops.
    public long shed() {
        long sum = 0;
        for (WorkerCells cells : workers) {
            sum += cells.shed().requests();
        }
        return sum;
    }

    /// The cells of one route on one event loop.
    public RouteCells route(int worker, String name) {
        return routes.cells(worker, name, () -> label("route", name));
    }

    /// The cells of one event loop for requests that came to no route: `_none`.
    public RouteCells unrouted(int worker) {
        return route(worker, NONE);
    }

    /// The cells of one endpoint of an upstream on one event loop.
    public EndpointCells endpoint(int worker, String upstream, String endpoint) {
        return endpoints.cells(worker, key(upstream, endpoint), () -> endpointLabels(upstream, endpoint));
    }

    /// The cells of connections relayed from a listener to an upstream on one event loop.
    public StreamCells stream(int worker, String listener, String upstream) {
        return streams.cells(worker, key(listener, upstream), () -> streamLabels(listener, upstream));
    }

    /// The cells of repeats to one upstream on one event loop.
    public RetryCells retries(int worker, String upstream) {
        return retries.cells(worker, upstream, () -> label("upstream", upstream));
    }

    /// The cells of how endpoints of one upstream are chosen on one event loop.
    public BalanceCells balance(int worker, String upstream) {
        return balance.cells(worker, upstream, () -> label("upstream", upstream));
    }

    /// The cells of the copies of a route's requests on one event loop.
    public MirrorCells mirror(int worker, String route) {
        return mirrors.cells(worker, route, () -> label("route", route));
    }

    /// The cells of one observing policy on one event loop.
    ///
    /// @param path
    ///            where it is declared, `routes.orders.policies[0]`
    public PolicyCells policy(int worker, String path) {
        return policies.cells(worker, path, () -> label("policy", path));
    }

    /// Says which names a new configuration has. The series of all others vanish ten minutes from now.
    public void retain(Names live) {
        long now = clock.getAsLong();
        Set<String> liveRoutes = new HashSet<>(live.routes());
        liveRoutes.add(NONE);
        routes.retain(liveRoutes, now);
        endpoints.retain(keys(live.endpoints()), now);
        policies.retain(live.policies(), now);
        streams.retain(keys(live.streams()), now);
        retries.retain(live.endpoints().keySet(), now);
        balance.retain(live.endpoints().keySet(), now);
        mirrors.retain(live.routes(), now);
    }

    /// Says which endpoints an upstream has now. The series of its others vanish ten minutes from now.
    public void retainEndpoints(String upstream, Set<String> live) {
        endpoints.retain(key(upstream, ""), keys(Map.of(upstream, live)), clock.getAsLong());
    }

    private static Set<String> keys(Map<String, Set<String>> names) {
        Set<String> keys = new HashSet<>();
        names.forEach((one, others) -> others.forEach(other -> keys.add(key(one, other))));
        return keys;
    }

    /// Adds a value that is asked for with every scrape, on the thread of the scrape.
    ///
    /// @param name
    ///            `tidegate_` and so on, by Prometheus' conventions
    /// @param labels
    ///            names and values by turns
    /// @return what takes it away again
    /// @throws IllegalArgumentException
    ///             for a name or label that is not allowed, or a series that is there already
    public Registration gauge(String name, String help, DoubleSupplier value, String... labels) {
        return suppliers.add(name, SeriesType.GAUGE, help, value, labels);
    }

    /// Adds a count that only grows, asked for with every scrape; its name ends in `_total`. As [#gauge] otherwise.
    public Registration counter(String name, String help, DoubleSupplier value, String... labels) {
        if (!name.endsWith("_total")) {
            throw new IllegalArgumentException("name of a counter must end in _total (was '" + name + "')");
        }
        return suppliers.add(name, SeriesType.COUNTER, help, value, labels);
    }

    /// Writes everything in Prometheus' text format, version 0.0.4. Runs off the event loops; one at a time, so `out`
    /// should not be one that waits for whoever asked. Ten thousand routes make some 16 MB.
    ///
    /// @throws IOException
    ///             where `out` throws it
    public synchronized void writeTo(Appendable out) throws IOException {
        long now = clock.getAsLong();
        routes.prune(now);
        endpoints.prune(now);
        policies.prune(now);
        streams.prune(now);
        retries.prune(now);
        balance.prune(now);
        mirrors.prune(now);
        PrometheusWriter writer = new PrometheusWriter(out);
        Exposition exposition = new Exposition(writer);
        exposition.build(build);
        exposition.routes(routes.all());
        exposition.workers(workers, now);
        exposition.endpoints(endpoints.all());
        exposition.retries(retries.all());
        exposition.balance(balance.all());
        exposition.hedges(retries.all());
        new MirrorExposition(writer, exposition).write(mirrors.all());
        exposition.policies(policies.all());
        exposition.streams(streams.all());
        suppliers.writeTo(writer);
        process.writeTo(writer);
        writer.flush();
    }

    /// What [#writeTo] writes.
    public String text() {
        StringBuilder text = new StringBuilder(16_384);
        try {
            writeTo(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /// Something that can be taken back.
    @FunctionalInterface
    public interface Registration extends AutoCloseable {

        /// Takes it back; doing so twice does nothing.
        @Override
        void close();
    }
}
