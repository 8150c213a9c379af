package io.tidegate.app.gateway;

import io.tidegate.acme.AcmeCertificates;
import io.tidegate.app.log.LogSink;
import io.tidegate.config.ConfigTarget;
import io.tidegate.config.ConfigWriter;
import io.tidegate.config.Loaded;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.RedisConfig;
import io.tidegate.control.ControlOptions;
import io.tidegate.control.ControlPlane;
import io.tidegate.control.ReloadResult;
import io.tidegate.control.discovery.KnownSources;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineOptions;
import io.tidegate.engine.state.RemoteState;
import io.tidegate.redis.RedisRooms;
import io.tidegate.redis.RedisState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A gateway that runs in this process: the engine, and the control plane that keeps it in step with its file.
public final class RunningGateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningGateway.class);

    private static final long RETRY_MILLIS = 20;

    private final Engine engine;
    private final AcmeCertificates certificates;
    private final AnnouncingTarget target;
    private final ControlPlane control;
    private final EngineView view;
    private final WarmUp warmUp;
    private final Runnable whenTaken;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean controlClosed = new AtomicBoolean();
    private volatile boolean taken;

    private RunningGateway(Declared declared, String version, Runnable whenTaken) {
        ProcessConfig process = declared.loaded().config().gateway();
        this.whenTaken = whenTaken;
        EngineOptions options = new EngineOptions(process, version).withSources(new KnownSources())
                .withRemotes(RunningGateway::open);
        engine = Engine.start(options);
        warmUp = new WarmUp(() -> engine.status().connections());
        certificates = new AcmeCertificates(options.challenges(), config -> RedisRooms.open(config, "acme"));
        view = new EngineView(engine, warmUp, certificates, LogSink.ofProcess());
        target = new AnnouncingTarget(engine, view, process.upgradeSocket());
        control = new ControlPlane(new ControlOptions(declared.root(), declared.loader(), ConfigWriter::json,
                ControlPlane.tokenFolder(System::getenv), version), target, view);
    }

    private static RemoteState open(RedisConfig config) {
        RedisState state = RedisState.open(config);
        return new RemoteState(state, state::close);
    }

    /// Starts one that no other process takes over from.
    ///
    /// @param version
    ///            of the program, for the admin listener
    /// @throws StartException
    ///             where it can't be put in place, such as a port that is in use
    public static RunningGateway start(Declared declared, String version)
            throws StartException, InterruptedException {
        return start(declared, version, () -> {});
    }

    /// Starts one. Where `gateway.upgradeSocket` is set, it takes over from the process that runs, if there is one.
    ///
    /// @param version
    ///            of the program, for the admin listener
    /// @param whenTaken
    ///            runs once the process that comes next serves; this one should [#drain] then
    /// @throws StartException
    ///             where it can't be put in place, such as a port that is in use
    public static RunningGateway start(Declared declared, String version, Runnable whenTaken)
            throws StartException, InterruptedException {
        ControlPlane.systemProperties().forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        RunningGateway gateway;
        try {
            gateway = new RunningGateway(declared, version, whenTaken);
        } catch (IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
        try {
            gateway.start(declared.loaded());
        } catch (StartException | InterruptedException | RuntimeException e) {
            gateway.close();
            throw e;
        }
        return gateway;
    }

    private void start(Loaded.Accepted first) throws StartException, InterruptedException {
        String socket = first.config().gateway().upgradeSocket();
        Upgrade upgrade = socket == null ? null : new Upgrade(engine, socket);
        if (upgrade != null && upgrade.take()) {
            // The process before serves meanwhile.
            warmUp.start(transport());
            warmUp.await();
            takeOver(first, upgrade);
        } else {
            try {
                startControl(first);
            } catch (IOException e) {
                throw new StartException(String.valueOf(e.getMessage()), e);
            }
            if (upgrade != null) {
                upgrade.offer(this::taken);
            }
            warmUp.start(transport());
        }
    }

    private void startControl(Loaded.Accepted first) throws IOException, StartException {
        if (control.start(first) instanceof ReloadResult.Rejected rejected) {
            throw new StartException(rejected.problems());
        }
    }

    /// Serves before it has an admin listener: the process before keeps that address until it knows that this one does.
    private void takeOver(Loaded.Accepted first, Upgrade upgrade) throws StartException, InterruptedException {
        if (target.apply(first) instanceof ConfigTarget.Result.Refused refused) {
            throw new StartException(refused.problems());
        }
        upgrade.offer(this::taken);
        Duration limit = first.config().gateway().drain();
        long end = System.nanoTime() + limit.toNanos();
        boolean told = false;
        while (true) {
            try {
                startControl(first);
                return;
            } catch (IOException e) {
                if (System.nanoTime() - end >= 0) {
                    throw new StartException(String.valueOf(e.getMessage()), e);
                }
                if (!told) {
                    LOG.atInfo().addKeyValue("limit", limit)
                            .log("waiting for the admin address, which the process before has still");
                    told = true;
                }
            }
            Thread.sleep(RETRY_MILLIS);
        }
    }

    private void taken() {
        taken = true;
        LOG.info("another process serves now");
        // The other process has the sockets that authorities come to.
        certificates.close();
        // At once, and not at the end: the other process waits for the address.
        closeControl();
        whenTaken.run();
    }

    /// Where it listens, by name of the listener.
    public Map<String, SocketAddress> addresses() {
        return engine.addresses();
    }

    /// Where its admin listener is.
    public InetSocketAddress admin() {
        return Objects.requireNonNull(control.address());
    }

    /// Which transport drives its sockets.
    public String transport() {
        return engine.status().transport();
    }

    /// Whether most of what serves requests is compiled.
    public boolean isWarm() {
        return warmUp.isOver();
    }

    /// Opens log files again, and reads the configuration again: another one is put in place.
    public void reload() {
        engine.reopenLogs();
        control.reload("SIGHUP");
    }

    /// Ends well: tells load balancers first, goes on accepting for as long as they may need to notice, then lets what
    /// runs come to its end. Where another process has the sockets, it accepts no more at once.
    public void drain() throws InterruptedException {
        ProcessConfig process = view.process();
        Duration delay = taken || process == null ? Duration.ZERO : process.drainDelay();
        Duration limit = process == null ? Duration.ZERO : process.drain();
        LOG.atInfo().addKeyValue("acceptingFor", delay).addKeyValue("limit", limit).log("stopping");
        if (!engine.drain(delay.toMillis(), limit.toMillis())) {
            LOG.atWarn().addKeyValue("connections", engine.status().connections())
                    .log("cut off what was still open when the time was over");
        }
        close();
        LOG.info("stopped");
    }

    /// Ends at once. Does nothing where it has ended.
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            warmUp.stop();
            certificates.close();
            engine.close();
            closeControl();
        }
    }

    private void closeControl() {
        if (!controlClosed.getAndSet(true)) {
            control.close();
        }
    }
}
