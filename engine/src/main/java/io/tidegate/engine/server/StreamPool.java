package io.tidegate.engine.server;

import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The streams of one event loop that serve nobody at the moment, last used first. Touched on that loop only.
///
/// As many are kept as are needed at once: where a thousand requests are served at a time, each stream that is made anew
/// costs more than the request. Of those that nobody has needed for a second, half are let go, whether or not there are
/// requests.
///
/// @param <S>
///            what serves a request, as a [ServerStream]
final class StreamPool<S> {

    /// Most that are kept; what has not been used for longest goes first. A few KiB each.
    static final int MOST = 4096;
    /// So many are kept however few are needed.
    static final int LEAST = 64;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ArrayDeque<S> idle = new ArrayDeque<>();
    private final Consumer<Runnable> aSecondLater;
    private final Supplier<S> maker;
    /// Fewest that were idle since it was looked last: nobody has needed these.
    private int unneeded;
    /// Somebody will look.
    private boolean looking;

    /// An empty pool.
    ///
    /// @param aSecondLater
    ///            runs something once, on the loop, a second later
    /// @param maker
    ///            makes what is lacking
    StreamPool(Consumer<Runnable> aSecondLater, Supplier<S> maker) {
        this.aSecondLater = aSecondLater;
        this.maker = maker;
    }

    /// An empty pool of the loop of `worker`.
    static <S> StreamPool<S> of(Worker worker, Supplier<S> maker) {
        return new StreamPool<>(look -> worker.deadlines().set(new Deadline(look), LOOK_NANOS), maker);
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
        if (!looking && idle.size() > LEAST) {
            lookLater(0);
        }
    }

    private void lookLater(int unneededSoFar) {
        looking = true;
        unneeded = unneededSoFar;
        aSecondLater.accept(this::look);
    }

    private void look() {
        looking = false;
        int most = Math.max(LEAST, idle.size() - (unneeded + 1) / 2);
        while (idle.size() > most) {
            idle.removeFirst();
        }
        if (idle.size() > LEAST) {
            lookLater(idle.size());
        }
    }
}
