package io.tidegate.engine.server;

import io.tidegate.api.Fault;
import io.tidegate.config.ListenerConfig;
import org.jspecify.annotations.Nullable;

/// Watches that a client sends the body it is asked for, and not by single bytes.
final class BodyWatch {

    private static final long SECOND = 1_000_000_000L;
    private static final long WINDOW_NANOS = 5 * SECOND;

    private long windowBytes;
    private long windowStart;
    private long lastRead;

    /// The client is to send from now on.
    ///
    /// @return when to look, in nanoseconds from now
    long begin(ListenerConfig config, long now) {
        lastRead = now;
        windowStart = now;
        windowBytes = 0;
        return window(config);
    }

    /// So many bytes came.
    void took(int bytes, long now) {
        lastRead = now;
        windowBytes += bytes;
    }

    private static long window(ListenerConfig config) {
        return Math.min(WINDOW_NANOS, config.timeouts().bodyIdle().toNanos());
    }

    /// Looks whether enough has come.
    ///
    /// @param owing
    ///            whether the client owes bytes: between two chunks nothing is owed, so that streams may be quiet
    /// @return why it is too little, or null
    @Nullable
    Fault look(ListenerConfig config, long now, boolean owing) {
        long rate = config.limits().minimumRate().bytes();
        double seconds = (now - windowStart) / (double) SECOND;
        if (now - lastRead >= config.timeouts().bodyIdle().toNanos()) {
            return Fault.REQUEST_TIMEOUT;
        }
        return rate < Integer.MAX_VALUE && owing && windowBytes < rate * seconds ? Fault.BODY_TOO_SLOW : null;
    }

    /// Begins another window.
    ///
    /// @return when to look again, in nanoseconds from now
    long again(ListenerConfig config, long now) {
        windowStart = now;
        windowBytes = 0;
        return Math.min(window(config), config.timeouts().bodyIdle().toNanos() - (now - lastRead));
    }
}
