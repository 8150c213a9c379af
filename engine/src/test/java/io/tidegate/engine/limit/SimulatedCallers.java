package io.tidegate.engine.limit;

import io.tidegate.engine.limit.AdaptiveLimit.Interval;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;

/// So many callers that each ask again a millisecond after they were answered, and a tenth of a second after they were
/// turned away, at a service with so many hands, behind an adaptive limit: all of it in a time of its own.
final class SimulatedCallers {

    private static final double THINK = 0.001;
    private static final double BACK_OFF = 0.1;

    private final AdaptiveLimit limit;
    private final SplittableRandom random = new SplittableRandom(7);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    /// When they began.
    private final Queue<Double> queue = new ArrayDeque<>();
    private final int hands;
    private final double seconds;
    private double now;
    private double begun;
    private double nextLook = 0.25;
    private int callers;
    private int busy;
    private int running;
    private long answers;
    private long quick;
    private double latency;
    private boolean held;
    private boolean settling;
    private long pause;
    private long served;
    private double waited;

    /// A call, or the end of one that began then.
    private record Event(double at, boolean call, double began) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            return Double.compare(at, other.at);
        }
    }

    SimulatedCallers(AdaptiveLimit limit, int hands, double seconds) {
        this.limit = limit;
        this.hands = hands;
        this.seconds = seconds;
    }

    /// Lets so many call.
    void callers(int count) {
        for (int i = callers; i < count; i++) {
            events.add(new Event(now + random.nextDouble() * BACK_OFF, true, 0));
        }
        callers = count;
    }

    /// Goes on for a while.
    ///
    /// @return how long answers took on the average, in seconds
    double run(double length) {
        served = 0;
        waited = 0;
        double end = now + length;
        while (now < end) {
            if (nextLook <= events.element().at()) {
                now = nextLook;
                look();
                continue;
            }
            Event event = events.remove();
            now = event.at();
            if (event.call()) {
                call();
            } else {
                answer(now - event.began());
            }
        }
        return waited / served;
    }

    private void call() {
        if (running >= limit.limit()) {
            held = true;
            events.add(new Event(now + BACK_OFF * (0.5 + random.nextDouble()), true, 0));
            return;
        }
        running++;
        queue.add(now);
        work();
    }

    private void work() {
        while (busy < hands && !queue.isEmpty()) {
            busy++;
            events.add(
                    new Event(now + seconds * (0.5 - 0.5 * Math.log(1 - random.nextDouble())), false, queue.remove()));
        }
    }

    private void answer(double took) {
        busy--;
        running--;
        work();
        answers++;
        served++;
        waited += took;
        latency += took * 1e9;
        if (took * 1e9 <= AdaptiveLimit.bound(limit.usual())) {
            quick++;
        }
        events.add(new Event(now - THINK * Math.log(1 - random.nextDouble()), true, 0));
    }

    private void look() {
        long lasted = (long) ((now - begun) * 1e9);
        if (!settling && !AdaptiveLimit.isDue(answers, lasted)) {
            nextLook = now + 0.25;
            return;
        }
        if (!settling) {
            pause = limit.judge(new Interval(lasted, answers, 0, quick, 0, latency, running, held));
        }
        settling = !settling && limit.settling() > 0;
        begun = now;
        nextLook = now + (settling ? limit.settling() : pause) / 1e9;
        answers = 0;
        quick = 0;
        latency = 0;
        held = false;
    }
}
