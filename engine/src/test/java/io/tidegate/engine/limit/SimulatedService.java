package io.tidegate.engine.limit;

import io.tidegate.engine.limit.AdaptiveLimit.Interval;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// A service with so many hands, a queue without a bound, and clients that go after a second, behind an adaptive limit:
/// all of it in a time of its own. The service does not notice that a client has gone.
final class SimulatedService {

    private static final double PATIENCE = 1;

    private final AdaptiveLimit limit;
    private final SplittableRandom random = new SplittableRandom(42);
    private final PriorityQueue<double[]> finishing = new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
    private final PriorityQueue<double[]> leaving = new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
    private final ArrayDeque<double[]> queue = new ArrayDeque<>();
    private int hands;
    private double seconds;
    private double slowShare;
    private double slowSeconds;
    private double now;
    private double nextArrival;
    private double nextLook = 0.25;
    private double begun;
    private int running;
    private int busy;
    private long answers;
    private long givenUp;
    private long quick;
    private double latency;
    private boolean held;
    private boolean settling;
    private long pause;
    private long good;
    private long refused;
    private long arrived;

    /// @param hands
    ///            requests that are worked on at a time; each hand takes `seconds` for one
    SimulatedService(AdaptiveLimit limit, int hands, double seconds) {
        this.limit = limit;
        become(hands, seconds);
    }

    void become(int newHands, double newSeconds) {
        hands = newHands;
        seconds = newSeconds;
    }

    /// So many of its requests take longer than others.
    void slow(double share, double newSeconds) {
        slowShare = share;
        slowSeconds = newSeconds;
    }

    /// Lets clients ask for `rate` requests per second for a while.
    ///
    /// @return answers in time, per second
    double run(double rate, double length) {
        double end = now + length;
        good = 0;
        refused = 0;
        arrived = 0;
        nextArrival = now + gap(rate);
        while (now < end) {
            double done = finishing.isEmpty() ? Double.MAX_VALUE : finishing.peek()[0];
            double left = leaving.isEmpty() ? Double.MAX_VALUE : leaving.peek()[0];
            now = Math.min(Math.min(done, left), Math.min(nextArrival, nextLook));
            if (now == nextLook) {
                look();
            } else if (now == done) {
                finish(finishing.remove());
            } else if (now == left) {
                leaving.remove();
                leave();
            } else {
                nextArrival = now + gap(rate);
                arrive();
            }
        }
        return good / length;
    }

    private double gap(double rate) {
        return -Math.log(1 - random.nextDouble()) / rate;
    }

    private void arrive() {
        arrived++;
        if (running >= limit.limit()) {
            held = true;
            refused++;
            return;
        }
        running++;
        // When it came, and whether its client waits.
        double[] request = {now + PATIENCE, now, 1};
        leaving.add(request);
        queue.add(request);
        work();
    }

    private void work() {
        while (busy < hands && !queue.isEmpty()) {
            double[] request = queue.remove();
            busy++;
            double takes = random.nextDouble() < slowShare ? slowSeconds : seconds;
            finishing.add(new double[]{now + takes, request[1], request[0]});
        }
    }

    private void finish(double[] done) {
        busy--;
        work();
        if (leaving.removeIf(request -> request[1] == done[1])) {
            running--;
            answers++;
            if ((now - done[1]) * 1e9 <= AdaptiveLimit.bound(limit.usual())) {
                quick++;
            }
            latency += (now - done[1]) * 1e9;
            good++;
        }
    }

    private void leave() {
        running--;
        if (PATIENCE * 1e9 > limit.usual()) {
            givenUp++;
            latency += PATIENCE * 1e9;
        }
    }

    private void look() {
        if (settling) {
            settling = false;
            begin(pause);
            return;
        }
        if (!AdaptiveLimit.isDue(answers + givenUp, (long) ((now - begun) * 1e9))) {
            nextLook = now + 0.25;
            return;
        }
        pause = limit
                .judge(new Interval((long) ((now - begun) * 1e9), answers, givenUp, quick, 0, latency, running, held));
        settling = limit.settling() > 0;
        begin(settling ? limit.settling() : pause);
    }

    private void begin(long lasts) {
        begun = now;
        nextLook = now + lasts / 1e9;
        answers = 0;
        givenUp = 0;
        quick = 0;
        latency = 0;
        held = false;
    }

    /// How many of the last run were turned away.
    long refused() {
        return refused;
    }

    /// The share of the last run that was turned away.
    double refusedShare() {
        return arrived == 0 ? 0 : (double) refused / arrived;
    }
}
