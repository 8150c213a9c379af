package io.tidegate.engine.server;

import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.HttpExchange;
import org.jspecify.annotations.Nullable;

/// Watches that a client sends the body it is asked for, and not by single bytes.
final class BodyWatch {

    private static final long SECOND = 1_000_000_000L;
    private static final long WINDOW_NANOS = 5 * SECOND;

    private long windowBytes;
    private long windowStart;
    private long lastRead;
    private long answered;

    /// The client is to send from now on.
    ///
    /// @return when to look, in nanoseconds from now
    long begin(ConnectionTerms terms, HttpExchange exchange) {
        lastRead = terms.worker().deadlines().now();
        windowStart = lastRead;
        windowBytes = 0;
        answered = 0;
        return window(terms, exchange);
    }

    /// So many bytes came.
    void took(int bytes, long now) {
        lastRead = now;
        windowBytes += bytes;
    }

    private static long window(ConnectionTerms terms, HttpExchange exchange) {
        return Math.min(WINDOW_NANOS, idle(terms, exchange));
    }

    private static long idle(ConnectionTerms terms, HttpExchange exchange) {
        long endless = exchange.endlessIdleNanos();
        return endless < 0 ? terms.timeouts().bodyIdle().toNanos() : endless;
    }

    /// Looks whether enough has come. Of a stream without an end in sight nothing need come while the other side
    /// answers.
    ///
    /// @param owing
    ///            whether the client owes bytes: between two chunks nothing is owed, so that streams may be quiet
    /// @return why it is too little, or null
    @Nullable
    Fault look(ConnectionTerms terms, HttpExchange exchange, boolean owing) {
        long now = terms.worker().deadlines().now();
        if (exchange.endlessIdleNanos() >= 0 && exchange.responseBytes() != answered) {
            answered = exchange.responseBytes();
            lastRead = now;
        }
        long rate = terms.config().limits().minimumRate().bytes();
        double seconds = (now - windowStart) / (double) SECOND;
        if (now - lastRead >= idle(terms, exchange)) {
            return Fault.REQUEST_TIMEOUT;
        }
        return rate < Integer.MAX_VALUE && owing && windowBytes < rate * seconds ? Fault.BODY_TOO_SLOW : null;
    }

    /// Begins another window.
    ///
    /// @return when to look again, in nanoseconds from now
    long again(ConnectionTerms terms, HttpExchange exchange) {
        windowStart = terms.worker().deadlines().now();
        windowBytes = 0;
        return Math.min(window(terms, exchange), idle(terms, exchange) - (windowStart - lastRead));
    }
}
