package io.tidegate.engine.exchange;

import java.util.Map;

/// Everything compiled from one configuration. Immutable; an exchange keeps the one it began with to its end.
///
/// @param revision
///            counts up from 1
/// @param routers
///            by name of the listener
public record Snapshot(long revision, Map<String, Router> routers) {
}
