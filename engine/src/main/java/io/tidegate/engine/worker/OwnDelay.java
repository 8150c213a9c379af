package io.tidegate.engine.worker;

import java.util.concurrent.TimeUnit;

/// What an event loop adds to the times that services seem to take: a request goes out at the end of the turn that made
/// it, and what comes back is seen in a turn after. Who is late himself must not take services for overloaded.
///
/// It is two turns, as long as they were at most in the last quarter of a second, so that it is rarely too little: a
/// tick
/// of the loop's clock tells how much of a turn was left when it was due, anything from nothing to all of it.
public final class OwnDelay {

    /// What a loop adds at most without being late.
    private static final long NEGLIGIBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /// What of a usual time the loop may add so that times still tell of the service: one in so many.
    private static final int MOSTLY_OF_SERVICE = 4;
    /// Ticks that are looked back at.
    private static final int TOLD_BY = 12;

    /// How late the last ticks were, round and round.
    private final long[] lags = new long[TOLD_BY];
    private int next;
    private long nanos;

    /// The loop's clock ticked.
    ///
    /// @param lagNanos
    ///            how much later than it was due
    public void tick(long lagNanos) {
        lags[next] = lagNanos;
        next = (next + 1) % TOLD_BY;
        long most = 0;
        for (long lag : lags) {
            most = Math.max(most, lag);
        }
        nanos = 2 * most;
    }

    /// The most that it may be now, in nanoseconds.
    long nanos() {
        return nanos;
    }

    /// What a service has taken at least that seems to have taken so many nanoseconds; 1 or more.
    public long least(long seeming) {
        return nanos <= NEGLIGIBLE_NANOS ? seeming : Math.max(1, seeming - nanos);
    }

    /// Whether [#least] tells no more than that.
    ///
    /// @param usualNanos
    ///            what the service uses to take
    public boolean blurs(long usualNanos) {
        return nanos > NEGLIGIBLE_NANOS && nanos > usualNanos / MOSTLY_OF_SERVICE;
    }
}
