package io.tidegate.engine.chain;

import io.tidegate.api.Condition;
import io.tidegate.api.Policy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A policy in its place: one instance for every route that it stands in from there.
public final class Step {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final String type;
    private final String path;
    private final Policy policy;
    private final @Nullable Condition when;
    private final boolean observe;
    private final LongAdder wouldHaveActed = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    /// A step.
    ///
    /// @param path
    ///            where it stands in the configuration: `routes.orders.policies[0]`
    /// @param when
    ///            whether it runs for an exchange, null for always
    /// @param observe
    ///            whether it only decides, logs and counts
    public Step(String type, String path, Policy policy, @Nullable Condition when, boolean observe) {
        this.type = type;
        this.path = path;
        this.policy = policy;
        this.when = when;
        this.observe = observe;
    }

    /// The kind of the policy: `cors`.
    public String type() {
        return type;
    }

    /// Where it stands in the configuration.
    public String path() {
        return path;
    }

    /// The policy.
    public Policy policy() {
        return policy;
    }

    @Nullable
    Condition when() {
        return when;
    }

    /// Whether it only decides, logs and counts.
    public boolean observes() {
        return observe;
    }

    /// How often it would have acted, had it not been told to observe.
    public long observed() {
        return wouldHaveActed.sum();
    }

    /// How often it threw something.
    public long failures() {
        return failures.sum();
    }

    void observed(String decision, String requestId) {
        wouldHaveActed.increment();
        LOG.debug("policy {} observed: would {} request={}", path, decision, requestId);
    }

    /// Notes what the policy threw; in the log at most once in ten seconds, however often it does.
    void failed(Throwable cause, String requestId) {
        failures.increment();
        long now = System.nanoTime();
        long until = quietUntil.get();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
            LOG.error("policy {} failed request={}", path, requestId, cause);
        }
    }
}
