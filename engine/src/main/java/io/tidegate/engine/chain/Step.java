package io.tidegate.engine.chain;

import io.tidegate.api.Condition;
import io.tidegate.api.Policy;
import io.tidegate.engine.observe.PolicyCells;
import io.tidegate.engine.observe.Seldom;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A policy in its place: one instance for every route that it stands in from there.
public final class Step {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");

    private final String path;
    private final Policy policy;
    private final @Nullable Condition when;
    private final boolean observe;
    private final PolicyCells[] cells;
    private final Seldom seldom = new Seldom();

    /// A step.
    ///
    /// @param path
    ///            where it stands in the configuration: `routes.orders.policies[0]`
    /// @param when
    ///            whether it runs for an exchange, null for always
    /// @param observe
    ///            whether it only decides, logs and counts
    /// @param cells
    ///            where it is counted what it observes, by worker; empty for one that acts
    public Step(String path, Policy policy, @Nullable Condition when, boolean observe, PolicyCells[] cells) {
        this.path = path;
        this.policy = policy;
        this.when = when;
        this.observe = observe;
        this.cells = cells;
    }

    /// Where it stands in the configuration.
    public String path() {
        return path;
    }

    Policy policy() {
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

    void observed(Worker worker, String decision, String requestId) {
        cells[worker.index()].wouldHaveActed();
        LOG.debug("policy {} observed: would {} request={}", path, decision, requestId);
    }

    /// Notes what the policy threw; in the log at most once in ten seconds, however often it does.
    void failed(Throwable cause, String requestId) {
        if (seldom.isDue()) {
            LOG.error("policy {} failed request={}", path, requestId, cause);
        }
    }
}
