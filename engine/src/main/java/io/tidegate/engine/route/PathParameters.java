package io.tidegate.engine.route;

import io.tidegate.config.PathPattern;
import io.tidegate.config.PathPattern.Kind;
import io.tidegate.config.PathPattern.Segment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parameters of a path, as ranges of its bytes, found when somebody asks for the first of them.
final class PathParameters {

    private List<Segment> segments = List.of();
    private byte[] path = {};
    private int pathStart;
    private int pathEnd;
    private boolean read;
    private int count;

    /// Triples: index of the segment, start, end.
    private int[] ranges = new int[12];

    /// Takes the path that was just matched.
    void set(@Nullable PathPattern pattern, RouteInput input) {
        segments = pattern == null ? List.of() : pattern.segments();
        path = input.pathBytes();
        pathStart = input.pathStart();
        pathEnd = input.pathEnd();
        read = false;
        count = 0;
    }

    void clear() {
        segments = List.of();
        count = 0;
    }

    private void read() {
        read = true;
        int at = pathStart;
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            int from = Math.min(at + 1, pathEnd);
            int to = segment.kind() == Kind.REST ? pathEnd : segmentEnd(from);
            // A rest without a name is none.
            if (segment.kind() != Kind.LITERAL && !segment.text().isEmpty()) {
                add(i, from, to);
            }
            at = to;
        }
    }

    private int segmentEnd(int from) {
        int to = from;
        while (to < pathEnd && path[to] != '/') {
            to++;
        }
        return to;
    }

    private void add(int segment, int from, int to) {
        int at = count * 3;
        if (at == ranges.length) {
            ranges = Arrays.copyOf(ranges, at * 2);
        }
        ranges[at] = segment;
        ranges[at + 1] = from;
        ranges[at + 2] = to;
        count++;
    }

    byte[] path() {
        return path;
    }

    int count() {
        if (!read) {
            read();
        }
        return count;
    }

    String name(int i) {
        return segments.get(ranges[at(i)]).text();
    }

    int start(int i) {
        return ranges[at(i) + 1];
    }

    int end(int i) {
        return ranges[at(i) + 2];
    }

    private int at(int i) {
        if (i < 0 || i >= count()) {
            throw new IndexOutOfBoundsException("must be the index of one of " + count + " parameters (was " + i + ")");
        }
        return i * 3;
    }
}
