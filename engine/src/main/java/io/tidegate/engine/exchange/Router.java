package io.tidegate.engine.exchange;

import io.tidegate.engine.wire.RequestHead;
import org.jspecify.annotations.Nullable;

/// Finds the route of a request.
@FunctionalInterface
public interface Router {

    /// The route that matches best, or null.
    @Nullable
    Route match(RequestHead head);
}
