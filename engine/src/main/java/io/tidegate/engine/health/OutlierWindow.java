package io.tidegate.engine.health;

import io.tidegate.api.Ratio;
import io.tidegate.config.OutlierDetectionConfig;
import io.tidegate.engine.health.Outcomes.Sum;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compares each endpoint with the others by what came of requests in a window of time.
final class OutlierWindow {

    private final @Nullable Ratio errorRate;
    private final @Nullable Integer slowerBy;
    private final int fewest;

    OutlierWindow(OutlierDetectionConfig config) {
        this.errorRate = config.errorRate();
        this.slowerBy = config.slowerBy();
        this.fewest = config.minRequests();
    }

    /// Takes what was counted since the last time.
    ///
    /// @return those that are worse than the others, and in what; in their order
    Map<EndpointHealth, Ejection> judge(List<EndpointHealth> endpoints) {
        Map<EndpointHealth, Sum> sums = new LinkedHashMap<>();
        Sum all = Sum.NOTHING;
        for (EndpointHealth endpoint : endpoints) {
            Outcomes outcomes = endpoint.outcomes();
            if (outcomes != null) {
                Sum sum = outcomes.take();
                sums.put(endpoint, sum);
                all = all.plus(sum);
            }
        }
        Map<EndpointHealth, Ejection> worse = new LinkedHashMap<>();
        for (Map.Entry<EndpointHealth, Sum> entry : sums.entrySet()) {
            Ejection reason = judge(entry.getValue(), all.minus(entry.getValue()));
            if (reason != null) {
                worse.put(entry.getKey(), reason);
            }
        }
        return worse;
    }

    private @Nullable Ejection judge(Sum one, Sum others) {
        if (errorRate != null && one.requests() >= fewest && others.requests() >= fewest
                && one.errorShare() > others.errorShare() + errorRate.value()) {
            return Ejection.ERROR_RATE;
        }
        return slowerBy != null && one.answers() >= fewest && others.answers() >= fewest
                && one.meanNanos() > slowerBy * others.meanNanos() ? Ejection.SLOW : null;
    }
}
