package io.tidegate.engine.limit;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Those who wait for a place at a service and are worth the same.
///
/// A queue is there for a moment in which more come than go. Once somebody has waited in it for as long as he may and
/// for nothing, and as long as it is hardly ever empty, it is of no such use: as many come as before, and all that each
/// of them gets from it is to wait. So it is kept short from then on, by those who have waited longest (CoDel's idea,
/// RFC 8289, without its clock): the others are served soon, and who is turned away hears it soon.
///
/// @param <T>
///            what waits
public final class WaitingLine<T> {

    /// It is useful again once it has been empty for this part of the time that anyone may wait.
    private static final int EMPTY_PART = 4;
    private static final int LEAST_ROOM = 3;

    private final ArrayDeque<T> waiting = new ArrayDeque<>();
    private final long longest;
    private boolean crowded;
    private long emptySince;

    /// Nobody waits.
    ///
    /// @param longest
    ///            for how long each may, in nanoseconds
    public WaitingLine(long longest) {
        this.longest = longest;
    }

    /// How many may wait where some wait for nothing.
    ///
    /// @param running
    ///            how many may run
    public static int room(int running) {
        return Math.max(LEAST_ROOM, running / 3);
    }

    /// Turns away who has to go before another one may come: up to two, so that a long line becomes shorter with each
    /// that comes.
    ///
    /// @param room
    ///            how many may wait where some wait for nothing
    /// @param turnAway
    ///            turns one away, which [#remove]s it
    public void makeRoom(int room, Consumer<T> turnAway) {
        for (int i = 0; i < 2 && crowded && waiting.size() >= room; i++) {
            turnAway.accept(waiting.getFirst());
        }
    }

    /// Lets one more wait.
    public void add(T one, long now) {
        if (waiting.isEmpty() && now - emptySince > longest / EMPTY_PART) {
            crowded = false;
        }
        waiting.addLast(one);
    }

    /// Who has waited longest; null where nobody waits.
    public @Nullable T first() {
        return waiting.peekFirst();
    }

    /// Takes out who has waited longest, to be served.
    public @Nullable T takeFirst(long now) {
        return left(waiting.pollFirst(), now);
    }

    /// Takes out who came last, to be served.
    public @Nullable T takeLast(long now) {
        return left(waiting.pollLast(), now);
    }

    /// Takes one out who waits no longer.
    ///
    /// @param inVain
    ///            whether it is turned away, and does not go by itself
    /// @return whether it was there
    public boolean remove(T one, boolean inVain, long now) {
        if (!waiting.remove(one)) {
            return false;
        }
        crowded |= inVain;
        left(one, now);
        return true;
    }

    private @Nullable T left(@Nullable T one, long now) {
        if (waiting.isEmpty()) {
            emptySince = now;
        }
        return one;
    }

    /// How many wait.
    public int size() {
        return waiting.size();
    }
}
