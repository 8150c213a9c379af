package io.tidegate.engine.balance;

/// How many requests stay in the zone of the gateway.
public final class Zones {

    private Zones() {
    }

    /// Which share of the requests stays, 0 to 1.
    ///
    /// @param used
    ///            weight of the endpoints of the zone that are used
    /// @param all
    ///            weight of the endpoints of the zone
    /// @param enough
    ///            share of the zone with which it bears all of its requests
    public static double share(long used, long all, double enough) {
        if (all == 0) {
            return 0;
        }
        double there = (double) used / all;
        return there >= enough ? 1 : there / enough;
    }
}
