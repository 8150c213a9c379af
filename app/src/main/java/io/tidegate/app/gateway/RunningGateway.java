package io.tidegate.app.gateway;

import io.tidegate.app.log.LogSink;
import io.tidegate.config.ConfigWriter;
import io.tidegate.config.ProcessConfig;
import io.tidegate.control.ControlOptions;
import io.tidegate.control.ControlPlane;
import io.tidegate.control.ReloadResult;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A gateway that runs in this process: the engine, and the control plane that keeps it in step with its file.
public final class RunningGateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningGateway.class);

    private final Engine engine;
    private final ControlPlane control;
    private final ProcessConfig process;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RunningGateway(Declared declared, String version) {
        process = declared.loaded().config().gateway();
        engine = Engine.start(new EngineOptions(process, version));
        EngineView view = new EngineView(engine, LogSink.ofProcess());
        control = new ControlPlane(
                new ControlOptions(declared.root(), declared.loader(), ConfigWriter::json,
                        ControlPlane.tokenFolder(System::getenv), version),
                new AnnouncingTarget(engine, view), view);
    }

    /// Starts one.
    ///
    /// @param version
    ///            of the program, for the admin listener
    /// @throws StartException
    ///             where it can't be put in place, such as a port that is in use
    public static RunningGateway start(Declared declared, String version) throws StartException {
        ControlPlane.systemProperties().forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        RunningGateway gateway;
        try {
            gateway = new RunningGateway(declared, version);
        } catch (IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
        try {
            gateway.start(declared);
        } catch (StartException | RuntimeException e) {
            gateway.close();
            throw e;
        }
        return gateway;
    }

    private void start(Declared declared) throws StartException {
        try {
            if (control.start(declared.loaded()) instanceof ReloadResult.Rejected rejected) {
                throw new StartException(rejected.problems());
            }
        } catch (IOException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
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

    /// Opens log files again, and reads the configuration again: another one is put in place.
    public void reload() {
        engine.reopenLogs();
        control.reload("SIGHUP");
    }

    /// Ends well: tells load balancers first, goes on accepting for as long as they may need to notice, then lets what
    /// runs come to its end.
    public void drain() throws InterruptedException {
        LOG.atInfo().addKeyValue("acceptingFor", process.drainDelay()).addKeyValue("limit", process.drain())
                .log("stopping");
        if (!engine.drain(process.drainDelay().toMillis(), process.drain().toMillis())) {
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
            engine.close();
            control.close();
        }
    }
}
