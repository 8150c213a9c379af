package io.tidegate.engine.route;

/// The path patterns of all hosts as tries of segments. Immutable.
///
/// Nodes are numbers. All literal edges are in one hash table under (node, segment); what else belongs to a node is
/// four numbers side by side. The candidates of a node stand side by side too, best first: those of paths that end
/// there, then those of a rest (`**`) that begins there.
///
/// @param edges
///            child by node and segment
/// @param nodes
///            for each node: child of a parameter (0: none), first candidate of paths that end here, first candidate
///            of a rest, end of these
@SuppressWarnings("ArrayRecordComponent")
record PathTrie(ByteIndex edges, int[] nodes) {

    /// Numbers per node.
    static final int STRIDE = 4;

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

    boolean hasRest(int node) {
        return restFrom(node) < restTo(node);
    }
}
