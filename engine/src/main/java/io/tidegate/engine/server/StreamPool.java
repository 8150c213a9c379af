package io.tidegate.engine.server;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The streams of one event loop that serve nobody at the moment, last used first. Touched on that loop only.
///
/// @param <S>
///            what serves a request
final class StreamPool<S> {

    /// Most that are kept; what has not been used for longest goes first.
    private static final int KEPT = 512;

    private final ArrayDeque<S> idle = new ArrayDeque<>();

    /// The stream that was used last, or null where there is none.
    @Nullable
    S take() {
        return idle.pollLast();
    }

    /// Takes back a stream whose exchange is over, and which has nothing to flush any more.
    void giveBack(S stream) {
        if (idle.size() == KEPT) {
            idle.removeFirst();
        }
        idle.addLast(stream);
    }
}
