package io.tidegate.identity.internaltoken;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import java.time.Duration;

/// Configuration of `identityKeys`.
@Doc("Publishes the keys that tokens of `identity` are checked by, as a JWK Set (RFC 7517).")
public record IdentityKeysConfig(
        @Doc("The name of the set of keys.") @Default("default") @Pattern(value = "[a-z0-9][a-z0-9.-]{0,62}", expected = "a name of lower-case letters, digits, '.' and '-'") String keys,

        @Doc("How long services may keep the answer (`Cache-Control`). A new key is published for as long as the one before it signs, so less than 'rotateEvery'.") @Default("5m") Duration maxAge) {

    /// Refuses an age that is none.
    public IdentityKeysConfig {
        if (maxAge.isNegative()) {
            throw new ConfigException("maxAge", "must be 0s or more (was " + maxAge + ")");
        }
    }
}
