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
    public void replace(Snapshot next) {
        Snapshot before = current;
        current = next;
        if (before != null) {
            before.retire();
        }
    }
}
