package io.tidegate.control;

import java.util.function.BooleanSupplier;

/// Waits for what comes about on another thread.
public final class Eventually {

    private static final long GUARD = 30_000_000_000L;

    private Eventually() {
    }

    /// Waits until the condition holds; fails if it does not within half a minute.
    public static void eventually(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > GUARD) {
                throw new AssertionError("what was waited for did not come about");
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
