package io.tidegate.engine;

import io.tidegate.config.ProcessConfig;

/// What an engine is started with; none of it changes while it runs.
///
/// @param process
///            workers, transport and the most connections
/// @param version
///            of the gateway, as the metrics tell it
public record EngineOptions(ProcessConfig process, String version) {

    /// Those of a gateway that has no version.
    public EngineOptions(ProcessConfig process) {
        this(process, "unknown");
    }
}
