package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import io.tidegate.api.Shorthand;
import org.jspecify.annotations.Nullable;

/// Sends clients to the same address with https. Nothing else is served where it is on.
@Doc("Sends clients to the same host and target with `https` (308, so that the method stays). Nothing else is served on such a listener. Short form: `true`.")
public record HttpsRedirectConfig(
        @Doc("Whether it does.") @Default("true") boolean enabled,

        @Doc("The port that clients are sent to. Left out: the port of the first listener with `tls`.") @Range(min = 1, max = 65535) @Nullable Integer port) {

    /// Switches it on or off.
    @Shorthand
    public static HttpsRedirectConfig of(boolean enabled) {
        return new HttpsRedirectConfig(enabled, null);
    }
}
