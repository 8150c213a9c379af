package io.tidegate.engine.health;

/// The clock, and what is done later.
public interface Timing {

    /// Now in nanoseconds, from any beginning; never goes back.
    long now();

    /// Runs `action` once, so many nanoseconds from now.
    void after(long nanos, Runnable action);
}
