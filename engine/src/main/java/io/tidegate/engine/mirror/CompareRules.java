package io.tidegate.engine.mirror;

import io.tidegate.config.JsonPlace;
import io.tidegate.config.MirrorCompareConfig;
import io.tidegate.config.MirrorCompareConfig.Bodies;
import java.util.List;

/// What of two answers must be the same, compiled.
final class CompareRules {

    private final List<String> headers;
    private final Bodies bodies;
    private final int maxBody;
    private final List<JsonPlace> ignored;
    private final List<JsonPlace> unordered;
    private final boolean values;

    CompareRules(MirrorCompareConfig config) {
        headers = config.headers();
        bodies = config.body();
        maxBody = (int) Math.min(config.maxBody().bytes(), 1 << 20);
        ignored = config.json().ignore().stream().map(JsonPlace::parse).toList();
        unordered = config.json().unordered().stream().map(JsonPlace::parse).toList();
        values = config.showValues();
    }

    /// Fields whose values must be the same.
    List<String> headers() {
        return headers;
    }

    Bodies bodies() {
        return bodies;
    }

    /// Longest body that is compared, in bytes.
    int maxBody() {
        return bodies == Bodies.NONE ? 0 : maxBody;
    }

    /// Whether what stands at this place may differ.
    boolean ignores(List<String> place) {
        for (JsonPlace each : ignored) {
            if (each.covers(place)) {
                return true;
            }
        }
        return false;
    }

    /// Whether the order of the array at this place does not matter.
    boolean isUnordered(List<String> place) {
        for (JsonPlace each : unordered) {
            if (each.means(place)) {
                return true;
            }
        }
        return false;
    }

    /// Whether examples hold the values that differ.
    boolean showsValues() {
        return values;
    }
}
