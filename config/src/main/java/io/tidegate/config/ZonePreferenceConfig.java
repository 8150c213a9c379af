package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Ratio;
import io.tidegate.api.Shorthand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether requests stay in the zone of the gateway.
@Doc("Whether requests stay in the zone of the gateway. `false` for no.")
public record ZonePreferenceConfig(
        @Doc("Whether they do.") @Default("true") boolean enabled,

        @Doc("Where a smaller share than this of the zone's endpoints, by weight, can be used, requests go to other zones too: in the measure in which it falls short.") @Default("70%") Ratio spillBelow) {

    /// Switches it off, or on with its defaults.
    @Shorthand
    public static ZonePreferenceConfig of(boolean enabled) {
        return new ZonePreferenceConfig(enabled, new Ratio(0.7));
    }

    /// Whether it has an effect in a gateway of this zone on these endpoints: some are in the zone, and some are not.
    public boolean splits(@Nullable String zone, List<EndpointConfig> endpoints) {
        return enabled && zone != null && endpoints.stream().anyMatch(endpoint -> zone.equals(endpoint.zone()))
                && endpoints.stream().anyMatch(endpoint -> !zone.equals(endpoint.zone()));
    }
}
