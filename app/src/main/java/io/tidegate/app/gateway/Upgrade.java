package io.tidegate.app.gateway;

import io.tidegate.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The change from one process to the next over `gateway.upgradeSocket`, seen from either side.
final class Upgrade {

    private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);

    private final Engine engine;
    private final Path path;

    Upgrade(Engine engine, String path) {
        this.engine = engine;
        this.path = Path.of(path);
    }

    /// Takes the listening sockets of the process that runs. Before the first configuration.
    ///
    /// @return whether there is such a process
    /// @throws StartException
    ///             where there is one and it does not hand them over, or this machine can't do it
    boolean take() throws StartException, InterruptedException {
        try {
            int taken = engine.takeSockets(path);
            // One that listens on Unix sockets alone hands over none, and what nobody listens on was removed.
            boolean upgrading = taken > 0 || Files.exists(path);
            if (upgrading) {
                LOG.atInfo().addKeyValue("sockets", taken).addKeyValue("from", path)
                        .log("taking over from the process that runs");
            }
            return upgrading;
        } catch (IOException e) {
            throw failed(e);
        } catch (LinkageError e) {
            throw new StartException("gateway.upgradeSocket: needs Linux's epoll, which this machine does not have: "
                    + e.getMessage(), e);
        }
    }

    /// Tells the process before, if there is one, that this one serves, and waits for the one that comes next.
    ///
    /// @param whenTaken
    ///            runs once that one serves
    void offer(Runnable whenTaken) throws StartException, InterruptedException {
        try {
            engine.offerSockets(path, whenTaken);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static StartException failed(IOException e) {
        return new StartException("gateway.upgradeSocket: " + e.getMessage(), e);
    }
}
