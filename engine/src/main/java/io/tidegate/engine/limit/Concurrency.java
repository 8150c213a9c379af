package io.tidegate.engine.limit;

import io.tidegate.config.ConcurrencyConfig;
import io.tidegate.config.ConcurrencyConfig.Kind;
import io.tidegate.engine.limit.AdaptiveLimit.Interval;
import io.tidegate.engine.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many requests run at one service at a time, over all event loops, and how many may.
///
/// With more than one loop, a small number is one counter that all loops share, so that it is kept to exactly. Of a
/// large one that is adaptive each loop has a part to itself, as half of it is given out that way: as long as there is
/// plenty, no loop waits for another's cache line. No clock runs: whoever sees the end of an interval looks at it.
public final class Concurrency {

    private static final Logger LOG = LoggerFactory.getLogger(Concurrency.class);
    /// Fewer than this for each loop are all shared.
    private static final int SHARED_BELOW = 64;

    private final String upstream;
    private final long waitNanos;
    private final int maxWaiting;
    private final List<Lane> lanes = new ArrayList<>();
    private final AtomicInteger shared = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder waits = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final @Nullable AdaptiveLimit adaptive;
    private final AtomicBoolean judging = new AtomicBoolean();
    private volatile int limit;
    private volatile int sharedLimit;
    private volatile int ownLimit;
    /// When the interval that runs can be looked at.
    private volatile long nextAt;
    private volatile long usual;
    /// Of [#judge], one thread at a time.
    private long begunAt;
    private boolean lowered;
    private boolean settling;
    private long length;

    private Concurrency(String upstream, ConcurrencyConfig config, List<Worker> workers, LongSupplier clock) {
        this.upstream = upstream;
        this.waitNanos = config.maxWait().toNanos();
        this.maxWaiting = config.maxWaiting();
        this.adaptive = config.kind() == Kind.ADAPTIVE ? new AdaptiveLimit(config.min(), config.max()) : null;
        workers.forEach(worker -> lanes.add(new Lane(this, worker)));
        this.begunAt = clock.getAsLong();
        this.nextAt = adaptive == null ? Long.MAX_VALUE : begunAt + AdaptiveLimit.INTERVAL;
        Integer fixed = config.limit();
        set(adaptive != null || fixed == null ? config.max() : fixed);
    }

    /// One at which nothing runs.
    ///
    /// @param clock
    ///            in the terms of [System#nanoTime]
    /// @return null where any number may run
    public static @Nullable Concurrency of(String upstream, ConcurrencyConfig config, List<Worker> workers,
            LongSupplier clock) {
        return config.kind() == Kind.UNLIMITED ? null : new Concurrency(upstream, config, workers, clock);
    }

    private void set(int next) {
        int loops = lanes.size();
        int own = loops == 1 ? next : adaptive != null && next >= SHARED_BELOW * loops ? next / 2 / loops : 0;
        ownLimit = own;
        sharedLimit = next - own * loops;
        limit = next;
    }

    Lane lane(int worker) {
        return lanes.get(worker);
    }

    long waitNanos() {
        return waitNanos;
    }

    int ownLimit() {
        return ownLimit;
    }

    /// How many may wait on one loop, of those that are worth the same, where somebody has waited all the time.
    int room() {
        return WaitingLine.room(limit / lanes.size());
    }

    boolean takeShared() {
        while (true) {
            int taken = shared.get();
            if (taken >= sharedLimit) {
                return false;
            }
            if (shared.compareAndSet(taken, taken + 1)) {
                return true;
            }
        }
    }

    void giveBackShared() {
        shared.decrementAndGet();
    }

    /// Takes a place among those that wait.
    ///
    /// @return whether there was one
    boolean reserveWait() {
        if (waitNanos <= 0 || waiting.incrementAndGet() > maxWaiting) {
            if (waitNanos > 0) {
                waiting.decrementAndGet();
            }
            return false;
        }
        waits.increment();
        return true;
    }

    void waitEnds() {
        waiting.decrementAndGet();
    }

    void refuses() {
        refused.increment();
    }

    /// A place has become free that another loop may have.
    void offer() {
        if (waiting.get() > 0) {
            for (Lane lane : lanes) {
                if (lane.hasWaiting()) {
                    lane.serveLater();
                    return;
                }
            }
        }
    }

    /// What takes longer than this counts where it is given up, in nanoseconds.
    long usualNanos() {
        return usual;
    }

    /// Looks at the interval that has passed, where one has.
    void look(long now) {
        if (now - nextAt >= 0 && adaptive != null && judging.compareAndSet(false, true)) {
            try {
                judge(adaptive, now);
            } finally {
                judging.set(false);
            }
        }
    }

    private void judge(AdaptiveLimit by, long now) {
        if (now - nextAt < 0) {
            return;
        }
        if (settling) {
            settling = false;
            take(now);
            begin(now, length);
            return;
        }
        long samples = 0;
        for (Lane lane : lanes) {
            samples += lane.samples();
        }
        if (!AdaptiveLimit.isDue(samples, now - begunAt)) {
            nextAt = now + AdaptiveLimit.INTERVAL;
            return;
        }
        int before = limit;
        length = by.judge(take(now));
        settling = by.settling() > 0;
        begin(now, settling ? by.settling() : length);
        usual = (long) by.usual();
        set(by.limit());
        tell(by, before);
        if (limit > before) {
            lanes.stream().filter(Lane::hasWaiting).forEach(Lane::serveLater);
        }
    }

    private void begin(long now, long lasts) {
        begunAt = now;
        nextAt = now + lasts;
    }

    /// What has been seen since the interval began, which is seen no more.
    private Interval take(long now) {
        long answers = 0;
        long givenUp = 0;
        long quick = 0;
        long blurred = 0;
        double latency = 0;
        boolean held = false;
        for (Lane lane : lanes) {
            answers += lane.takeAnswers();
            givenUp += lane.takeGivenUp();
            quick += lane.takeQuick();
            blurred += lane.takeBlurred();
            latency += lane.takeLatency();
            held |= lane.takeHeld() > 0;
        }
        return new Interval(now - begunAt, answers, givenUp, quick, blurred, latency, running(), held);
    }

    /// Once for each time that the limit comes down, and once when it is as it was.
    private void tell(AdaptiveLimit by, int before) {
        if (limit < before && !lowered) {
            lowered = true;
            LOG.atWarn().addKeyValue("upstream", upstream).addKeyValue("limit", limit)
                    .addKeyValue("usualMillis", TimeUnit.NANOSECONDS.toMillis(usual))
                    .log("answers take longer than usual: fewer requests may run at a time");
        } else if (lowered && by.isWhole()) {
            lowered = false;
            LOG.atInfo().addKeyValue("upstream", upstream).log("as many requests may run at a time as before");
        }
    }

    // What is measured.

    /// Requests that run now. Other loops' counts may be a moment old.
    public int running() {
        int sum = shared.get();
        for (Lane lane : lanes) {
            sum += lane.own();
        }
        return sum;
    }

    /// How many may run.
    public int limit() {
        return limit;
    }

    /// Requests that wait for their turn.
    public int waiting() {
        return waiting.get();
    }

    /// Requests that had to wait so far.
    public long waits() {
        return waits.sum();
    }

    /// Requests turned away so far.
    public long refused() {
        return refused.sum();
    }

    /// Goes on from what another one, which this one takes the place of, has found out. Before requests come.
    public void takeOver(Concurrency before) {
        AdaptiveLimit theirs = before.adaptive;
        if (adaptive != null && theirs != null) {
            adaptive.takeOver(theirs);
            usual = (long) adaptive.usual();
            set(adaptive.limit());
        }
    }
}
