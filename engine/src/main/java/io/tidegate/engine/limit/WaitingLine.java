package io.tidegate.engine.limit;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Those who wait for a place at a service and are worth the same.
///
/// A queue is there for a moment in which more come than go. Where some have been turned away and it has not been empty
/// for as long as anyone may wait in it, it is of no such use: as many come as before, and all that each of them gets
/// from it is to wait. So it is kept short from then on, by those who have waited longest (CoDel's idea, RFC 8289,
/// without its clock): the others are served soon, and who is turned away hears it soon.
///
/// @param <T>
///            what waits
public final class WaitingLine<T> {

    private final ArrayDeque<T> waiting = new ArrayDeque<>();
    private final long longest;
    private long neededSince;
    private long turnedAwayAt;
    private boolean turnedAway;

    /// Nobody waits.
    ///
    /// @param longest
    ///            for how long each may, in nanoseconds
    public WaitingLine(long longest) {
        this.longest = longest;
    }

    /// How many may wait where not all could be served for long: about as many as are served in half of the time
    /// that one takes.
    ///
    /// @param running
    ///            how many may run
    public static int room(int running) {
        return Math.max(3, running / 3);
    }

    /// Who has to go before another one may come.
    ///
    /// @param room
    ///            how many may wait where not all could be served for long
    /// @return null for nobody
    public @Nullable T inTheWay(int room, long now) {
        return waiting.size() >= room && now - neededSince > longest ? waiting.peekFirst() : null;
    }

    /// Lets one more wait.
    public void add(T one, long now) {
        if (waiting.isEmpty() && !(turnedAway && now - turnedAwayAt <= longest)) {
            neededSince = now;
            turnedAway = false;
        }
        waiting.addLast(one);
    }

    /// Who has waited longest; null where nobody waits.
    public @Nullable T first() {
        return waiting.peekFirst();
    }

    /// Takes out who has waited longest, to be served.
    public @Nullable T takeFirst() {
        return waiting.pollFirst();
    }

    /// Takes out who came last, to be served.
    public @Nullable T takeLast() {
        return waiting.pollLast();
    }

    /// Takes one out who is not served.
    ///
    /// @return whether it was there
    public boolean turnAway(T one, long now) {
        turnedAway = true;
        turnedAwayAt = now;
        return waiting.remove(one);
    }

    /// How many wait.
    public int size() {
        return waiting.size();
    }
}
