package io.tidegate.engine.overload;

import io.tidegate.config.OverloadConfig;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.worker.Pressure.Cause;
import io.tidegate.engine.worker.Shortage;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches over what the whole process may run out of, and tells the event loops, the listeners and the log.
///
/// The loops themselves know how late they are ([io.tidegate.engine.worker.Pressure]) and shed requests; here it is
/// said what is short beside, listeners stop accepting where shedding is not enough, and a line is logged when it begins
/// and when it ends. All of it on the thread that watches the loops ([io.tidegate.engine.observe.LoopWatch]).
public final class Overload {

    private static final Logger LOG = LoggerFactory.getLogger(Overload.class);

    /// Where accepting pauses: half of the critical requests are shed.
    private static final double PAUSE = 0.75;
    /// Where it goes on: critical ones are served.
    private static final double GO_ON = 0.5;
    /// How long nothing must have been shed until it is over.
    private static final long CALM_NANOS = 5_000_000_000L;

    private final Workers workers;
    private final Metrics metrics;
    private final Signs signs;
    private final Doors doors;
    private volatile OverloadConfig config = OverloadConfig.of(false);
    private volatile Shortage shortage = Shortage.NONE;
    private volatile double heap;
    private volatile double buffers;
    // Touched by the thread that watches only.
    private boolean paused;
    private boolean shedding;
    private long shedBefore;
    private long shedAtBegin;
    private long shedLast;

    /// The listeners, and the connections that they let in.
    public interface Doors {

        /// Part of the connections there may be that are open, 0 to 1.
        double used();

        /// Accepts no more for a while, or accepts again.
        void pause(boolean pause);

        /// Whether nobody is accepted at the moment.
        boolean isPaused();

        /// How often nobody was accepted for a while.
        long pauses();
    }

    /// Watches over what `workers` run out of. Nothing is short before [#apply].
    public Overload(Workers workers, Metrics metrics, Signs signs, Doors doors) {
        this.workers = workers;
        this.metrics = metrics;
        this.signs = signs;
        this.doors = doors;
        for (Worker worker : workers.all()) {
            gauge(Cause.LAG.label(), Integer.toString(worker.index()), worker.pressure()::lagLevel);
        }
        gauge(Cause.HEAP.label(), "all", () -> heap);
        gauge(Cause.BUFFERS.label(), "all", () -> buffers);
        gauge("connections", "all", () -> shortage.connections());
        metrics.gauge("tidegate_accepts_paused", "Whether nobody is accepted for a while; 1 for yes.",
                () -> doors.isPaused() ? 1 : 0);
        metrics.counter("tidegate_accept_pauses_total", "Times that nobody was accepted for a while.",
                doors::pauses);
    }

    private void gauge(String cause, String worker, DoubleSupplier value) {
        metrics.gauge("tidegate_overload_pressure",
                "How short the gateway is of something: 0 of nothing, 0.5 only critical requests are served, 1 none.",
                value, "worker", worker, "cause", cause);
    }

    /// Does what a new configuration says.
    public void apply(OverloadConfig next) {
        config = next;
    }

    /// How short the gateway is of time or memory, 0 to 1: that of the event loop that has it worst.
    public double pressure() {
        return workers.all().stream().mapToDouble(worker -> worker.pressure().levelToAll()).max().orElse(0);
    }

    private double mostLate() {
        return workers.all().stream().mapToDouble(worker -> worker.pressure().lagLevel()).max().orElse(0);
    }

    /// Looks how things stand. On the thread that watches the event loops.
    public void look() {
        OverloadConfig now = config;
        shortage = now.enabled() ? measure(now) : Shortage.NONE;
        workers.shortage(shortage);
        pauseOrGoOn();
        tell(System.nanoTime());
    }

    private Shortage measure(OverloadConfig now) {
        double stop = now.stop().value();
        heap = Shortage.between(signs.heap(), now.heap().value(), stop);
        buffers = Shortage.between(signs.buffers(), now.buffers().value(), stop);
        return new Shortage(signs.lag() ? now.lag().toNanos() / 2.0 : Shortage.NONE.lag(), Math.max(heap, buffers),
                heap >= buffers ? Cause.HEAP : Cause.BUFFERS,
                Shortage.between(doors.used(), now.connections().value(), 1));
    }

    /// Newcomers are put off where memory is about to end. Not where loops are late: who waits in the operating
    /// system's queue has given up by the time that he is let in, and each of them costs more than to be told to come
    /// again.
    private void pauseOrGoOn() {
        boolean pause = shortage.level() >= (paused ? GO_ON : PAUSE);
        if (pause != paused) {
            paused = pause;
            doors.pause(pause);
        }
    }

    private void tell(long now) {
        long shed = metrics.shed();
        boolean sheds = shed > shedBefore || paused;
        if (sheds) {
            shedLast = now;
        }
        if (sheds && !shedding) {
            shedding = true;
            shedAtBegin = shedBefore;
            LOG.atWarn().addKeyValue("pressure", rounded(pressure()))
                    .addKeyValue("cause", shortage.level() > mostLate() ? shortage.cause().label() : Cause.LAG.label())
                    .log("the gateway is overloaded: it sheds requests");
        } else if (shedding && now - shedLast >= CALM_NANOS) {
            shedding = false;
            LOG.atInfo().addKeyValue("shed", shed - shedAtBegin)
                    .log("the gateway is overloaded no more: it sheds no requests");
        }
        shedBefore = shed;
    }

    private static double rounded(double level) {
        return Math.round(level * 100) / 100.0;
    }
}
