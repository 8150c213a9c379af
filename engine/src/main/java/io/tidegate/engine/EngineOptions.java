package io.tidegate.engine;

import io.tidegate.config.ProcessConfig;

/// What an engine is started with; none of it changes while it runs.
///
/// @param process
///            workers and transport
public record EngineOptions(ProcessConfig process) {
}
