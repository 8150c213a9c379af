package io.tidegate.engine.state;

import io.tidegate.api.StateStore;

/// A store that gateways share, and how it is left. Each of its stages completes within the store's own time-out,
/// exceptionally where it can't be reached.
///
/// @param store
///            the store
/// @param close
///            lets go of it; may block
public record RemoteState(StateStore store, Runnable close) {
}
