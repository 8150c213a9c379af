package io.tidegate.control;

import io.tidegate.config.Problem;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which configuration runs, and what came of the last one that was loaded.
///
/// @param revision
///            that of the running configuration; 0 before the first
/// @param hash
///            of the running configuration; empty before the first
/// @param waitsForRestart
///            what the running configuration asks for that is changed by a restart only
/// @param last
///            the last load that counted; null before the first
/// @param counts
///            how loads ended so far
public record Status(long revision, String hash, List<String> waitsForRestart, @Nullable Last last, Counts counts) {

    /// Before anything was loaded.
    static final Status NONE = new Status(0, "", List.of(), null, new Counts(0, 0, 0));

    /// How a load ended.
    public enum State {
        /// What was loaded runs.
        APPLIED,
        /// It could not be used; what ran before goes on.
        REJECTED
    }

    /// One load.
    ///
    /// @param state
    ///            how it ended
    /// @param time
    ///            when
    /// @param reason
    ///            what asked for it
    /// @param problems
    ///            errors and warnings
    public record Last(State state, Instant time, String reason, List<Problem> problems) {
    }

    /// How loads ended so far.
    ///
    /// @param applied
    ///            with a new configuration in place
    /// @param unchanged
    ///            with the one that runs already
    /// @param rejected
    ///            with one that can't be used
    public record Counts(long applied, long unchanged, long rejected) {
    }

    /// Whether the last load could not be used.
    public boolean rejected() {
        return last != null && last.state() == State.REJECTED;
    }
}
