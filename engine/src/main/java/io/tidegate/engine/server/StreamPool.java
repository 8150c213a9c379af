package io.tidegate.engine.server;

import java.util.ArrayDeque;
import java.util.function.Supplier;

/// The streams of one event loop that serve nobody at the moment, last used first. Touched on that loop only.
///
/// @param <S>
///            what serves a request
final class StreamPool<S extends ServerStream<?>> {

    /// Most that are kept; what has not been used for longest goes first.
    private static final int KEPT = 512;

    private final ArrayDeque<S> idle = new ArrayDeque<>();
    private final Supplier<S> maker;

    /// An empty pool, for which `maker` makes what it lacks.
    StreamPool(Supplier<S> maker) {
        this.maker = maker;
    }

    /// The stream that was used last, or a new one where there is none.
    S take() {
        S last = idle.pollLast();
        return last == null ? maker.get() : last;
    }

    /// Takes back a stream whose exchange is over, and which has nothing to flush any more.
    void giveBack(S stream) {
        if (idle.size() == KEPT) {
            idle.removeFirst();
        }
        idle.addLast(stream);
    }
}
