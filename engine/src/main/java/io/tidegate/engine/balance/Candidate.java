package io.tidegate.engine.balance;

/// One who can be chosen.
public interface Candidate {

    /// Requests that run there now, or wait for a connection.
    int active();

    /// How long it is expected to take, as an event loop has seen it, in nanoseconds; 0 where that is not known.
    double latency(int worker);
}
