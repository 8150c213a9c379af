package io.tidegate.engine.worker;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/// How short one event loop is of what it takes to serve requests: 0 where nothing is missing, 1 where nothing can be
/// served any more. Measured with the tick of its clock, so that a request only reads a field.
///
/// A loop is short of processor time where its ticks come late, because each turn brings more than can be done in time:
/// that is how long a client waits until its bytes are looked at. Not every late tick tells of that, so it counts only
///
/// - if the tick before was late too, as long as nothing is shed: one long turn, or a pause of the whole process, is
///   over by then;
/// - as far as the loop's thread has had the processor meanwhile: one that sleeps, waits, or can't get onto a machine
///   that is busy with something else is not relieved by serving less.
///
/// Once it is, the pressure grows while it is later than it should be, the faster the later it is, and at once with each
/// tick that is later than the one before; where it is less late it falls in the same way. So it comes to where the loop
/// is as late as it should be, whatever the load: a controller of proportional and integral part, as queues of routers
/// have (RFC 8033). A pressure that follows from the lateness alone has to swing: what is shed now makes the loop less
/// late only when what waits already has been served.
///
/// How late it should be depends on what there would be to do if nobody were turned away: clients that each wait for
/// their answer may make a loop as late as is allowed without any of them being badly served. Where very many rest
/// behind a refusal, it is kept far less late: what is critical is asked for by few connections, each of which waits for
/// two turns or three with every request.
public final class Pressure {

    /// What the pressure gains in a second, for each time that the loop is as late again as it should be.
    private static final double GROWTH = 0.5;

    /// What it loses in the same way.
    private static final double RELIEF = 0.5;

    /// What it gains at once, for each time that the loop is later than before by as much as it should be late.
    private static final double JUMP = 0.05;

    /// A loop that has had a quarter of a processor is busy: client, service and gateway may share one machine.
    private static final double BUSY = 0.25;

    /// So that a very long turn does not count for more than others, in times of what is allowed.
    private static final double MOST = 2.5;

    /// How late a loop should be at least where very many rest, and by how much less for each time that they would make
    /// it later by as much as is allowed: parts of what is allowed.
    private static final double LEAST = 0.35;
    private static final double LESS = 0.4;

    /// Where nothing but what is critical is served.
    private static final double ONLY_CRITICAL = 0.5;

    /// Where nothing but what is critical is served in what is left of a turn that lasts too long.
    private static final double SURE = 0.1;

    /// Fewer requests between two ticks do not tell what one takes.
    private static final int FEW = 20;

    private static final double SECOND = 1_000_000_000;

    /// Longest time between two ticks that counts.
    private static final double LONGEST = SECOND / 2;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final AtomicReference<Shortage> process;
    private final OwnDelay ownDelay = new OwnDelay();
    private boolean raised;
    private double level;
    private double connections;
    private Cause cause = Cause.LAG;
    private double own;
    private double lateBefore;
    private int resting;
    private int asked;
    private long lagBefore;
    private long cpuBefore = -1;
    private long before;
    private long lateAt;
    private volatile double lagLevel;
    private volatile double levelToAll;

    /// What is short.
    public enum Cause {
        /// Processor time: the event loop is late.
        LAG,
        /// The heap: what is live after a collection.
        HEAP,
        /// The memory of buffers.
        BUFFERS;

        private final String label = name().toLowerCase(Locale.ROOT);

        /// As it is counted.
        public String label() {
            return label;
        }
    }

    /// Nothing is short.
    ///
    /// @param process
    ///            what the process is short of
    public Pressure(AtomicReference<Shortage> process) {
        this.process = process;
    }

    /// Whether anything is short. All that is asked where nothing is.
    public boolean isRaised() {
        return raised;
    }

    /// How short time or memory is, whichever is more, 0 to 1.
    public double level() {
        return level;
    }

    /// As [#level], for a request that is looked at now. Where time is short and the turn that the loop is in lasts for
    /// too long already, it counts for more, until nothing but what is critical is served in what is left of it: else a
    /// turn that brings very much is over long after anyone waits for what it does, and its end comes too late to be
    /// learnt from.
    ///
    /// @param now
    ///            in the terms of [System#nanoTime]
    public double levelAt(long now) {
        return own > 0 && now - lateAt > 0 ? Math.max(level, ONLY_CRITICAL * Math.min(1, own / SURE)) : level;
    }

    /// A request has come.
    public void asked() {
        asked++;
    }

    /// A connection rests from now on, or no more.
    public void rests(boolean begins) {
        resting += begins ? 1 : -1;
    }

    /// What the loop adds to the times that services seem to take.
    public OwnDelay ownDelay() {
        return ownDelay;
    }

    /// What [#level] is of.
    public Cause cause() {
        return cause;
    }

    /// How short connections are, 0 to 1.
    public double connections() {
        return connections;
    }

    /// How short time or memory is, as [#level]; for any thread.
    public double levelToAll() {
        return levelToAll;
    }

    /// How short the loop's own time is, 0 to 1; for any thread.
    public double lagLevel() {
        return lagLevel;
    }

    /// The loop came to a request that was due with a tick of its clock. On the loop.
    ///
    /// @param lagNanos
    ///            how much later than it was due
    public void beat(long lagNanos, long now) {
        long cpu = THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : -1;
        double had = cpu < 0 || cpuBefore < 0 || now <= before ? 1 : (double) (cpu - cpuBefore) / (now - before);
        long passed = now - before;
        cpuBefore = cpu;
        before = now;
        beat(lagNanos, had, passed);
        lateAt = now + Deadlines.TICK_NANOS;
    }

    /// As [#beat(long, long)].
    ///
    /// @param processor
    ///            the part of a processor that the loop has had since the tick before
    /// @param passed
    ///            nanoseconds since then
    public void beat(long lagNanos, double processor, long passed) {
        Shortage outside = process.get();
        double busy = Math.min(1, processor / BUSY);
        double twice = Math.min(lagNanos, lagBefore) * busy;
        lagBefore = lagNanos;
        double late = Math.min(lagNanos * busy, MOST * outside.lag());
        if (own > 0 || twice > outside.lag()) {
            control(late, outside.lag(), (double) Math.max(0, passed), Math.min(1, processor));
        }
        lateBefore = late;
        asked = 0;
        level = Math.max(own, outside.level());
        cause = own >= outside.level() ? Cause.LAG : outside.cause();
        connections = outside.connections();
        raised = level > 0 || connections > 0;
        lagLevel = own;
        levelToAll = level;
    }

    private void control(double late, double allowed, double passed, double processor) {
        if (Double.isInfinite(allowed)) {
            own = 0;
            return;
        }
        double should = should(allowed, passed * processor);
        double excess = late / should - 1;
        double change = (excess < 0 ? RELIEF : GROWTH) * excess * Math.min(passed, LONGEST) / SECOND
                + JUMP * (late - lateBefore) / should;
        own = Math.clamp(own + change, 0, 1);
    }

    /// How late the loop should be, by how much later it would be if those who rest asked too.
    private double should(double allowed, double busy) {
        if (asked < FEW) {
            return allowed;
        }
        double more = resting * (busy / asked);
        return allowed * Math.clamp(1 - LESS * more / allowed, LEAST, 1);
    }
}
