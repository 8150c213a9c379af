package io.tidegate.engine.upstream;

/// A connection to an endpoint, as its pool sees it. Confined to its event loop.
interface PooledConnection {

    /// Serves another request.
    ///
    /// @param used
    ///            whether it has served before
    UpstreamStream begin(UpstreamEvents events, boolean used);

    /// Whether it can carry another request.
    boolean hasRoom();

    /// Waits so many nanoseconds for a request, and closes then.
    void idleFor(long nanos);

    /// Closes, and leaves the pool.
    void close();
}
