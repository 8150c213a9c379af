package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Named;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The process as a whole.
@Doc("The process as a whole.")
public record ProcessConfig(
        @Doc("Event loops: a number, or `auto` for one per processor. Changed by a restart only.") @Default("auto") Count workers,

        @Doc("How sockets are driven. Changed by a restart only.") @Default("auto") Transport transport,

        @Doc("Most client connections in all: a number, or `auto` for 20000. Fewer where there are too few file descriptors: two for each, beside those for everything else.") @Default("auto") Count maxConnections,

        @Doc("How long requests that run may take once the gateway was told to stop.") @Default("30s") Duration drain,

        @Doc("How long new connections are still accepted after the gateway was told to stop, so that load balancers can notice that it is not ready.") @Default("5s") Duration drainDelay,

        @Doc("A Unix socket over which a new process takes the listening sockets of this one over, so that an upgrade loses nothing. Changed by a restart only.") @Nullable String upgradeSocket,

        @Doc("What is shed when there is more to do than the gateway can.") @Default("{}") OverloadConfig overload,

        @Doc("The zone where this gateway runs. Endpoints of the same `zone` are preferred.") @Nullable String zone,

        @Doc("What tells this gateway from others of the same configuration: which endpoints it uses follows from it where an upstream has a `subset`. Left out: the name of the host.") @Nullable String id) {

    /// How sockets are driven.
    public enum Transport {
        @Doc("The best that the kernel allows: io_uring, else epoll, else NIO.")
        AUTO, @Doc("Linux io_uring with a ring of provided buffers.")
        @Named("io_uring")
        IO_URING, @Doc("Linux epoll.")
        EPOLL, @Doc("The JDK's own.")
        NIO
    }

    /// What of another one is put into effect by a restart alone, as users write it.
    public List<String> waitsForRestart(ProcessConfig next) {
        List<String> waiting = new ArrayList<>();
        if (!next.workers.equals(workers)) {
            waiting.add("gateway.workers");
        }
        if (next.transport != transport) {
            waiting.add("gateway.transport");
        }
        if (!next.maxConnections.equals(maxConnections)) {
            waiting.add("gateway.maxConnections");
        }
        return waiting;
    }

    /// A number, or what the gateway finds right.
    ///
    /// @param value
    ///            1 or more; 0 stands for `auto`
    @Doc("A number of 1 or more, or `auto`.")
    public record Count(int value) {

        /// Reads a number or `auto`.
        @Shorthand
        public static Count of(String text) {
            if (text.equals("auto")) {
                return new Count(0);
            }
            if (text.matches("[1-9][0-9]{0,8}")) {
                return new Count(Integer.parseInt(text));
            }
            throw new IllegalArgumentException("must be a number of 1 or more, or auto (was '" + text + "')");
        }

        /// A number of 1 or more.
        @Shorthand
        public static Count of(int number) {
            if (number < 1) {
                throw new IllegalArgumentException("must be a number of 1 or more, or auto (was " + number + ")");
            }
            return new Count(number);
        }

        /// Whether the gateway is to find it.
        public boolean isAuto() {
            return value == 0;
        }

        @Override
        public String toString() {
            return isAuto() ? "auto" : Integer.toString(value);
        }
    }
}
