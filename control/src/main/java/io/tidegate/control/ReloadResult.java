package io.tidegate.control;

import io.tidegate.config.Problem;
import java.util.List;

/// What came of loading a configuration.
public sealed interface ReloadResult {

    /// It runs.
    ///
    /// @param revision
    ///            that of the running configuration
    /// @param hash
    ///            of all that it was read from
    /// @param changed
    ///            whether it is another one than before; if not, nothing was put in place
    /// @param warnings
    ///            what is insecure or has no effect
    /// @param waitsForRestart
    ///            what differs from the running process and is changed by a restart only
    record Applied(long revision, String hash, boolean changed, List<Problem> warnings,
            List<String> waitsForRestart) implements ReloadResult {
    }

    /// It does not; the one before goes on running, if there is one.
    ///
    /// @param problems
    ///            all that is wrong with it
    record Rejected(List<Problem> problems) implements ReloadResult {
    }
}
