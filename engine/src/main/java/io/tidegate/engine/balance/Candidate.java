package io.tidegate.engine.balance;

/// One who can be chosen.
public interface Candidate {

    /// Share relative to the others, above 0.
    int weight();

    /// Requests that run there now.
    int active();
}
