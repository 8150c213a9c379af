package io.tidegate.identity.keys;

import io.tidegate.api.HttpClientConfig;
import java.util.List;

/// How keys are fetched, read and kept.
///
/// @param algorithms
///            those that tokens may use, in order of preference. Keys for others are left out
/// @param refresh
///            how they are kept
/// @param http
///            how their server is called
public record KeySettings(List<SignatureAlgorithm> algorithms, KeyRefreshConfig refresh, HttpClientConfig http) {

    /// Copies what it is given.
    public KeySettings {
        algorithms = List.copyOf(algorithms);
    }
}
