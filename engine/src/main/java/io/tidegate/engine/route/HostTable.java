package io.tidegate.engine.route;

/// The hosts of a table, each with a group of routes. Immutable.
///
/// @param names
///            number of the group by kind of host and name
/// @param wildcardLengths
///            bit n: some wildcard's name has n bytes (253 at most)
/// @param anyHost
///            number of the group of routes without hosts, [ByteIndex#NONE] if there is none
/// @param groups
///            for each group: root node, first candidate with an expression, first without any path, end of these
@SuppressWarnings("ArrayRecordComponent")
record HostTable(ByteIndex names, long[] wildcardLengths, int anyHost, int[] groups) {

    /// Scope of exact names in [#names].
    static final int EXACT = 0;
    /// Scope of the names of wildcards in [#names].
    static final int WILDCARD = 1;
    /// Numbers per group.
    static final int STRIDE = 4;

    boolean hasWildcards() {
        return (wildcardLengths[0] | wildcardLengths[1] | wildcardLengths[2] | wildcardLengths[3]) != 0;
    }

    boolean mayBeWildcard(int length) {
        return length < 256 && (wildcardLengths[length >> 6] & 1L << length) != 0;
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
}
