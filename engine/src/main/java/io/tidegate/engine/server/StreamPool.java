package io.tidegate.engine.server;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The streams of one event loop that serve nobody at the moment, last used first. Touched on that loop only.
///
/// As many are kept as are needed at once: where a thousand requests are served at a time, each stream that is made anew
/// costs more than the request. Of those that nobody has needed for a second, half are let go.
///
/// @param <S>
///            what serves a request, as a [ServerStream]
final class StreamPool<S> {

    /// Most that are kept; what has not been used for longest goes first. A few KiB each.
    static final int MOST = 4096;
    /// So many are kept however few are needed.
    static final int LEAST = 64;
    /// How often is looked for those that nobody needed, in nanoseconds.
    static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ArrayDeque<S> idle = new ArrayDeque<>();
    private final LongSupplier clock;
    private final Supplier<S> maker;
    /// Fewest that were idle since it was looked last: nobody has needed these.
    private int unneeded;
    private long looked;

    /// An empty pool.
    ///
    /// @param clock
    ///            in the terms of [System#nanoTime]
    /// @param maker
    ///            makes what is lacking
    StreamPool(LongSupplier clock, Supplier<S> maker) {
        this.clock = clock;
        this.maker = maker;
        this.looked = clock.getAsLong();
    }

    /// The stream that was used last, or a new one where there is none.
    S take() {
        S last = idle.pollLast();
        unneeded = Math.min(unneeded, idle.size());
        return last == null ? maker.get() : last;
    }

    /// Takes back a stream whose exchange is over, and which has nothing to flush any more.
    void giveBack(S stream) {
        if (idle.size() == MOST) {
            idle.removeFirst();
        }
        idle.addLast(stream);
        long now = clock.getAsLong();
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            letGo();
        }
    }

    private void letGo() {
        int most = Math.max(LEAST, idle.size() - (unneeded + 1) / 2);
        while (idle.size() > most) {
            idle.removeFirst();
        }
        unneeded = idle.size();
    }
}
