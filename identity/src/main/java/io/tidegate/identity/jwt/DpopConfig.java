package io.tidegate.identity.jwt;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import java.time.Duration;

/// How clients prove that they hold the key of their token (RFC 9449).
@Doc("How clients prove that they hold the key of their token (DPoP, RFC 9449).")
public record DpopConfig(
        @Doc("Whether every token must belong to a key of its client. Otherwise those that do need a proof, and others pass without one.") @Default("true") boolean required,

        @Doc("How old a proof may be.") @Default("60s") Duration maxAge) {

    /// Refuses ages that can't be meant.
    public DpopConfig {
        if (maxAge.toSeconds() < 1 || maxAge.toMinutes() > 10) {
            throw new ConfigException("maxAge", "must be 1s to 10m (was " + maxAge.toMillis() + "ms)");
        }
    }
}
