package io.tidegate.engine.compile;

import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.state.SharedState;
import io.tidegate.engine.worker.BackgroundWork;

/// What policies of every configuration have in common.
///
/// @param shared
///            their values that outlive a reload
/// @param state
///            where they keep what outlives a request
/// @param workers
///            number of event loops
/// @param background
///            runs what no request waits for
record PolicyWorld(SharedValues shared, SharedState state, Metrics metrics, int workers, BackgroundWork background) {
}
