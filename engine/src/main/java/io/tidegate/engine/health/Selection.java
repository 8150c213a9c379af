package io.tidegate.engine.health;

import java.util.Arrays;

/// The endpoints that are used now. Immutable.
///
/// @param used
///            their indexes
/// @param trials
///            those that are tried now and then, where none is used because none takes connections
/// @param panic
///            whether some are used that should not be, since too few others are left
public record Selection(int[] used, int[] trials, boolean panic) {

    private static final int[] NONE = {};

    /// What follows from states.
    ///
    /// @param states
    ///            of the endpoints, by index
    /// @param threshold
    ///            share of the endpoints below which all are used
    static Selection of(int[] states, double threshold) {
        int[] usable = where(states, ~0);
        int[] all = where(states, EndpointHealth.DRAINING);
        if (usable.length > 0 && usable.length >= threshold * all.length) {
            return new Selection(usable, NONE, false);
        }
        if (threshold == 0) {
            return new Selection(NONE, where(states, EndpointHealth.DRAINING | EndpointHealth.UNHEALTHY), false);
        }
        // Those that take no connections take no load either, however few the others are.
        int[] answering = where(states, EndpointHealth.DRAINING | EndpointHealth.REFUSING);
        return answering.length > 0
                ? new Selection(answering, NONE, answering.length > usable.length)
                : new Selection(NONE, all, false);
    }

    private static int[] where(int[] states, int without) {
        int count = 0;
        int[] found = new int[states.length];
        for (int i = 0; i < states.length; i++) {
            if ((states[i] & without) == 0) {
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }
}
