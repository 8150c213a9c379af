package io.tidegate.control.source;

/// Waits until what changes has come to rest: 100 ms without a change, but at most 1 s after the first one.
///
/// Times are nanoseconds of one clock.
final class Debounce {

    /// Quiet after which a change counts.
    static final long QUIET = 100_000_000L;

    /// Longest wait, for what never comes to rest.
    static final long LONGEST = 1_000_000_000L;

    private boolean waiting;
    private long first;
    private long last;

    /// Something changed.
    void changed(long now) {
        if (!waiting) {
            waiting = true;
            first = now;
        }
        last = now;
    }

    /// How long to wait until it may have come to rest; [Long#MAX_VALUE] if nothing changed, 0 or less if it is time.
    long remaining(long now) {
        return waiting ? Math.min(last + QUIET - now, first + LONGEST - now) : Long.MAX_VALUE;
    }

    /// Begins anew.
    void clear() {
        waiting = false;
    }
}
