package io.tidegate.engine;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// How many files and sockets this process may have open.
final class FileDescriptors {

    private static final int MOST_CONNECTIONS = 20_000;
    /// A connection has one to the service too, and some descriptors are for everything else.
    private static final double SHARE = 0.45;

    private FileDescriptors() {
    }

    /// Client connections that they are enough for, at most 20,000.
    static int forConnections() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            return (int) Math.max(16, Math.min(MOST_CONNECTIONS, unix.getMaxFileDescriptorCount() * SHARE));
        }
        return MOST_CONNECTIONS;
    }
}
