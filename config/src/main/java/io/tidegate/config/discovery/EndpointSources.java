package io.tidegate.config.discovery;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.EndpointUrl;
import org.jspecify.annotations.Nullable;

/// Makes sources of endpoints.
@FunctionalInterface
public interface EndpointSources {

    /// A source, which asks nobody yet.
    ///
    /// @param scheme
    ///            how the endpoints are spoken with where the source does not say
    /// @return null where it knows no source of this kind
    @Nullable
    EndpointSource open(DiscoveryConfig config, EndpointUrl.Scheme scheme);

    /// One that knows of no kind.
    static EndpointSources none() {
        return (config, scheme) -> null;
    }
}
