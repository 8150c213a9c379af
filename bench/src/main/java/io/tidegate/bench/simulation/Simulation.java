package io.tidegate.bench.simulation;

import io.tidegate.engine.health.Timing;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Time that passes as fast as what happens in it is done. What is to happen at the same time happens in the order in
/// which it was asked for, and chance has a seed, so that the same simulation always ends the same.
public final class Simulation implements Timing {

    /// One second.
    public static final long SECOND = 1_000_000_000L;

    /// One millisecond.
    public static final long MILLI = 1_000_000L;

    private record Event(long at, long order, Runnable action) {
    }

    private final PriorityQueue<Event> ahead = new PriorityQueue<>(
            Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final SplittableRandom random;
    private long now;
    private long events;

    /// Nothing has happened yet.
    public Simulation(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public void after(long nanos, Runnable action) {
        ahead.add(new Event(now + Math.max(0, nanos), events++, action));
    }

    /// Does `action` at a time of its own.
    void at(double seconds, Runnable action) {
        after((long) (seconds * SECOND) - now, action);
    }

    /// Does `action` again and again, first after one interval.
    void every(long nanos, Runnable action) {
        after(nanos, () -> {
            action.run();
            every(nanos, action);
        });
    }

    /// A source of chance of its own.
    SplittableRandom chance() {
        return random.split();
    }

    /// A time of which the mean is given and the chance of ending does not depend on how long it has lasted, in
    /// nanoseconds.
    static long exponential(SplittableRandom random, double mean) {
        // Strict, so that the same comes of it on every machine.
        return (long) (-mean * StrictMath.log(1 - random.nextDouble()));
    }

    /// Lets time pass until then.
    void run(double seconds) {
        long end = (long) (seconds * SECOND);
        Event next = ahead.peek();
        while (next != null && next.at <= end) {
            ahead.remove();
            now = next.at;
            next.action.run();
            next = ahead.peek();
        }
        now = end;
    }
}
