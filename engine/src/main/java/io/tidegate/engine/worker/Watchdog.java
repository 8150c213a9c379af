package io.tidegate.engine.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread beside the event loops that looks whether each of them still turns, and says so while one does not.
///
/// It looks when the loop that is due first would be later than is allowed, and tells of one hold-up again whenever it
/// has lasted four times as long. Each look costs a processor that is busy more than what is done in it. Where it was
/// itself kept from looking (the whole process was paused, or the machine has no processor to spare), it looks again
/// before it blames a loop.
public final class Watchdog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    /// So that a hold-up of half a minute is told of five times, and not every time that the watchdog looks.
    private static final long LONGER = 4;

    private final List<Watched> watched = new ArrayList<>();
    private final Pulse pulse;
    private final Listener listener;
    private final Runnable look;
    private final long allowedNanos;
    private final Thread thread;
    private volatile boolean closed;

    /// When an event loop is due.
    @FunctionalInterface
    public interface Pulse {

        /// When the loop of `worker` is due to show itself next, in the terms of [System#nanoTime]; 0 where it
        /// never did.
        long due(int worker);
    }

    /// Is told of hold-ups, on the watchdog's thread.
    @FunctionalInterface
    public interface Listener {

        /// The loop of a worker is held up, and still is.
        ///
        /// @param worker
        ///            its index
        /// @param lateNanos
        ///            how late it is so far
        /// @param state
        ///            of its thread
        /// @param stack
        ///            what its thread is doing, innermost first
        void held(int worker, long lateNanos, Thread.State state, List<StackTraceElement> stack);
    }

    private static final class Watched {
        private final Worker worker;
        private volatile @Nullable Thread thread;
        private long told;
        private long toldLate;

        Watched(Worker worker) {
            this.worker = worker;
        }
    }

    /// Starts to watch.
    ///
    /// @param allowedNanos
    ///            how late a loop may be, at least a millisecond
    /// @param look
    ///            what else is looked at each time
    public Watchdog(Workers workers, long allowedNanos, Pulse pulse, Listener listener, Runnable look) {
        if (allowedNanos < TimeUnit.MILLISECONDS.toNanos(1)) {
            throw new IllegalArgumentException("allowedNanos must be at least 1000000 (was " + allowedNanos + ")");
        }
        this.allowedNanos = allowedNanos;
        this.pulse = pulse;
        this.listener = listener;
        this.look = look;
        for (Worker worker : workers.all()) {
            Watched each = new Watched(worker);
            worker.loop().execute(() -> each.thread = Thread.currentThread());
            watched.add(each);
        }
        thread = daemon("tidegate-watchdog", this::watch);
    }

    /// Starts a thread that may block, and that does not keep the process from ending.
    public static Thread daemon(String name, Runnable work) {
        return Thread.ofPlatform().name(name).daemon(true).start(work);
    }

    private void watch() {
        while (!closed) {
            long before = System.nanoTime();
            long pause = pause(before);
            LockSupport.parkNanos(this, pause);
            long now = System.nanoTime();
            alsoLook();
            if (closed || now - before > pause + allowedNanos / 2) {
                continue;
            }
            watched.forEach(each -> look(each, now));
        }
    }

    /// How long it is until a loop may be later than is allowed.
    private long pause(long now) {
        long least = 2 * allowedNanos;
        for (Watched each : watched) {
            long due = pulse.due(each.worker.index());
            if (due != 0) {
                least = Math.min(least, due + allowedNanos - now);
            }
        }
        return Math.max(least, allowedNanos / 2);
    }

    private void alsoLook() {
        if (closed) {
            return;
        }
        try {
            look.run();
        } catch (RuntimeException | Error e) {
            // It goes on: what was found last would hold for ever.
            LOG.error("can't look how the gateway is doing", e);
        }
    }

    private void look(Watched each, long now) {
        Thread loop = each.thread;
        long due = pulse.due(each.worker.index());
        long least = due == each.told ? LONGER * each.toldLate : allowedNanos;
        if (loop == null || due == 0 || now - due < least || each.worker.loop().isShuttingDown()) {
            return;
        }
        List<StackTraceElement> stack = List.of(loop.getStackTrace());
        Thread.State state = loop.getState();
        if (pulse.due(each.worker.index()) == due) {
            each.told = due;
            each.toldLate = now - due;
            tell(each.worker.index(), now - due, state, stack);
        }
    }

    private void tell(int worker, long lateNanos, Thread.State state, List<StackTraceElement> stack) {
        try {
            listener.held(worker, lateNanos, state, stack);
        } catch (RuntimeException | Error e) {
            LOG.error("can't tell of a loop that is held up", e);
        }
    }

    /// Stops watching.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
