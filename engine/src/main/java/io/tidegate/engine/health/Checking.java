package io.tidegate.engine.health;

import io.tidegate.config.HealthCheckConfig;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Checks one endpoint from time to time: the next check comes an interval after the end of the one before, a tenth of
/// it earlier or later, so that those of many endpoints and gateways don't fall together. One check at a time.
public final class Checking {

    /// Takes what came of a check.
    public interface Verdict {

        /// It is over.
        ///
        /// @param failure
        ///            why it failed; null where it was good
        void over(@Nullable String failure);

        /// It could not be made, which says nothing of the endpoint.
        void undecided();
    }

    /// Makes one check.
    @FunctionalInterface
    public interface Check {

        /// Begins it; what came of it is told once.
        void begin(Verdict verdict);
    }

    private final UpstreamHealth upstream;
    private final EndpointHealth endpoint;
    private final Check check;
    private final Timing timing;
    private final SplittableRandom random;
    private final long interval;
    private volatile boolean stopped;

    /// Checks that begin with [#start].
    public Checking(UpstreamHealth upstream, EndpointHealth endpoint, Check check, HealthCheckConfig config,
            Timing timing, SplittableRandom random) {
        this.upstream = upstream;
        this.endpoint = endpoint;
        this.check = check;
        this.timing = timing;
        this.random = random;
        this.interval = config.interval().toNanos();
    }

    /// The first check comes within a tenth of the interval.
    public void start() {
        timing.after(random.nextLong(interval / 10 + 1), this::next);
    }

    private void next() {
        if (!stopped) {
            check.begin(new Ended());
        }
    }

    private final class Ended implements Verdict {

        @Override
        public void over(@Nullable String failure) {
            if (!stopped) {
                upstream.checked(endpoint, failure);
                undecided();
            }
        }

        @Override
        public void undecided() {
            if (!stopped) {
                timing.after(interval - interval / 10 + random.nextLong(interval / 5 + 1), Checking.this::next);
            }
        }
    }

    /// No more of them.
    public void stop() {
        stopped = true;
    }
}
