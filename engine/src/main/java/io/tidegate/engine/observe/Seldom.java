package io.tidegate.engine.observe;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Lets something that may come about with every request be logged at most once in ten seconds. For all threads.
public final class Seldom {

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    /// Whether it is to be logged this time.
    public boolean isDue() {
        long now = System.nanoTime();
        long until = quietUntil.get();
        return now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS);
    }
}
