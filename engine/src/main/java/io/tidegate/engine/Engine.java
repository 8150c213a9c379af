package io.tidegate.engine;

import io.netty.channel.unix.FileDescriptor;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.ConfigTarget;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.Place;
import io.tidegate.config.Problem;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.TelemetryConfig;
import io.tidegate.engine.compile.CompileException;
import io.tidegate.engine.compile.Compiler;
import io.tidegate.engine.compile.Compiler.Compiled;
import io.tidegate.engine.discovery.Knowledge;
import io.tidegate.engine.exchange.LiveSnapshot;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.mirror.MirrorReport;
import io.tidegate.engine.observe.AccessLog;
import io.tidegate.engine.observe.LoopWatch;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.overload.Overload;
import io.tidegate.engine.server.ConnectionGate;
import io.tidegate.engine.server.Listener;
import io.tidegate.engine.server.SocketHandover;
import io.tidegate.engine.tls.QuicLibrary;
import io.tidegate.engine.tls.TlsLibrary;
import io.tidegate.engine.upstream.BalanceState;
import io.tidegate.engine.upstream.ServiceConnections;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Workers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a gateway: the front door of the data path.
public final class Engine implements ConfigTarget, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    /// How long those have who are about to connect when a listener stops: less than TCP's first repeat (1 s).
    private static final long LAST_ACCEPTS_MILLIS = 300;

    private final ProcessConfig process;
    private final Workers workers;
    private final Metrics metrics;
    private final LoopWatch watch;
    private final Compiler compiler;
    private final ConnectionGate gate;
    private final Overload overload;
    private final LiveSnapshot live = new LiveSnapshot();
    /// By address: a listener that is renamed, or configured in another way, keeps its socket.
    private final Map<String, Bound> bound = new HashMap<>();
    private final Map<String, String> keys = new TreeMap<>();
    private final List<SocketHandover.Inherited> inherited = new ArrayList<>();
    private @Nullable SocketHandover handover;
    private int nextSlot;
    private volatile boolean draining;
    private boolean closed;
    private long revision;
    private String hash = "";
    private TelemetryConfig.@Nullable AccessLog logConfig;
    private @Nullable AccessLog log;

    private record Bound(int slot, Listener listener) {
    }

    private Engine(EngineOptions options) {
        process = options.process();
        int wanted = process.workers().value();
        int count = wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
        FileDescriptors descriptors = FileDescriptors.ofProcess();
        int clients = descriptors.connections(process.maxConnections(), count);
        gate = new ConnectionGate(clients);
        workers = new Workers(count, Transport.choose(process.transport()), options.policyBounds());
        metrics = new Metrics(count, new Metrics.BuildInfo(options.version(), workers.transport().label()));
        overload = new Overload(workers, metrics, options.signs(), gate);
        watch = new LoopWatch(workers, metrics, overload::look);
        compiler = new Compiler(workers, options.nameServers(),
                new ServiceConnections(descriptors.services(clients, count), workers), metrics, options.challenges(),
                options.sources(), options.remotes());
    }

    /// Starts the event loops. Nothing listens before the first [#apply].
    public static Engine start(EngineOptions options) {
        return new Engine(options);
    }

    /// The ways to drive sockets, best first, and whether this machine has them: `available, chosen`, `available`, or
    /// `not available: ` and why.
    public static Map<String, String> transports() {
        return Transports.states();
    }

    /// What encrypts the connections of listeners with TLS, and why it is that, in words.
    public static String tls() {
        return TlsLibrary.description();
    }

    /// Whether HTTP/3 can be spoken here, and if not why, in words.
    public static String quic() {
        return QuicLibrary.description();
    }

    @Override
    public synchronized Result apply(Loaded.Accepted loaded) {
        GatewayConfig config = loaded.config();
        Map<String, String> wanted = new TreeMap<>();
        config.listeners().forEach((name, listener) -> wanted.put(name, key(name, listener.address())));
        Map<String, Bound> opened = new HashMap<>();
        AccessLog logBefore = log;
        AccessLog logNow = null;
        Http3Sockets http3 = new Http3Sockets();
        List<Listener> gone = bound.entrySet().stream().filter(entry -> !wanted.containsValue(entry.getKey()))
                .map(entry -> entry.getValue().listener()).toList();
        try {
            logNow = accessLog(config.telemetry().accessLog());
            for (Map.Entry<String, ListenerConfig> entry : config.listeners().entrySet()) {
                String key = key(entry.getKey(), entry.getValue().address());
                if (!bound.containsKey(key)) {
                    opened.put(key, bind(entry.getKey(), entry.getValue().address()));
                }
            }
            http3.bind(config.listeners(), name -> listener(wanted.get(name), opened), workers);
            Map<String, Compiler.Socket> sockets = new HashMap<>();
            wanted.forEach((name, key) -> {
                Bound socket = opened.containsKey(key) ? opened.get(key) : bound.get(key);
                if (socket != null) {
                    sockets.put(name, new Compiler.Socket(socket.slot(),
                            socket.listener().address() instanceof InetSocketAddress inet ? inet.getPort() : 0));
                }
            });
            Compiled compiled = compiler.compile(config, revision + 1, sockets, logNow);
            Runnable closeBefore = compiler.commit(compiled);
            AccessLog replaced = logBefore != logNow ? logBefore : null;
            live.replace(compiled.snapshot(), () -> {
                Listener.awaitEnd(gone);
                closeBefore.run();
                if (replaced != null) {
                    replaced.close();
                }
            });
            metrics.retain(compiled.names().get());
        } catch (CompileException e) {
            undo(opened, http3, logNow, logBefore);
            return new Result.Refused(e.problems());
        } catch (RuntimeException | LinkageError e) {
            undo(opened, http3, logNow, logBefore);
            LOG.error("a configuration could not be put in place", e);
            return new Result.Refused(List.of(new Problem(Problem.Severity.ERROR, Place.NOWHERE, "",
                    "could not be put in place: " + e)));
        }
        opened.values().forEach(socket -> socket.listener().open());
        http3.commit();
        bound.putAll(opened);
        gone.forEach(Listener::drain);
        bound.keySet().retainAll(wanted.values());
        inherited.forEach(SocketHandover.Inherited::close);
        inherited.clear();
        keys.clear();
        keys.putAll(wanted);
        revision++;
        hash = loaded.hash();
        log = logNow;
        logConfig = config.telemetry().accessLog();
        overload.apply(config.gateway().overload());
        return new Result.Applied(revision, process.waitsForRestart(config.gateway()));
    }

    @SuppressWarnings("ReferenceEquality") // this log, not one that is declared alike
    private void undo(Map<String, Bound> opened, Http3Sockets http3, @Nullable AccessLog logNow,
            @Nullable AccessLog logBefore) {
        http3.undo();
        if (logNow != null && logNow != logBefore) {
            logNow.close();
        }
        opened.values().forEach(socket -> socket.listener().close());
    }

    private Listener listener(@Nullable String key, Map<String, Bound> opened) {
        return Objects.requireNonNull(opened.containsKey(key) ? opened.get(key) : bound.get(key)).listener();
    }

    private AccessLog accessLog(TelemetryConfig.AccessLog wanted) throws CompileException {
        AccessLog running = log;
        if (running != null && wanted.equals(logConfig)) {
            return running;
        }
        try {
            return AccessLog.open(wanted, workers.all().size(), metrics);
        } catch (IllegalArgumentException e) {
            throw CompileException.of(new Problem(Problem.Severity.ERROR, Place.NOWHERE, "telemetry.accessLog.to",
                    String.valueOf(e.getMessage())));
        }
    }

    private static String key(String name, AddressConfig address) {
        // Every listener on "any free port" has one of its own.
        return address.port() == 0 ? name + "@" + address : address.toString();
    }

    private Bound bind(String name, AddressConfig address) throws CompileException {
        try {
            if (closed) {
                throw new IOException("the gateway is being stopped");
            }
            if (address.isUnix() && handover != null && handover.hasTaken()) {
                // The process before still listens there, and goes on with what it has accepted.
                Files.deleteIfExists(Path.of(address.host()));
            }
            int slot = nextSlot;
            Listener listener = new Listener(slot, address, live, workers, gate, inheritedAt(address));
            nextSlot++;
            return new Bound(slot, listener);
        } catch (RuntimeException | IOException e) {
            throw BindFailure.of(name, address.toString(), e);
        }
    }

    private SocketHandover.@Nullable Inherited inheritedAt(AddressConfig address) {
        for (SocketHandover.Inherited socket : inherited) {
            if (!address.isUnix() && socket.address() instanceof InetSocketAddress bound
                    && bound.getPort() == address.port()) {
                boolean everywhere = address.host().isEmpty() && bound.getAddress().isAnyLocalAddress();
                if (everywhere || bound.getAddress().equals(new InetSocketAddress(address.host(), 0).getAddress())) {
                    inherited.remove(socket);
                    return socket;
                }
            }
        }
        return null;
    }

    /// Takes the listening sockets of the process that offers them at `path`, so that the first [#apply] binds nothing
    /// that is bound already. Before the first configuration.
    ///
    /// @return number of sockets taken
    /// @throws IOException
    ///             where a process is there and does not hand them over
    public synchronized int takeSockets(Path path) throws IOException, InterruptedException {
        SocketHandover taking = new SocketHandover(path);
        handover = taking;
        inherited.addAll(taking.take());
        return inherited.size();
    }

    /// Tells the process whose sockets were taken that this one serves, and offers them at the same path to the process
    /// that comes next.
    ///
    /// @param whenTaken
    ///            runs once another process serves; this one should drain then
    /// @throws IOException
    ///             where nothing can be offered there
    public synchronized void offerSockets(Path path, Runnable whenTaken) throws IOException, InterruptedException {
        SocketHandover offering = handover == null ? new SocketHandover(path) : handover;
        handover = offering;
        offering.serving();
        offering.offer(this::descriptors, () -> {
            synchronized (this) {
                bound.values().forEach(socket -> socket.listener().handOver());
            }
            whenTaken.run();
        });
    }

    private synchronized List<FileDescriptor> descriptors() {
        List<FileDescriptor> descriptors = new ArrayList<>();
        for (Bound socket : bound.values()) {
            FileDescriptor descriptor = socket.listener().offer();
            if (descriptor != null) {
                descriptors.add(descriptor);
            }
        }
        return descriptors;
    }

    /// The addresses on which listeners are bound, by name of the listener.
    public synchronized Map<String, SocketAddress> addresses() {
        Map<String, SocketAddress> addresses = new TreeMap<>();
        keys.forEach((name, key) -> {
            Bound socket = bound.get(key);
            if (socket != null) {
                addresses.put(name, socket.listener().address());
            }
        });
        return addresses;
    }

    /// All measurements, in Prometheus' text format. Not on an event loop.
    public String metrics() {
        return metrics.text();
    }

    /// How the endpoints of the upstreams are doing, by name of the upstream.
    public synchronized Map<String, UpstreamHealth> upstreams() {
        return compiler.health();
    }

    /// What is known of the endpoints of upstreams that do not declare them, by name of the upstream.
    public synchronized Map<String, Knowledge> found() {
        return compiler.found();
    }

    /// What requests to the upstreams are bounded by, by name of the upstream.
    public synchronized Map<String, BoundState> bounds() {
        return BoundState.of(compiler.upstreams());
    }

    /// How requests are shared among the endpoints of the upstreams, by name of the upstream.
    public synchronized Map<String, BalanceState> balance() {
        return compiler.balance();
    }

    /// What came of copies of requests, by name of the route.
    public synchronized Map<String, MirrorReport> mirrors() {
        return compiler.mirrors();
    }

    /// Opens the access log's file anew, for those who move it away to keep it.
    public synchronized void reopenLogs() {
        if (log != null) {
            log.reopen();
        }
    }

    /// How it is doing.
    public synchronized EngineStatus status() {
        return new EngineStatus(revision > 0, draining, revision, hash, workers.transport().label(),
                workers.all().size(), gate.open(), overload.pressure(), gate.isPaused(), compiler.degraded());
    }

    /// Not ready from now on: accepts for `delayMillis` more, so that load balancers can notice, then no more;
    /// lets what runs come to its end. Blocks until nothing is open any more or `limitMillis` are over.
    ///
    /// @return whether everything came to its end
    public boolean drain(long delayMillis, long limitMillis) throws InterruptedException {
        draining = true;
        Thread.sleep(delayMillis);
        boolean ignoring;
        synchronized (this) {
            ignoring = bound.values().stream().filter(socket -> socket.listener().ignoreNewcomers()).count() > 0;
        }
        if (ignoring) {
            Thread.sleep(LAST_ACCEPTS_MILLIS);
        }
        synchronized (this) {
            bound.values().forEach(socket -> socket.listener().drain());
        }
        long end = System.nanoTime() + limitMillis * 1_000_000;
        while (gate.open() > 0 && System.nanoTime() - end < 0) {
            Thread.sleep(10);
        }
        return gate.open() == 0;
    }

    /// Closes everything at once.
    @Override
    public void close() {
        SocketHandover offering;
        synchronized (this) {
            offering = handover;
            handover = null;
        }
        // Not under the lock: its own event loop may be waiting for that.
        if (offering != null) {
            offering.close();
        }
        closeRest();
    }

    private synchronized void closeRest() {
        if (closed) {
            return;
        }
        closed = true;
        bound.values().forEach(socket -> socket.listener().close());
        bound.values().forEach(socket -> socket.listener().cut());
        compiler.close();
        watch.close();
        workers.close();
        if (log != null) {
            log.close();
        }
    }
}
