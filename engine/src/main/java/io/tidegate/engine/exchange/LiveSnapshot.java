package io.tidegate.engine.exchange;

import org.jspecify.annotations.Nullable;

/// The snapshot that new exchanges take: replaced with one volatile write, read with one.
public final class LiveSnapshot {

    private volatile @Nullable Snapshot current;

    /// The snapshot for an exchange that begins now, or null before the first configuration.
    public @Nullable Snapshot current() {
        return current;
    }

    /// Puts another in its place; the one before retires.
    ///
    /// @param closeBefore
    ///            closes what the one before had for itself; runs off the event loops when its last exchange is over
    public void replace(Snapshot next, Runnable closeBefore) {
        Snapshot before = current;
        current = next;
        if (before != null) {
            before.retire(closeBefore);
        }
    }
}
