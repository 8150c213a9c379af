package io.tidegate.engine.observe;

/// What one event loop counts of one policy that only observes.
public final class PolicyCells extends Cells {

    PolicyCells() {
        super(1);
    }

    /// Counts a decision that would have ended or changed the exchange, had the policy been allowed to act.
    public void wouldHaveActed() {
        add(0, 1);
    }

    long observed() {
        return read(0);
    }
}
