package io.tidegate.engine.stream;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the connections of one listener go that are no HTTP: all to one service, or by the name that their client asks
/// for. Immutable.
public final class StreamTargets {

    private final boolean named;
    private final Map<String, StreamTarget> exact = new HashMap<>();
    /// By what stands behind the star: `.example.com`.
    private final Map<String, StreamTarget> wildcards = new HashMap<>();
    private final @Nullable StreamTarget otherwise;
    private final long idleNanos;

    private StreamTargets(boolean named, Map<String, StreamTarget> names, @Nullable StreamTarget otherwise,
            long idleNanos) {
        this.named = named;
        this.otherwise = otherwise;
        this.idleNanos = idleNanos;
        names.forEach((name, target) -> {
            if (name.startsWith("*.")) {
                wildcards.put(name.substring(1), target);
            } else {
                exact.put(name, target);
            }
        });
    }

    /// All go there.
    public static StreamTargets all(StreamTarget target, long idleNanos) {
        return new StreamTargets(false, Map.of(), target, idleNanos);
    }

    /// They go by name.
    ///
    /// @param names
    ///            in lower case; `*.example.com` stands for one or more labels in front
    /// @param otherwise
    ///            for other names, and for none; null where those are refused
    public static StreamTargets byName(Map<String, StreamTarget> names, @Nullable StreamTarget otherwise,
            long idleNanos) {
        return new StreamTargets(true, names, otherwise, idleNanos);
    }

    /// Whether clients have to say first which name they want.
    public boolean areNamed() {
        return named;
    }

    /// How long a connection may be quiet on both sides, in nanoseconds.
    public long idleNanos() {
        return idleNanos;
    }

    /// Where a connection goes.
    ///
    /// @param name
    ///            what its client asks for, in lower case; null for nothing
    /// @return null where it is refused
    public @Nullable StreamTarget find(@Nullable String name) {
        if (name == null) {
            return otherwise;
        }
        StreamTarget found = exact.get(name);
        // The first dot leaves the longest name behind it.
        for (int dot = name.indexOf('.'); found == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
            found = wildcards.get(name.substring(dot));
        }
        return found == null ? otherwise : found;
    }
}
