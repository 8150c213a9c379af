package io.tidegate.engine.worker;

/// How many oddities the other side may show in a while before its connection is given up.
public final class GlitchBudget {

    private static final long WINDOW_NANOS = 10_000_000_000L;

    private final int most;
    private int spent;
    private long windowStart;

    /// A budget of `most` in ten seconds.
    public GlitchBudget(int most, long now) {
        this.most = most;
        this.windowStart = now;
    }

    /// Spends one.
    ///
    /// @return whether that was one too many
    public boolean spend(long now) {
        if (now - windowStart >= WINDOW_NANOS) {
            windowStart = now;
            spent = 0;
        }
        return ++spent > most;
    }
}
