package io.tidegate.config;

/// Where `${scheme:…}` in a configuration gets its value from, besides files and the environment. What it gives is a
/// secret: it is shown nowhere.
public interface SecretSource {

    /// What stands before the colon: `vault`.
    String scheme();

    /// Reads a secret. Called while a configuration is loaded, never on an event loop; may block, for some seconds at
    /// most.
    ///
    /// @param reference
    ///            what stands behind the colon
    /// @throws IllegalArgumentException
    ///             where there is none: says what was asked for and why, and nothing secret
    String read(String reference);
}
