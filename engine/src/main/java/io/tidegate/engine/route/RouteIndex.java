package io.tidegate.engine.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The compiled form of a table: hosts, a trie of path segments for each, and candidates at its nodes. Immutable.
///
/// Nodes are numbers. All literal edges of all hosts are in one hash table under (node, segment); what else belongs
/// to a node is four numbers side by side. The candidates of a node stand side by side too, best first: those of
/// paths that end there, then those of a rest (`**`) that begins there.
///
/// @param hosts
///            number of the group by kind of host and name
/// @param wildcardLengths
///            bit n: some wildcard's name has n bytes (253 at most)
/// @param anyHost
///            number of the group of routes without hosts, [ByteIndex#NONE] if there is none
/// @param groups
///            for each host: root node, first candidate with an expression, first without any path, end of these
/// @param edges
///            child by node and segment
/// @param nodes
///            for each node: child of a parameter (0: none), first candidate of paths that end here, first candidate
///            of a rest, end of these
/// @param candidates
///            by node, best first
/// @param dispatches
///            of places with many candidates, by their first
/// @param methods
///            the methods that routes name
/// @param listsOptions
///            whether a route names `OPTIONS`
@SuppressWarnings("ArrayRecordComponent")
record RouteIndex(ByteIndex hosts, long[] wildcardLengths, int anyHost, int[] groups, ByteIndex edges, int[] nodes,
        Candidate[] candidates, List<Dispatch> dispatches, Methods methods, boolean listsOptions) {

    /// Scope of exact names in [#hosts].
    static final int EXACT = 0;
    /// Scope of the names of wildcards in [#hosts].
    static final int WILDCARD = 1;

    /// Most nodes that one look-up may visit among the routes of one host. Tables that could need more are refused.
    static final int MAX_VISITS = 4096;

    /// Numbers per group and per node.
    static final int STRIDE = 4;

    /// The index of no routes.
    static final RouteIndex EMPTY = new RouteIndexBuilder().build();

    boolean hasWildcards() {
        return (wildcardLengths[0] | wildcardLengths[1] | wildcardLengths[2] | wildcardLengths[3]) != 0;
    }

    boolean mayBeWildcard(int length) {
        return length < 256 && (wildcardLengths[length >> 6] & 1L << length) != 0;
    }

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

    int root(int group) {
        return groups[group * STRIDE];
    }

    int expressionsFrom(int group) {
        return groups[group * STRIDE + 1];
    }

    int anyPathFrom(int group) {
        return groups[group * STRIDE + 2];
    }

    int anyPathTo(int group) {
        return groups[group * STRIDE + 3];
    }

    int parameter(int node) {
        return nodes[node * STRIDE];
    }

    int endsFrom(int node) {
        return nodes[node * STRIDE + 1];
    }

    int restFrom(int node) {
        return nodes[node * STRIDE + 2];
    }

    int restTo(int node) {
        return nodes[node * STRIDE + 3];
    }
}
