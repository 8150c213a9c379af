package io.tidegate.config;

import java.util.List;

/// Runs configurations. The engine is one; who reads files and who serves them never meet.
public interface ConfigTarget {

    /// Puts a configuration in place of the running one, wholly or not at all. Blocks until new requests are served by
    /// it; the caller is never an event loop.
    Result apply(Loaded.Accepted loaded);

    /// What became of a configuration.
    sealed interface Result {

        /// It runs.
        ///
        /// @param revision
        ///            counts up from 1
        /// @param waitsForRestart
        ///            what differs from the running process and can only be changed by a restart
        record Applied(long revision, List<String> waitsForRestart) implements Result {
        }

        /// It could not be put in place; the one before goes on running.
        record Refused(List<Problem> problems) implements Result {
        }
    }
}
