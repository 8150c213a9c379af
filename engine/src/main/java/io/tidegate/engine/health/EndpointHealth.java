package io.tidegate.engine.health;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// How one endpoint is doing. All event loops tell it what came of their requests, which costs a good answer one read;
/// what follows is decided by [UpstreamHealth].
///
/// ```
///            errors in a row, or worse than the others              checks fail
///   used ──────────────────────────────▶ ejected        used ───────────────────▶ unhealthy
///        ◀──────────────────────────────                     ◀───────────────────
///             its time is over                                    checks are good
/// ```
///
/// Each is a bit of its own, as are draining and an open circuit breaker; only an endpoint without any is used.
public final class EndpointHealth {

    /// Left out because of what came of requests.
    static final int EJECTED = 1;
    /// Left out because of checks.
    static final int UNHEALTHY = 2;
    /// Left out by whoever runs the gateway.
    static final int DRAINING = 4;
    /// No connection to it can be made. Only together with [#EJECTED].
    static final int REFUSING = 8;
    /// Left in peace, as its circuit breaker is open.
    static final int BROKEN = 16;

    private final UpstreamHealth upstream;
    private final String endpoint;
    private final int most;
    private final @Nullable Outcomes outcomes;
    /// In a row, over all event loops.
    private final AtomicInteger errors = new AtomicInteger();
    /// Whether one refused connection is enough, and whether any error is.
    private volatile boolean onProbation;
    private volatile boolean strictly;
    /// Written by [UpstreamHealth] under its lock.
    private volatile int state;
    /// What [UpstreamHealth] knows of it, under its lock.
    final Past past = new Past();

    EndpointHealth(UpstreamHealth upstream, String endpoint, int most, @Nullable Outcomes outcomes) {
        this.upstream = upstream;
        this.endpoint = endpoint;
        this.most = most;
        this.outcomes = outcomes;
    }

    /// Its `host:port`, or `unix:/path`.
    public String endpoint() {
        return endpoint;
    }

    /// Whether nothing speaks against it.
    public boolean isUsable() {
        return state == 0;
    }

    /// A request was answered, and not with an error of a gateway.
    ///
    /// @param worker
    ///            index of the event loop that tells it
    /// @param nanos
    ///            from the start of the try to the first byte
    public void answered(int worker, long nanos) {
        if (errors.get() != 0) {
            well();
        }
        if (outcomes != null) {
            outcomes.answered(worker, nanos);
        }
    }

    private void well() {
        errors.set(0);
        onProbation = false;
        strictly = false;
        if ((state & REFUSING) != 0) {
            upstream.answers(this);
        }
    }

    /// A request came to nothing, or was answered with an error of a gateway.
    public void failed(int worker) {
        if (outcomes != null) {
            outcomes.failed(worker);
        }
        // Where it may not be left out yet it is asked for again after as many more.
        if ((errors.incrementAndGet() % most == 0 || strictly) && (state & EJECTED) == 0) {
            upstream.errs(this);
        }
    }

    /// No connection was made, as nobody takes one there, or none that can be trusted.
    public void refused(int worker) {
        if (outcomes != null) {
            outcomes.failed(worker);
        }
        if ((errors.incrementAndGet() >= most || onProbation) && (state & REFUSING) == 0) {
            upstream.refuses(this);
        }
    }

    /// Its circuit breaker has opened, or lets requests through again.
    public void broken(boolean open) {
        upstream.breaks(this, open);
    }

    boolean is(int bit) {
        return (state & bit) != 0;
    }

    int state() {
        return state;
    }

    @Nullable
    Outcomes outcomes() {
        return outcomes;
    }

    /// Changes bits of its state, under the lock of [UpstreamHealth].
    void change(int bits, boolean on) {
        state = on ? state | bits : state & ~bits;
    }

    /// Forgets its errors.
    ///
    /// @param probation
    ///            whether the next refused connection is one too many
    /// @param strict
    ///            whether the next error of any kind is
    void restart(boolean probation, boolean strict) {
        onProbation = probation;
        strictly = strict;
        // Not none, so that the first answer ends the probation.
        errors.set(probation && most > 1 ? 1 : 0);
    }

    /// What is remembered of an endpoint.
    static final class Past {
        /// Those of the lowest tier are used first.
        int tier;
        /// Whether it is an endpoint of the upstream no longer.
        boolean gone;
        /// When it is used again.
        long until;
        /// How long it was left out the last time, in nanoseconds.
        long lastFor;
        /// When it was used again.
        long backAt;
        /// How often it was left out in a row.
        int times;
        /// How often it was left out in all, by [Ejection].
        final long[] ejections = new long[Ejection.values().length];
        /// Why it is left out; what the last failed check said.
        @Nullable
        Ejection reason;
        @Nullable
        String failure;
        /// Checks in a row that were good, or bad.
        int good;
        int bad;
        long passed;
        long failed;
    }
}
