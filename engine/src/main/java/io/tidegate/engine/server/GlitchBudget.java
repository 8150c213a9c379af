package io.tidegate.engine.server;

/// How many oddities a client may show in a while before its connection is given up.
final class GlitchBudget {

    private static final long WINDOW_NANOS = 10_000_000_000L;

    private final int most;
    private int spent;
    private long windowStart;

    /// A budget of `most` in ten seconds.
    GlitchBudget(int most, long now) {
        this.most = most;
        this.windowStart = now;
    }

    /// Spends one.
    ///
    /// @return whether that was one too many
    boolean spend(long now) {
        if (now - windowStart >= WINDOW_NANOS) {
            windowStart = now;
            spent = 0;
        }
        return ++spent > most;
    }
}
