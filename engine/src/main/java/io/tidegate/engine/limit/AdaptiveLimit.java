package io.tidegate.engine.limit;

import java.util.concurrent.TimeUnit;

/// How many requests a service takes without making them wait, found out by how long it takes.
///
/// It begins at the most there may be, and stays there for as long as answers take about as long as they use to. Where
/// most of them, and all on the average, take more than [#TOLERANCE] times as long, twice in a row, it comes down to a
/// part of what runs (by Little's law the rate times the latency, or as many as hold a place where that is more), again
/// and again. While requests are held back it is steered to where they take [#AIM] times as long as usual: the service
/// has always something to do then, and nobody waits there for long. Where some take long and most do not, the service
/// has slow ones to answer, and is not overloaded: one that is makes all of them wait.
///
/// Whether that helps is looked at: where fewer run and each takes as long as before, the service is not overloaded but
/// has become slower, so that holding requests back would only do harm. What was taken for usual is changed then, and
/// the limit goes up for as long as that lasts: it may be overloaded besides. So the first step is a small one, unless
/// ever more run, and none is taken where only a few run. Where times vary so much that one interval tells nothing, it
/// is changed after [#WAY_OUT] in vain.
///
/// What is usual is a mean over a long time. It follows shorter times within seconds and longer ones within minutes, but
/// never while requests are held back or for a while after that: an overload that lasts must not become what is usual.
///
/// Where the loops are late themselves, only the least is known that answers take. They are slow if even that is long.
/// If it is not, the limit goes up as it does otherwise, since no service must be held back for what the gateway adds;
/// but nothing is learnt of what is usual.
///
/// Plain arithmetic on one interval after the other; whoever calls sees to it that it is one thread at a time.
public final class AdaptiveLimit {

    /// Shortest interval, in nanoseconds.
    public static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);
    /// The same where it has to be seen whether a first step down was right.
    private static final long SHORT_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
    /// Longest time that is waited for enough samples.
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);
    /// After so long with next to no requests nothing is left of an overload.
    private static final long QUIET = TimeUnit.SECONDS.toNanos(10);
    /// How long it may be held down without answers being as quick once as they should.
    private static final long WAY_OUT = TimeUnit.SECONDS.toNanos(15);
    /// Longest time until what a step down has come to is looked at.
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(30);
    /// Fewest samples to judge by.
    static final int LEAST_SAMPLES = 10;

    /// Fewer than this, or than half of the most there may be, are never too many to begin with: nobody waits for long
    /// then, and a handful of slow ones among them is soon most of them.
    private static final int FEW = 16;
    private static final double TOLERANCE = 2;
    /// What answers may take longer whatever is usual, so that the grain of clocks and short pauses say nothing.
    private static final double SLACK = TimeUnit.MILLISECONDS.toNanos(10);
    /// Where it is steered to while requests are held back, and what goes on top of it.
    private static final double AIM = 1.5;
    private static final double AIM_SLACK = TimeUnit.MILLISECONDS.toNanos(5);
    private static final double SHORTER_WEIGHT = 1.0 / 16;
    private static final double HELD_WEIGHT = 1.0 / 64;
    /// What is usual rises far slower than an overload does, even one by a few parts in a hundred.
    private static final double LONGER_WEIGHT = 1.0 / 512;
    private static final double SLOW_GROWTH = 1.001;
    /// Intervals without a step down after which longer times can become usual: a minute or more.
    private static final int CALM = 240;
    /// What one step down leaves at least.
    private static final double MOST_CUT = 0.25;
    /// What the first one leaves: little enough to tell by, and enough to be wrong. Unless ever more run: with a
    /// service that has just become slower, that is soon over.
    private static final double FIRST_CUT = 0.6;
    private static final double GROWS = 1.5;
    /// One step up, where requests are held back, at most and where nothing is known, and where none is.
    private static final double MOST_HELD_GROWTH = 0.5;
    private static final double HELD_GROWTH = 0.1;
    private static final double FREE_GROWTH = 0.5;
    /// What tells a service that has become slower from one that is overloaded.
    private static final double FEWER = 0.65;
    private static final double SAME_LEAST = 0.85;
    private static final double SAME_MOST = 1.5;
    /// Where holding back has helped, answers take no more than such a part of the time that they took before.
    private static final double HELPED = 0.5;
    private static final double MOSTLY_ANSWERED = 0.9;
    /// Where more than one in so many times are blurred, the mean of all tells nothing.
    private static final int MOSTLY_CLEAR = 8;

    private final double min;
    private final double max;
    private double limit;
    /// What is usual, in nanoseconds; 0 where nothing is known.
    private double usual;
    private int slowInARow;
    /// How it was when the limit first came down, or has become since without its help; 0 while it has not.
    private double runningThen;
    /// How many ran when it was slow last.
    private double runningBefore;
    /// What it was before a first step down of which nobody knows yet what it comes to; 0 where there is none.
    private double limitThen;
    private long settling;
    private double latencyThen;
    /// How long they took when it first came down.
    private double latencyFirst;
    private int intervalsSinceStep = CALM;
    /// For how many nanoseconds it has been held down in vain.
    private long inVain;

    /// One that begins at `max`.
    public AdaptiveLimit(int min, int max) {
        this.min = min;
        this.max = max;
        this.limit = max;
    }

    /// What was seen in some time.
    ///
    /// @param nanos
    ///            how long it was
    /// @param answers
    ///            requests that were answered
    /// @param givenUp
    ///            requests that were given up, or answered with an error, after longer than is usual
    /// @param quick
    ///            answers that took no longer than [AdaptiveLimit#bound]
    /// @param blurred
    ///            answers of which only the least is known that they took
    /// @param latency
    ///            of all of them together, in nanoseconds
    /// @param running
    ///            requests that run at its end
    /// @param held
    ///            whether requests were held back
    public record Interval(long nanos, long answers, long givenUp, long quick, long blurred, double latency,
            int running,
            boolean held) {

        /// Of both kinds.
        public long samples() {
            return answers + givenUp;
        }

        /// Whether as many took no longer than they may as it would be by chance if half of all did.
        boolean isMostlyQuick() {
            return quick + Math.sqrt((double) samples()) >= samples() / 2.0;
        }

        /// Whether times that are short may have been longer.
        boolean isBlurred() {
            return blurred > samples() / MOSTLY_CLEAR;
        }

        boolean isMostlyAnswered() {
            return answers >= MOSTLY_ANSWERED * samples();
        }
    }

    /// How many may run now.
    public int limit() {
        return (int) limit;
    }

    /// Whether as many may run as at most.
    boolean isWhole() {
        return limit >= max;
    }

    /// What is usual, in nanoseconds; 0 where nothing is known.
    public double usual() {
        return usual;
    }

    /// Whether there is enough to judge by.
    ///
    /// @param samples
    ///            in the interval so far
    /// @param nanos
    ///            how long it has lasted
    public static boolean isDue(long samples, long nanos) {
        return samples >= LEAST_SAMPLES || nanos >= PATIENCE;
    }

    /// Looks at an interval.
    ///
    /// @return how long the next one must be at least, in nanoseconds; it begins after [#settling]
    public long judge(Interval seen) {
        settling = 0;
        intervalsSinceStep = Math.min(intervalsSinceStep + 1, CALM);
        if (seen.samples() < LEAST_SAMPLES) {
            slowInARow = 0;
            if (!seen.held()) {
                forget();
            }
            inVain += isStepped() ? seen.nanos() : 0;
            if (isQuiet(seen)) {
                limit = max;
            }
            grow(seen.held());
            return INTERVAL;
        }
        double latency = seen.latency() / seen.samples();
        boolean answered = seen.isMostlyAnswered();
        if (usual == 0 && seen.answers() > 0 && !answered) {
            // It answers, and there is nothing to compare with yet.
            slowInARow = 0;
            grow(true);
            return INTERVAL;
        }
        if (usual > 0 && latency > bound(usual) && seen.isMostlyQuick()
                && (!answered || isProbing() || !isSteered(seen))) {
            return mixed(seen);
        }
        boolean fine = usual == 0 ? answered : latency <= (isSteered(seen) ? aim() : bound(usual));
        return fine ? well(latency, seen) : slow(latency, answered, seen);
    }

    /// How long after an interval has been looked at what is answered was still sent under the limit before, in
    /// nanoseconds: nothing can be told by that.
    public long settling() {
        return settling;
    }

    /// Goes on from what another one has found out about the same service.
    void takeOver(AdaptiveLimit before) {
        usual = before.usual;
        double theirs = Math.max(before.limit, before.limitThen);
        limit = Math.clamp(theirs == before.max ? max : theirs, min, max);
        intervalsSinceStep = before.intervalsSinceStep;
    }

    /// Whether next to nothing was asked for a long time: not where few were answered since each takes so long.
    private boolean isQuiet(Interval seen) {
        return seen.nanos() >= QUIET && seen.latency() / seen.nanos() < limit / 4;
    }

    /// Whether it is the limit that says how many run.
    private boolean isSteered(Interval seen) {
        return seen.held() && limit < max;
    }

    /// Whether it has come down, and answers have not been as quick as they should since.
    private boolean isStepped() {
        return runningThen > 0;
    }

    /// Whether what a first step down has come to is still to be seen.
    private boolean isProbing() {
        return limitThen > 0;
    }

    /// How long answers may take, in nanoseconds, where they use to take `usual`.
    public static double bound(double usual) {
        return TOLERANCE * usual + SLACK;
    }

    /// Whether it has not come down for a while: an overload by a few parts in a hundred is over and comes again every
    /// few seconds, and what is seen between must not become what is usual.
    private boolean isCalm() {
        return intervalsSinceStep >= CALM;
    }

    private double aim() {
        return AIM * usual + AIM_SLACK;
    }

    private long well(double latency, Interval seen) {
        slowInARow = 0;
        forget();
        if (!seen.isBlurred()) {
            learn(latency, seen.held());
        }
        if (isSteered(seen)) {
            limit = Math.min(max, limit * Math.min(aim() / latency, 1 + MOST_HELD_GROWTH));
            return settle(latency, LONGEST_PAUSE);
        }
        grow(seen.held());
        return INTERVAL;
    }

    /// Some take long, and most do not: the service has slow ones to answer, and time for the others. What was thought
    /// of it is taken back, and nothing is learnt of what most of them use to take.
    private long mixed(Interval seen) {
        slowInARow = 0;
        limit = Math.max(limit, limitThen);
        forget();
        grow(seen.held());
        return INTERVAL;
    }

    /// What comes is judged by itself.
    private void forget() {
        runningThen = 0;
        limitThen = 0;
        inVain = 0;
    }

    private void learn(double latency, boolean held) {
        if (usual == 0) {
            usual = latency;
        } else if (latency < usual) {
            usual += (latency - usual) * (held ? HELD_WEIGHT : SHORTER_WEIGHT);
        } else if (!held && isCalm()) {
            usual += (latency - usual) * LONGER_WEIGHT;
        }
    }

    /// What is answered for as long as answers take was sent under the limit before.
    private long settle(double latency, long longest) {
        settling = Math.min((long) latency, longest / 2);
        return Math.clamp((long) latency, isProbing() ? SHORT_INTERVAL : INTERVAL, longest / 2);
    }

    private void grow(boolean held) {
        limit = Math.min(max, limit + Math.max(Math.sqrt(limit), limit * (held ? HELD_GROWTH : FREE_GROWTH)));
    }

    private long slow(double latency, boolean answered, Interval seen) {
        // Places are held to the end of the response, which may be long behind its head.
        double running = Math.max(seen.latency() / seen.nanos(), seen.running());
        boolean few = answered && running < Math.min(FEW, max / 2);
        boolean more = running >= GROWS * runningBefore;
        runningBefore = running;
        slowInARow++;
        if (!seen.held() && answered && !few && !seen.isBlurred() && isCalm()) {
            usual = Math.min(latency, usual * SLOW_GROWTH);
        }
        boolean same = running <= FEWER * runningThen && latency >= SAME_LEAST * latencyThen
                && latency <= SAME_MOST * latencyThen;
        boolean vain = inVain >= WAY_OUT && latency >= HELPED * latencyFirst;
        if (answered && (same || vain)) {
            usual = latency;
            return well(latency, seen);
        }
        inVain += isStepped() ? seen.nanos() : 0;
        boolean steered = isSteered(seen);
        if (!steered && (slowInARow < 2 || few)) {
            return INTERVAL;
        }
        if (runningThen == 0) {
            latencyFirst = latency;
        }
        if (runningThen == 0 || latency < SAME_LEAST * latencyThen) {
            // Nobody knows yet how long it takes without a queue of its own, so that is followed.
            runningThen = running;
            latencyThen = latency;
        }
        limitThen = steered || !answered ? 0 : Math.max(limitThen, limit);
        double cut = steered
                ? Math.max(aim() / latency, MOST_CUT)
                : answered && !more ? FIRST_CUT : Math.clamp(bound(usual) / latency, MOST_CUT, FIRST_CUT);
        // Where far fewer run than may, it is not the limit that says how many.
        double from = steered && running < FEWER * limit ? limit : Math.min(limit, running);
        limit = Math.max(min, from * cut);
        intervalsSinceStep = 0;
        // Who does not answer at all is not waited for.
        return settle(latency, answered ? LONGEST_PAUSE : PATIENCE);
    }
}
