package io.tidegate.bench.simulation;

import io.tidegate.config.ConcurrencyConfig;
import io.tidegate.engine.limit.AdaptiveLimit;
import io.tidegate.engine.limit.WaitingLine;

/// How many requests run at an upstream at a time: the others wait for a moment, first come, first served, and are
/// refused then.
final class SimulatedLimit {

    private final Simulation time;
    private final ConcurrencyConfig config;
    private final AdaptiveLimit adaptive;
    private final WaitingLine<Waiting> waiting;
    private int running;
    private long begunAt;
    private long answers;
    private long givenUp;
    private long quick;
    private double latency;
    private boolean held;

    private static final class Waiting {

        private final Runnable go;
        private final Runnable refused;
        private boolean over;

        Waiting(Runnable go, Runnable refused) {
            this.go = go;
            this.refused = refused;
        }
    }

    SimulatedLimit(Simulation time, ConcurrencyConfig config) {
        this.time = time;
        this.config = config;
        this.waiting = new WaitingLine<>(config.maxWait().toNanos());
        this.adaptive = new AdaptiveLimit(config.min(), config.max());
        time.after(AdaptiveLimit.INTERVAL, this::judge);
    }

    private void judge() {
        long now = time.now();
        if (!AdaptiveLimit.isDue(answers + givenUp, now - begunAt)) {
            time.after(AdaptiveLimit.INTERVAL, this::judge);
            return;
        }
        long next = adaptive
                .judge(new AdaptiveLimit.Interval(now - begunAt, answers, givenUp, quick, 0, latency, running,
                        held || waiting.size() > 0));
        if (adaptive.settling() == 0) {
            begin(next);
        } else {
            time.after(adaptive.settling(), () -> begin(next));
        }
        serve();
    }

    private void begin(long lasts) {
        begunAt = time.now();
        answers = 0;
        givenUp = 0;
        quick = 0;
        latency = 0;
        held = false;
        time.after(lasts, this::judge);
    }

    /// Runs `go` when there is a place, or `refused` when there was none for too long.
    void enter(Runnable go, Runnable refused) {
        if (running < limit()) {
            running++;
            go.run();
            return;
        }
        held = true;
        waiting.makeRoom(WaitingLine.room(limit()), this::refuse);
        if (waiting.size() >= config.maxWaiting()) {
            refused.run();
            return;
        }
        Waiting one = new Waiting(go, refused);
        waiting.add(one, time.now());
        time.after(config.maxWait().toNanos(), () -> refuse(one));
    }

    private void refuse(Waiting one) {
        if (!one.over) {
            one.over = true;
            waiting.remove(one, true, time.now());
            one.refused.run();
        }
    }

    /// One that ran is over.
    void leave() {
        running--;
        serve();
    }

    private void serve() {
        while (running < limit()) {
            Waiting next = waiting.takeFirst(time.now());
            if (next == null) {
                return;
            }
            next.over = true;
            running++;
            next.go.run();
        }
    }

    /// One was answered after so many nanoseconds.
    void answered(long nanos) {
        answers++;
        if (nanos <= AdaptiveLimit.bound(adaptive.usual())) {
            quick++;
        }
        latency += nanos;
    }

    /// One was given up after so many nanoseconds.
    void givenUp(long nanos) {
        if (nanos > adaptive.usual()) {
            givenUp++;
            latency += nanos;
        }
    }

    /// One was answered with an error after so many nanoseconds.
    void failed(long nanos) {
        if (adaptive.usual() > 0) {
            givenUp(nanos);
        }
    }

    /// How many may run now.
    int limit() {
        Integer fixed = config.limit();
        return config.kind() == ConcurrencyConfig.Kind.FIXED && fixed != null ? fixed : adaptive.limit();
    }
}
