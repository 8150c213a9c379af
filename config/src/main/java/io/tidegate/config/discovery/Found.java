package io.tidegate.config.discovery;

import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointUrl;
import java.util.Locale;
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

    /// One of the first tier that a registry tells of.
    ///
    /// @param host
    ///            a name, or an address without brackets
    /// @param weight
    ///            as the registry has it; more than a thousand is a thousand
    /// @param zone
    ///            where it is; null where that is not said
    public static Found of(EndpointUrl.Scheme scheme, String host, int port, int weight,
            @Nullable String zone) {
        return of(new EndpointConfig(new EndpointUrl(scheme, host.toLowerCase(Locale.ROOT), port),
                Math.clamp(weight, 0, 1000), zone));
    }

    /// Its URL, by the name that it is called.
    public EndpointUrl named() {
        EndpointUrl url = config.url();
        return name == null ? url : new EndpointUrl(url.scheme(), name, url.port());
    }
}
