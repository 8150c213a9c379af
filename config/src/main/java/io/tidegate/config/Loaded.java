package io.tidegate.config;

import java.nio.file.Path;
import java.util.List;

/// What loading a configuration came to.
public sealed interface Loaded {

    /// A configuration that can be used.
    ///
    /// @param config
    ///            the configuration
    /// @param warnings
    ///            what is insecure or has no effect
    /// @param files
    ///            every file it was read from, for whoever watches them
    /// @param hash
    ///            a hash of all that was read, secrets resolved, in hexadecimal digits
    /// @param secrets
    ///            the texts in it that must never be shown
    record Accepted(GatewayConfig config, List<Problem> warnings, List<Path> files, String hash, Secrets secrets)
            implements
                Loaded {

        /// One without secrets, or one that is never shown.
        public Accepted(GatewayConfig config, List<Problem> warnings, List<Path> files, String hash) {
            this(config, warnings, files, hash, Secrets.NONE);
        }
    }

    /// One that can't, with every problem at once: errors and warnings in the order of their places.
    record Rejected(List<Problem> problems, List<Path> files) implements Loaded {
    }
}
