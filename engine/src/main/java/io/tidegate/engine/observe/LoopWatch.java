package io.tidegate.engine.observe;

import io.tidegate.engine.worker.Deadlines;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.RequestQueue.Place;
import io.tidegate.engine.worker.Watchdog;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// How well the event loops keep time: measures by how much each is late, counts when one is held up for too long, and
/// logs what its thread was doing meanwhile.
///
/// The measure is how long a request waits that comes as the loop's own clock ticks, every [Deadlines#TICK_NANOS]; it
/// costs no wake-up more. Close it before the workers.
public final class LoopWatch implements AutoCloseable {

    /// How late a loop may be before it counts as held up, unless said otherwise: 50 ms.
    public static final Duration THRESHOLD = Duration.ofMillis(50);

    /// How late a loop must be for a warning: a fifth of a second.
    private static final long LOUD_NANOS = 200_000_000L;

    /// Most warnings a minute, of all loops; five tell of half a minute's hold-up of one.
    private static final int MOST_WARNINGS = 10;
    private static final long WARNINGS_NANOS = 60_000_000_000L;

    /// Where a loop waits for its sockets: in io_uring, in epoll, in the JDK's selectors.
    private static final Set<String> WAITS = Set.of("io.netty.channel.uring.Native.ioUringEnter",
            "io.netty.channel.epoll.Native.epollWait0", "io.netty.channel.epoll.Native.epollWait",
            "io.netty.channel.epoll.Native.epollBusyWait0", "sun.nio.ch.EPoll.wait", "sun.nio.ch.KQueue.poll");

    private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);

    private final Watchdog watchdog;
    private final List<Beat> beats;
    // Touched by the watchdog's thread only.
    private int warnings;
    private long warningsSince;

    /// Is told of hold-ups, and again while one lasts, on a thread of its own.
    @FunctionalInterface
    public interface StallListener {

        /// The loop of a worker is held up, and still is.
        ///
        /// @param worker
        ///            its index
        /// @param lateNanos
        ///            how late it is so far
        /// @param stack
        ///            what its thread is doing, innermost first
        void stalled(int worker, long lateNanos, List<StackTraceElement> stack);
    }

    /// Watches `workers`, and only logs.
    ///
    /// @param look
    ///            what else is looked at, fifteen to twenty times a second, on the thread that watches
    public LoopWatch(Workers workers, Metrics metrics, Runnable look) {
        this(workers, metrics, THRESHOLD, (worker, lateNanos, stack) -> {}, look);
    }

    /// Watches `workers`.
    ///
    /// @param threshold
    ///            how late a loop may be before it counts as held up
    /// @param listener
    ///            is told beside the log
    /// @param look
    ///            what else is looked at each time, on the thread that watches
    public LoopWatch(Workers workers, Metrics metrics, Duration threshold, StallListener listener, Runnable look) {
        beats = workers.all().stream()
                .map(worker -> new Beat(worker, metrics.worker(worker.index()), threshold.toNanos())).toList();
        beats.forEach(beat -> beat.worker.loop().execute(beat::start));
        watchdog = new Watchdog(workers, threshold.toNanos(), worker -> metrics.worker(worker).beatDue(),
                (worker, lateNanos, state, stack) -> {
                    log(worker, lateNanos, state, stack);
                    listener.stalled(worker, lateNanos, stack);
                }, look);
    }

    /// Whether a thread with this stack waits for its sockets, whatever the transport.
    static boolean waitsInKernel(List<StackTraceElement> stack) {
        if (stack.isEmpty()) {
            return false;
        }
        StackTraceElement innermost = stack.getFirst();
        return WAITS.contains(innermost.getClassName() + "." + innermost.getMethodName());
    }

    /// Whether the log has room for one more warning.
    private boolean mayWarn() {
        long now = System.nanoTime();
        if (warnings == 0 || now - warningsSince >= WARNINGS_NANOS) {
            warnings = 0;
            warningsSince = now;
        }
        return warnings++ < MOST_WARNINGS;
    }

    private void log(int worker, long lateNanos, Thread.State state, List<StackTraceElement> stack) {
        StringBuilder text = new StringBuilder();
        stack.forEach(frame -> text.append("\n    at ").append(frame));
        // Short ones are as often the machine's fault as the loop's; they are counted, and told to those who look closer.
        // So is a loop that waits in the kernel: it has nothing to do, or no processor to do it on.
        boolean loud = lateNanos >= LOUD_NANOS && !waitsInKernel(stack) && mayWarn();
        LOG.atLevel(loud ? Level.WARN : Level.DEBUG)
                .log("event loop held up: worker={} late={}ms thread={}{}", worker, lateNanos / 1_000_000, state, text);
    }

    /// Stops watching.
    @Override
    public void close() {
        watchdog.close();
        beats.forEach(beat -> {
            if (!beat.worker.loop().isShuttingDown()) {
                beat.worker.loop().execute(beat::stop);
            }
        });
    }

    /// The clock of one loop, seen from inside.
    private static final class Beat {

        private final Worker worker;
        private final WorkerCells cells;
        private final long threshold;
        private final Deadline next = new Deadline(this::tick);
        private final Place place = new Place(this::measure);
        private long due;

        Beat(Worker worker, WorkerCells cells, long threshold) {
            this.worker = worker;
            this.cells = cells;
            this.threshold = threshold;
        }

        void start() {
            worker.deadlines().set(next, 1);
        }

        void stop() {
            worker.deadlines().remove(next);
            worker.requests().leave(place);
            cells.beatStops();
        }

        /// Asks for what a request that came with the tick would have to wait for.
        private void tick() {
            worker.deadlines().set(next, 1);
            worker.pressure().ownDelay().tick(worker.deadlines().late());
            if (worker.requests().isFree()) {
                measure();
            } else {
                worker.requests().add(place);
            }
        }

        private void measure() {
            long now = worker.deadlines().refresh();
            long lag = due == 0 ? 0 : now - due;
            // The first beat may itself have been late; the earliest one seen tells when they are really due.
            if (lag < 0 || due == 0) {
                due = now;
                lag = 0;
            }
            if (lag >= threshold) {
                cells.stalled();
            }
            due += (lag / Deadlines.TICK_NANOS + 1) * Deadlines.TICK_NANOS;
            cells.beat(lag, due);
            worker.pressure().beat(lag, now);
        }
    }
}
