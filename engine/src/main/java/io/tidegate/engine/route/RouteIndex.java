package io.tidegate.engine.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The compiled form of a table. Immutable.
///
/// @param hosts
///            groups of routes by host
/// @param trie
///            places of paths
/// @param candidates
///            by place, best first
/// @param dispatches
///            of places with many candidates, by their first
/// @param methods
///            the methods that routes name
/// @param listsOptions
///            whether a route names `OPTIONS`
@SuppressWarnings("ArrayRecordComponent")
record RouteIndex(HostTable hosts, PathTrie trie, Candidate[] candidates, List<Dispatch> dispatches, Methods methods,
        boolean listsOptions) {

    /// Most nodes that one look-up may visit among the routes of one host. Tables that could need more are refused.
    static final int MAX_VISITS = 4096;

    /// The index of no routes.
    static final RouteIndex EMPTY = new RouteIndexBuilder().build();

    /// The dispatch of the place whose first candidate this is, or null.
    @Nullable
    Dispatch dispatch(int from) {
        int low = 0;
        int high = dispatches.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int at = dispatches.get(middle).from();
            if (at == from) {
                return dispatches.get(middle);
            }
            if (at < from) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }
}
