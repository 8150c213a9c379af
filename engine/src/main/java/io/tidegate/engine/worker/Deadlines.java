package io.tidegate.engine.worker;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The timers of one event loop: a wheel that turns every [#TICK_NANOS], so that setting one costs a field.
///
/// A deadline that is set later than the slot it waits in stays there, and moves on when its slot comes by: a time-out
/// that is set anew with every request costs one store per request. Deadlines fire up to one tick late, never early.
public final class Deadlines {

    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    /// How often the wheel turns.
    public static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int SLOTS = 1024;

    private final @Nullable Deadline[] slots = new @Nullable Deadline[SLOTS];
    private long now = System.nanoTime();
    private long tick;
    private long late;
    private final long start = now;

    private @Nullable EventLoop owner;

    Deadlines() {
    }

    void start(EventLoop loop, Transport transport) {
        owner = loop;
        if (transport == Transport.IO_URING && loop instanceof IoEventLoop ring) {
            UringTicks.start(ring, this);
        } else {
            tickByTasks(loop);
        }
    }

    void tickByTasks(EventLoop loop) {
        loop.scheduleAtFixedRate(this::turn, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
    }

    /// How long it is until the wheel should turn next, in nanoseconds, at least 1.
    long untilNextTick() {
        return Math.max(1, start + (tick + 1) * TICK_NANOS - System.nanoTime());
    }

    /// The time of the last tick or [#refresh], in the terms of [System#nanoTime]: right to one tick where the loop is
    /// not held up, and free.
    public long now() {
        return now;
    }

    /// How late the last turn of the wheel was, in nanoseconds.
    public long late() {
        return late;
    }

    /// Reads the clock, so that what is set from here on counts from this moment: a loop that was held up reads its
    /// sockets before its clock ticks again. Called where bytes arrive, once for all that is set because of them.
    ///
    /// @return the time, in the terms of [System#nanoTime]
    public long refresh() {
        now = System.nanoTime();
        return now;
    }

    /// Lets `deadline` fire `nanos` after [#now]. [Long#MAX_VALUE] never.
    public void set(Deadline deadline, long nanos) {
        if (nanos >= Long.MAX_VALUE / 2) {
            clear(deadline);
            return;
        }
        deadline.at = now + nanos;
        long due = (deadline.at - start) / TICK_NANOS + 1;
        if (deadline.queued && due >= deadline.slotTick) {
            return;
        }
        if (deadline.queued) {
            unlink(deadline);
        }
        link(deadline, due);
    }

    /// Keeps `deadline` from firing.
    public void clear(Deadline deadline) {
        deadline.at = Long.MAX_VALUE;
    }

    /// Takes `deadline` out of the wheel for good.
    public void remove(Deadline deadline) {
        clear(deadline);
        if (deadline.queued) {
            unlink(deadline);
        }
    }

    private boolean inLoop() {
        return owner == null || owner.inEventLoop();
    }

    private void link(Deadline deadline, long due) {
        assert inLoop();
        long at = Math.min(Math.max(due, tick + 1), tick + SLOTS - 1);
        int slot = (int) (at % SLOTS);
        deadline.slotTick = at;
        deadline.queued = true;
        deadline.previous = null;
        Deadline head = slots[slot];
        deadline.next = head;
        if (head != null) {
            head.previous = deadline;
        }
        slots[slot] = deadline;
    }

    private void unlink(Deadline deadline) {
        assert inLoop();
        Deadline previous = deadline.previous;
        Deadline next = deadline.next;
        if (previous != null) {
            previous.next = next;
        } else {
            slots[(int) (deadline.slotTick % SLOTS)] = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        deadline.previous = null;
        deadline.next = null;
        deadline.queued = false;
    }

    void turn() {
        now = System.nanoTime();
        long target = (now - start) / TICK_NANOS;
        late = Math.max(0, now - start - (tick + 1) * TICK_NANOS);
        while (tick < target) {
            tick++;
            int slot = (int) (tick % SLOTS);
            Deadline deadline = slots[slot];
            while (deadline != null) {
                Deadline next = deadline.next;
                if (deadline.slotTick <= tick) {
                    unlink(deadline);
                    due(deadline);
                    // What fired may have changed the slot; begin it again.
                    next = slots[slot];
                }
                deadline = next;
            }
        }
    }

    private void due(Deadline deadline) {
        if (deadline.at == Long.MAX_VALUE) {
            return;
        }
        if (deadline.at - now > 0) {
            link(deadline, (deadline.at - start) / TICK_NANOS + 1);
            return;
        }
        deadline.at = Long.MAX_VALUE;
        try {
            deadline.action.run();
        } catch (RuntimeException | Error e) {
            // The others must fire all the same: a periodic task that throws is never run again.
            LOG.error("what was due failed", e);
        }
    }

    /// Something to do at a time, set any number of times. Lives as long as what owns it.
    public static final class Deadline {

        private final Runnable action;
        private long at = Long.MAX_VALUE;
        private long slotTick;
        private boolean queued;
        private @Nullable Deadline previous;
        private @Nullable Deadline next;

        /// A deadline that is not set.
        public Deadline(Runnable action) {
            this.action = action;
        }
    }
}
