package io.tidegate.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for conditions.
public final class Await {

    /// Longest wait for anything: not a measure of speed, only what keeps a broken test from hanging.
    public static final Duration GUARD = Duration.ofSeconds(30);

    private static final long POLL_NANOS = 1_000_000;

    private Await() {
    }

    /// Returns once `condition` holds.
    ///
    /// @param what
    ///            what is waited for, for the message
    /// @throws AssertionError
    ///             where it does not hold within [#GUARD]
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /// Returns once `condition` holds; the message is made only where it does not.
    ///
    /// @throws AssertionError
    ///             where it does not hold within [#GUARD]
    public static void until(Supplier<String> what, BooleanSupplier condition) {
        until(GUARD, what, condition);
    }

    /// Returns once `condition` holds, where that takes longer than anything else.
    ///
    /// @param guard
    ///            longest wait
    /// @throws AssertionError
    ///             where it does not hold within that
    public static void until(Duration guard, Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + guard.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("waited in vain for " + what.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /// Returns once `value` was the same for `samples` looks in a row, a look every ten milliseconds: for what grows
    /// until something holds it back.
    public static long untilSteady(String what, int samples, Supplier<Long> value) {
        long[] last = {value.get(), 0};
        until(what + " to come to rest", () -> {
            LockSupport.parkNanos(10 * POLL_NANOS);
            long now = value.get();
            last[1] = now == last[0] ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] >= samples;
        });
        return last[0];
    }
}
