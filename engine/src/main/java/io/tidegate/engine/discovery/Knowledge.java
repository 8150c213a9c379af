package io.tidegate.engine.discovery;

import io.tidegate.config.discovery.Found;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a source is known to have told.
///
/// @param endpoints
///            used now
/// @param ageSeconds
///            how long ago it was told last, or was told to be still so; NaN where never
/// @param failure
///            why the last question came to nothing; null where it did not
public record Knowledge(List<Found> endpoints, double ageSeconds, @Nullable String failure) {

    /// Copies what it is given.
    public Knowledge {
        endpoints = List.copyOf(endpoints);
    }
}
