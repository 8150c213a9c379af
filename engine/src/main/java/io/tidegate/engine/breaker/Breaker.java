package io.tidegate.engine.breaker;

import io.tidegate.config.CircuitBreakerConfig;
import io.tidegate.engine.breaker.Tally.Sum;
import io.tidegate.engine.health.Timing;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether requests are let through to a service, or to one endpoint of it.
///
/// ```
///            failureRate or slowCallRate reached               openFor is over
///   closed ──────────────────────────────────────▶ open ──────────────────────▶ half open
///     ▲                                             ▲                            │    │
///     │                                             └─ reached again among ──────┘    │
///     └────────────────────────── all of halfOpenRequests answered, not reached ──────┘
/// ```
///
/// While it is closed a request costs the read of a field, and what came of it a few counts of its own loop. Whoever is
/// let through gets a pass, which says in which phase that was: what comes of it later than that tells nothing.
public final class Breaker {

    /// What stands for a pass where none is given.
    public static final int REFUSED = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);
    private static final int STATUSES = 600;
    /// UNKNOWN, INTERNAL, UNAVAILABLE and DATA_LOSS.
    private static final int GRPC_FAILURES = 1 << 2 | 1 << 13 | 1 << 14 | 1 << 15;
    private static final int STATE_BITS = 2;
    private static final int STATE_MASK = 3;

    /// What it does with requests.
    public enum State {
        /// All are let through.
        CLOSED("closed"),
        /// A few are.
        HALF_OPEN("half open"),
        /// None is.
        OPEN("open");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /// For people, and the admin listener.
        public String text() {
            return text;
        }
    }

    private final String upstream;
    private final @Nullable String endpoint;
    private final CircuitBreakerConfig terms;
    private final Timing timing;
    private final boolean[] failures = new boolean[STATUSES];
    private final long slowNanos;
    private final Tally tally;
    private final LongAdder refused = new LongAdder();
    private Runnable changed = () -> {};
    /// The number of the phase, and its state in the lowest bits. Written under the lock.
    private volatile int phase = State.CLOSED.ordinal();
    /// How many more are let through for a test. Written under the lock.
    private volatile int places;
    private int answered;
    private int failed;
    private int slow;
    private long until;
    private long openings;
    private boolean ended;

    /// A closed one.
    ///
    /// @param endpoint
    ///            whose it is; null where it is the upstream's
    /// @param workers
    ///            number of event loops that ask
    public Breaker(String upstream, @Nullable String endpoint, CircuitBreakerConfig terms, int workers,
            Timing timing) {
        this.upstream = upstream;
        this.endpoint = endpoint;
        this.terms = terms;
        this.timing = timing;
        for (int status = 0; status < STATUSES; status++) {
            int each = status;
            failures[status] = terms.failureStatus().stream().anyMatch(range -> range.contains(each));
        }
        this.slowNanos = terms.slowCallRate() == null ? Long.MAX_VALUE : terms.slowCall().toNanos();
        this.tally = new Tally(workers, terms.window().toNanos(), timing.now());
    }

    /// Runs `action` whenever its state has changed, one at a time.
    public synchronized void onChange(Runnable action) {
        changed = action;
    }

    private static State stateOf(int phase) {
        return switch (phase & STATE_MASK) {
            case 0 -> State.CLOSED;
            case 1 -> State.HALF_OPEN;
            default -> State.OPEN;
        };
    }

    /// What it does with requests now.
    public State state() {
        return stateOf(phase);
    }

    /// Whether a request would be let through now.
    public boolean admits() {
        int now = phase & STATE_MASK;
        return now == State.CLOSED.ordinal() || (now == State.HALF_OPEN.ordinal() && places > 0);
    }

    /// Lets a request through, or does not.
    ///
    /// @return a pass, of which has to be told what came of it, or that nothing did; or [#REFUSED]
    public int enter() {
        int now = phase;
        return (now & STATE_MASK) == State.CLOSED.ordinal() ? now : test();
    }

    private synchronized int test() {
        if (stateOf(phase) == State.CLOSED) {
            return phase;
        }
        if (stateOf(phase) == State.OPEN || places <= 0) {
            return REFUSED;
        }
        places--;
        return phase;
    }

    /// Counts a request that was turned away because of it.
    public void turnedAway() {
        refused.increment();
    }

    /// Whether a pass is one of those that are given for a test.
    public static boolean isTest(int pass) {
        return pass >= 0 && stateOf(pass) == State.HALF_OPEN;
    }

    /// Whether an answer is a failure.
    ///
    /// @param grpc
    ///            its status of gRPC; negative where it has none
    public boolean isFailure(int status, int grpc) {
        return (status >= 0 && status < STATUSES && failures[status])
                || (grpc >= 0 && grpc < Integer.SIZE && (GRPC_FAILURES & 1 << grpc) != 0);
    }

    /// A request was answered, or failed.
    ///
    /// @param worker
    ///            index of the event loop that tells it
    /// @param now
    ///            in the terms of [Timing#now], a moment old at most
    /// @param nanos
    ///            how long the service took; 0 where that is not known
    public void over(int worker, int pass, long now, boolean failure, long nanos) {
        if (pass != phase || pass == REFUSED) {
            return;
        }
        boolean late = nanos >= slowNanos;
        if (stateOf(pass) == State.HALF_OPEN) {
            tested(pass, failure, late);
        } else {
            tally.count(worker, pass, now, failure, late);
            if (failure || late) {
                judge(pass, now);
            }
        }
    }

    /// Nothing can be told of what became of a request.
    public void left(int pass) {
        if (isTest(pass)) {
            giveBack(pass);
        }
    }

    private synchronized void giveBack(int pass) {
        if (pass == phase) {
            places++;
        }
    }

    private void judge(int pass, long now) {
        Sum sum = tally.sum(pass, now);
        if (sum.tries() >= terms.minRequests() && isReached(sum.failed(), sum.slow(), sum.tries())) {
            open(pass, sum);
        }
    }

    private boolean isReached(long failures, long slowOnes, long of) {
        return (failures > 0 && failures >= terms.failureRate().value() * of)
                || (terms.slowCallRate() != null && slowOnes > 0 && slowOnes >= terms.slowCallRate().value() * of);
    }

    private synchronized void tested(int pass, boolean failure, boolean late) {
        if (pass != phase) {
            return;
        }
        answered++;
        failed += failure ? 1 : 0;
        slow += late ? 1 : 0;
        if (isReached(failed, slow, terms.halfOpenRequests())) {
            open(pass, new Sum(answered, failed, slow));
        } else if (answered >= terms.halfOpenRequests()) {
            turn(State.CLOSED);
            told("a circuit breaker has closed");
        }
    }

    private synchronized void open(int pass, Sum because) {
        if (pass != phase || ended) {
            return;
        }
        openings++;
        openFor(terms.openFor().toNanos());
        LOG.atWarn().addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint == null ? "all" : endpoint)
                .addKeyValue("tries", because.tries()).addKeyValue("failed", because.failed())
                .addKeyValue("slow", because.slow()).log("a circuit breaker has opened");
    }

    private void openFor(long nanos) {
        until = timing.now() + nanos;
        turn(State.OPEN);
        int opened = phase;
        timing.after(nanos, () -> halfOpen(opened));
    }

    private synchronized void halfOpen(int opened) {
        if (opened == phase && !ended) {
            answered = 0;
            failed = 0;
            slow = 0;
            places = terms.halfOpenRequests();
            turn(State.HALF_OPEN);
            told("a circuit breaker lets requests through for a test");
        }
    }

    private void turn(State next) {
        int number = (phase >> STATE_BITS) + 1 & Integer.MAX_VALUE >> STATE_BITS;
        phase = number << STATE_BITS | next.ordinal();
        changed.run();
    }

    private void told(String what) {
        LOG.atInfo().addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint == null ? "all" : endpoint)
                .log(what);
    }

    /// In how many seconds it is worth asking again, at least 1.
    public synchronized long retryAfterSeconds() {
        long left = state() == State.OPEN ? until - timing.now() : 0;
        return Math.max(1, (left + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1));
    }

    /// Times it has opened so far.
    public synchronized long openings() {
        return openings;
    }

    /// Requests turned away because of it so far.
    public long refused() {
        return refused.sum();
    }

    /// Goes on from what another one, which this one takes the place of, knows of the same service.
    public void takeOver(Breaker before) {
        State was;
        long left;
        synchronized (before) {
            was = before.state();
            left = before.until - before.timing.now();
        }
        synchronized (this) {
            if (was != State.CLOSED && stateOf(phase) == State.CLOSED) {
                openFor(was == State.OPEN ? Math.max(1, Math.min(left, terms.openFor().toNanos())) : 1);
            }
        }
    }

    /// Nothing changes any more.
    public synchronized void close() {
        ended = true;
    }
}
