package io.tidegate.engine.upstream;

import io.tidegate.config.ProcessConfig;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The gateway itself, as far as it decides which endpoints are used.
///
/// @param zone
///            where it runs; null where that is not said
/// @param id
///            tells it from other gateways of the same configuration
/// @param key
///            known to this process alone
public record Site(@Nullable String zone, String id, String key) {

    private static final int KEY_BYTES = 32;

    /// A gateway of which nothing is said, with a new key.
    ///
    /// @param host
    ///            name of the machine
    public static Site make(String host) {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new Site(null, host, HexFormat.of().formatHex(key));
    }

    /// The same one as a configuration describes it.
    public Site as(ProcessConfig config) {
        return new Site(config.zone(), config.id() == null ? id : config.id(), key);
    }

    /// Tells nothing of the key.
    @Override
    public String toString() {
        return id + (zone == null ? "" : " in " + zone);
    }
}
