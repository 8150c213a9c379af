package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import io.tidegate.api.Shorthand;
import org.jspecify.annotations.Nullable;

/// One address of an upstream.
@Doc("One address of an upstream.")
public record EndpointConfig(
        @Doc("`http://host:port`, `https://host:port` for TLS, or `unix:/path` for a Unix socket; `tcp://host:port` or `tls://host:port` where bytes are relayed. A name is resolved again as its TTL says.") EndpointUrl url,

        @Doc("Share of the requests relative to the other endpoints; 0 for none.") @Default("1") @Range(min = 0, max = 1000) int weight,

        @Doc("The zone where it is. Requests stay in the zone of the gateway, `gateway.zone`, while its endpoints can bear them. Left out: in none.") @Nullable String zone) {

    /// An endpoint of weight 1.
    @Shorthand
    public static EndpointConfig of(String url) {
        return new EndpointConfig(EndpointUrl.of(url), 1, null);
    }
}
