package io.tidegate.engine.upstream;

import java.util.Map;

/// How requests are shared among the endpoints of an upstream, for whoever runs the gateway.
///
/// @param declared
///            number of endpoints that may be chosen, of which this gateway may use a part
/// @param zones
///            of the endpoints that it uses, by `host:port`, where they are said
/// @param starting
///            part of its share, in percent, that each gets which has begun a short while ago
public record BalanceState(int declared, Map<String, String> zones, Map<String, Integer> starting) {

    /// Copies what it is given.
    public BalanceState {
        zones = Map.copyOf(zones);
        starting = Map.copyOf(starting);
    }
}
