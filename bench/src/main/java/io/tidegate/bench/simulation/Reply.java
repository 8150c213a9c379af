package io.tidegate.bench.simulation;

/// What comes of a request, or of one try.
enum Reply {
    /// Answered as it should be.
    GOOD,
    /// Answered with an error.
    ERROR,
    /// The connection broke.
    RESET,
    /// Nobody takes connections.
    REFUSED,
    /// Not answered in time.
    LATE,
    /// Turned away by the gateway.
    SHED
}
