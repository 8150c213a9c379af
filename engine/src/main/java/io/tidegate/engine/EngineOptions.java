package io.tidegate.engine;

import io.tidegate.config.ProcessConfig;
import org.jspecify.annotations.Nullable;

/// What an engine is started with; none of it changes while it runs.
///
/// @param process workers, transport, limits of the process
/// @param takeOverFrom the Unix socket of a running process whose listening sockets are taken over, or null
public record EngineOptions(ProcessConfig process, @Nullable String takeOverFrom) {

    /// Options for an engine that takes nothing over.
    public static EngineOptions of(ProcessConfig process) {
        return new EngineOptions(process, null);
    }
}
