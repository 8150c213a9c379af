package io.tidegate.engine.upstream;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Tells why connections to one endpoint can't be made: a warning when that begins or has another reason than before, a
/// line when it is over, and a line of level `debug` for the rest. However many requests fail, there is at most one
/// warning a minute and one line of level `debug` a second. Called from all event loops.
final class ConnectLog {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectLog.class);
    private static final long LOUD_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_TEXT = 300;

    private final String upstream;
    private final String endpoint;
    private final LongSupplier clock;
    private volatile boolean failing;
    private @Nullable String warnedOf;
    private long warnedAt;
    private long toldAt;
    private boolean warned;
    private long untold;

    /// @param clock
    ///            nanoseconds, from any beginning
    ConnectLog(String upstream, String endpoint, LongSupplier clock) {
        this.upstream = upstream;
        this.endpoint = endpoint;
        this.clock = clock;
    }

    /// A connection stands.
    void made() {
        if (failing) {
            recovered();
        }
    }

    private synchronized void recovered() {
        // Where no warning was written, of a service that comes and goes, there is nothing to take back either.
        if (failing && warnedOf != null) {
            LOG.atInfo().addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint)
                    .log("the service can be reached again");
        }
        failing = false;
        warnedOf = null;
    }

    /// No connection stood within `limit`.
    void failed(Duration limit) {
        failed("no answer within " + limit.toMillis() + " ms");
    }

    /// A connection could not be made because of `cause`.
    void failed(@Nullable Throwable cause) {
        failed(reason(cause));
    }

    /// A connection could not be made for this reason, or is of no use.
    synchronized void failed(String reason) {
        untold++;
        Level level = level(reason);
        if (level != null) {
            LOG.atLevel(level).addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint)
                    .addKeyValue("reason", reason).addKeyValue("failures", untold).log("the service can't be reached");
            untold = 0;
        }
    }

    /// How loudly a failure is told; null for not at all.
    synchronized @Nullable Level level(String reason) {
        long now = clock.getAsLong();
        failing = true;
        if (!reason.equals(warnedOf) && (!warned || now - warnedAt >= LOUD_NANOS)) {
            warned = true;
            warnedOf = reason;
            warnedAt = now;
            toldAt = now;
            return Level.WARN;
        }
        // The first failure of all is told as a warning, so there is a time since the last one.
        if (now - toldAt < QUIET_NANOS) {
            return null;
        }
        toldAt = now;
        return Level.DEBUG;
    }

    /// The message of the cause, without what differs from one attempt to the next.
    private static String reason(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        String message = cause.getMessage();
        String text = message == null ? cause.getClass().getSimpleName() : message;
        return text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "..." : text;
    }
}
