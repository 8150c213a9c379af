package io.tidegate.engine.server;

import io.tidegate.api.Fault;
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
    long begin(ConnectionTerms terms) {
        lastRead = terms.worker().deadlines().now();
        windowStart = lastRead;
        windowBytes = 0;
        return window(terms);
    }

    /// So many bytes came.
    void took(int bytes, long now) {
        lastRead = now;
        windowBytes += bytes;
    }

    private static long window(ConnectionTerms terms) {
        return Math.min(WINDOW_NANOS, terms.timeouts().bodyIdle().toNanos());
    }

    /// Looks whether enough has come.
    ///
    /// @param owing
    ///            whether the client owes bytes: between two chunks nothing is owed, so that streams may be quiet
    /// @return why it is too little, or null
    @Nullable
    Fault look(ConnectionTerms terms, boolean owing) {
        long now = terms.worker().deadlines().now();
        long rate = terms.config().limits().minimumRate().bytes();
        double seconds = (now - windowStart) / (double) SECOND;
        if (now - lastRead >= terms.timeouts().bodyIdle().toNanos()) {
            return Fault.REQUEST_TIMEOUT;
        }
        return rate < Integer.MAX_VALUE && owing && windowBytes < rate * seconds ? Fault.BODY_TOO_SLOW : null;
    }

    /// Begins another window.
    ///
    /// @return when to look again, in nanoseconds from now
    long again(ConnectionTerms terms) {
        windowStart = terms.worker().deadlines().now();
        windowBytes = 0;
        return Math.min(window(terms), terms.timeouts().bodyIdle().toNanos() - (windowStart - lastRead));
    }
}
