package io.tidegate.engine.overload;

import io.tidegate.config.RouteConfig.Criticality;

/// Which part of the requests of each criticality is shed, by how short the gateway is of something.
///
/// ```
///   part   1 ┤        ___-----
///            │      /   low →  normal →      critical →
///          0 ┼─────┴────────────────────────────────── pressure
///            0       ¼         ½                    1
/// ```
///
/// Each rises along a cubic curve, flat at both ends: little is shed at first, and the last of a class goes as gently as
/// the first. One begins before the other is gone, but what is critical only when nothing else is left.
public final class Shedding {

    private static final double LOW_END = 0.25;
    private static final double NORMAL_BEGIN = 0.125;
    private static final double NORMAL_END = 0.5;
    private static final double REST_BEGIN = 0.25;
    private static final long LONGEST_REST_NANOS = 600_000_000L;
    /// By how much less one may rest than another, so that they do not all come back at once.
    private static final double REST_SPREAD = 0.5;

    private Shedding() {
    }

    /// The part that is shed, 0 to 1.
    ///
    /// @param pressure
    ///            0 to 1
    public static double part(Criticality criticality, double pressure) {
        return switch (criticality) {
            case LOW -> curve(pressure, 0, LOW_END);
            case NORMAL -> curve(pressure, NORMAL_BEGIN, NORMAL_END);
            case CRITICAL -> curve(pressure, NORMAL_END, 1);
        };
    }

    /// How long the connection of a request that was shed is left unread behind its answer, in nanoseconds. It begins
    /// where much of what is not critical is shed: from there on it is the refusals themselves that there is no time
    /// for. Clients are told to come again after a second at the earliest, so that who does as told does not notice.
    ///
    /// @param pressure
    ///            0 to 1
    /// @param chance
    ///            0 to 1, drawn for this connection: they must not all come back at once
    public static long restNanos(double pressure, double chance) {
        double part = Math.clamp((pressure - REST_BEGIN) / (NORMAL_END - REST_BEGIN), 0, 1);
        return (long) (LONGEST_REST_NANOS * part * (1 - REST_SPREAD * chance));
    }

    private static double curve(double pressure, double begin, double end) {
        double at = Math.clamp((pressure - begin) / (end - begin), 0, 1);
        return at * at * (3 - 2 * at);
    }
}
