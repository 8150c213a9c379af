package io.tidegate.engine.upstream;

import io.tidegate.config.ProcessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final int KEY_BYTES = 32;

    /// A gateway of which nothing is said, with a new key.
    public static Site make() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new Site(null, hostName(), HexFormat.of().formatHex(key));
    }

    /// The same one as a configuration describes it.
    public Site as(ProcessConfig config) {
        return new Site(config.zone(), config.id() == null ? id : config.id(), key);
    }

    private static String hostName() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException e) {
            // Gateways without names use the same endpoints.
            return "localhost";
        }
    }

    /// Tells nothing of the key.
    @Override
    public String toString() {
        return id + (zone == null ? "" : " in " + zone);
    }
}
