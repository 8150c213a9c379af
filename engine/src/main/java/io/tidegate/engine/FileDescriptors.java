package io.tidegate.engine;

import com.sun.management.UnixOperatingSystemMXBean;
import io.tidegate.config.ProcessConfig.Count;
import io.tidegate.engine.worker.Transport;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// How many files and sockets a process may have open.
///
/// @param limit
///            most that may be open
/// @param open
///            those that are open now
record FileDescriptors(long limit, long open) {

    /// Most connections where nobody asks for more.
    private static final int MOST_CONNECTIONS = 20_000;
    /// Fewer are not worth a start.
    private static final int LEAST_CONNECTIONS = 16;
    /// Fewer than this are said to be few.
    private static final int FEW_CONNECTIONS = 2_000;
    /// For the admin listener and its clients, listeners, log files, and configuration that is read.
    private static final int RESERVED = 64;
    private static final int FOR_EACH_WORKER = 4;
    /// A connection of a client, and the one to a service that it may use at a time.
    private static final int FOR_EACH_CONNECTION = 2;

    private static final Logger LOG = LoggerFactory.getLogger(FileDescriptors.class);

    /// Those of this process; without a limit where the operating system has none.
    static FileDescriptors ofProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? new FileDescriptors(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
                : new FileDescriptors(Long.MAX_VALUE, 0);
    }

    private long others(int workers) {
        // Those clients included that are accepted at once only to be refused.
        return open + RESERVED + Transport.acceptedPerTurn(limit / FOR_EACH_CONNECTION)
                + (long) FOR_EACH_WORKER * workers;
    }

    /// Most connections to services, besides so many clients, before idle ones have to be closed.
    int services(int clients, int workers) {
        return (int) Math.min(Integer.MAX_VALUE, limit - others(workers) - clients);
    }

    /// Most client connections of a gateway that has yet to open everything else: as many as are wanted, or 20,000, but
    /// none that it may find no descriptors for. Warns of a limit that is in the way.
    ///
    /// @throws IllegalArgumentException
    ///             where the limit leaves too few to start with
    int connections(Count wanted, int workers) {
        int most = wanted.isAuto() ? MOST_CONNECTIONS : wanted.value();
        int least = Math.min(most, LEAST_CONNECTIONS);
        long others = others(workers);
        long enough = (limit - others) / FOR_EACH_CONNECTION;
        if (enough < least) {
            throw new IllegalArgumentException("the limit of open files must be at least "
                    + (others + (long) FOR_EACH_CONNECTION * least) + " for " + least
                    + " client connections (was " + limit + "): raise it with ulimit -n, or LimitNOFILE= of systemd");
        }
        int connections = (int) Math.min(most, enough);
        if (connections < (wanted.isAuto() ? FEW_CONNECTIONS : most)) {
            LoggingEventBuilder said = LOG.atWarn().addKeyValue("limit", limit).addKeyValue("connections", connections);
            if (!wanted.isAuto()) {
                said = said.addKeyValue("wanted", most);
            }
            said.log("the limit of open files allows few client connections: raise it with ulimit -n, or LimitNOFILE="
                    + " of systemd");
        }
        return connections;
    }
}
