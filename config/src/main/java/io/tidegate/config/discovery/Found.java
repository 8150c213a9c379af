package io.tidegate.config.discovery;

import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointUrl;
import org.jspecify.annotations.Nullable;

/// One endpoint that a source tells of.
///
/// @param config
///            where it is, and its share
/// @param name
///            what it is called in `Host` and by TLS, where its URL has an address instead; null for what its URL has
/// @param tier
///            0 for those that are used first; those of the next are used while none of the tiers before can be
public record Found(EndpointConfig config, @Nullable String name, int tier) {

    /// One of the first tier, called what its URL says.
    public static Found of(EndpointConfig config) {
        return new Found(config, null, 0);
    }

    /// Its URL, by the name that it is called.
    public EndpointUrl named() {
        EndpointUrl url = config.url();
        return name == null ? url : new EndpointUrl(url.scheme(), name, url.port());
    }
}
