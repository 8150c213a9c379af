package io.tidegate.engine;

import java.util.List;

/// How an engine is doing: what readiness tells.
///
/// @param configured
///            whether a configuration is in place
/// @param draining
///            whether it was told to stop
/// @param revision
///            counts the configurations put in place, 0 before the first
/// @param hash
///            of the running configuration; empty before the first
/// @param transport
///            `io_uring`, `epoll` or `nio`
/// @param workers
///            number of event loops
/// @param connections
///            client connections open now
/// @param pressure
///            how short it is of time or memory: 0 of nothing, 1 so that it can serve nothing
/// @param acceptsPaused
///            whether nobody is accepted for a while, since that is so
/// @param degraded
///            what does not work as declared, and is made up for
public record EngineStatus(boolean configured, boolean draining, long revision, String hash, String transport,
        int workers, long connections, double pressure, boolean acceptsPaused,
        List<String> degraded) {

    /// Whether traffic should be sent here.
    public boolean ready() {
        return configured && !draining;
    }
}
