package io.tidegate.policies.rewrite;

import io.tidegate.api.Request;
import org.jspecify.annotations.Nullable;

/// A way to make another path.
@FunctionalInterface
interface PathRewrite {

    /// The new path with its escapes, or null to leave the path as it is.
    ///
    /// @throws io.tidegate.api.FaultException
    ///             where the request's path can't be rewritten safely
    @Nullable
    String rewrite(Request request);
}
