package io.tidegate.engine;

import java.util.List;

/// How an engine is doing: what readiness and the admin listener tell.
///
/// @param configured whether a configuration is in place
/// @param warm whether the data path has been warmed up
/// @param draining whether it was told to stop
/// @param revision counts the configurations put in place, 0 before the first
/// @param hash of the running configuration; empty before the first
/// @param transport `io_uring`, `epoll` or `nio`
/// @param workers number of event loops
/// @param connections client connections open now
/// @param requests requests running now
/// @param degraded what works only in part, for people; empty where all is well
public record EngineStatus(boolean configured, boolean warm, boolean draining, long revision, String hash,
        String transport, int workers, long connections, long requests, List<String> degraded) {

    /// Whether traffic should be sent here.
    public boolean ready() {
        return configured && warm && !draining;
    }
}
