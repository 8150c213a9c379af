package io.tidegate.engine.health;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The endpoints that are used now. Immutable.
///
/// @param used
///            their indexes
/// @param trials
///            those that are tried now and then, where none is used because none takes connections
/// @param panic
///            whether some are used that should not be, since too few others are left
public record Selection(List<Integer> used, List<Integer> trials, boolean panic) {

    private static final List<Integer> NONE = List.of();

    /// Copies what it is given.
    public Selection {
        used = List.copyOf(used);
        trials = List.copyOf(trials);
    }

    /// What follows from states and tiers: those of the lowest tier are used in which enough are well, or one at least;
    /// where nobody is well anywhere, tiers make no difference.
    ///
    /// @param tiers
    ///            of the endpoints, by index
    static Selection of(int[] states, int[] tiers, double threshold, boolean fallback) {
        int[] sorted = Arrays.stream(tiers).distinct().sorted().toArray();
        if (sorted.length < 2) {
            return of(states, threshold, fallback);
        }
        for (double least : new double[]{threshold, 0}) {
            for (int tier : sorted) {
                List<Integer> usable = new ArrayList<>();
                int all = 0;
                for (int i = 0; i < states.length; i++) {
                    if (tiers[i] == tier && (states[i] & EndpointHealth.DRAINING) == 0) {
                        all++;
                        if (states[i] == 0) {
                            usable.add(i);
                        }
                    }
                }
                if (!usable.isEmpty() && usable.size() >= least * all) {
                    return new Selection(usable, NONE, false);
                }
            }
        }
        return of(states, threshold, fallback);
    }

    /// What follows from states.
    ///
    /// @param states
    ///            of the endpoints, by index
    /// @param threshold
    ///            share of the endpoints below which all are used
    /// @param fallback
    ///            whether there is somebody else where no endpoint is well
    static Selection of(int[] states, double threshold, boolean fallback) {
        List<Integer> usable = where(states, ~0);
        List<Integer> all = where(states, EndpointHealth.DRAINING);
        if (!usable.isEmpty() && usable.size() >= threshold * all.size()) {
            return new Selection(usable, NONE, false);
        }
        if ((usable.isEmpty() && fallback) || threshold == 0) {
            // Tried where the fallback is down too.
            return new Selection(NONE,
                    where(states, EndpointHealth.DRAINING | EndpointHealth.UNHEALTHY | EndpointHealth.BROKEN), false);
        }
        // Those that take no connections take no load either, however few the others are; nor do those that are left in
        // peace.
        List<Integer> answering = where(states,
                EndpointHealth.DRAINING | EndpointHealth.REFUSING | EndpointHealth.BROKEN);
        return !answering.isEmpty()
                ? new Selection(answering, NONE, answering.size() > usable.size())
                : new Selection(NONE, where(states, EndpointHealth.DRAINING | EndpointHealth.BROKEN), false);
    }

    private static List<Integer> where(int[] states, int without) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < states.length; i++) {
            if ((states[i] & without) == 0) {
                found.add(i);
            }
        }
        return found;
    }
}
