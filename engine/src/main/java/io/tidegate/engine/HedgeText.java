package io.tidegate.engine;

import io.tidegate.config.Durations;
import io.tidegate.config.HedgeConfig;
import io.tidegate.engine.Explanation.Limit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says when a route's requests are sent a second time before the first is answered, defaults included.
final class HedgeText {

    private HedgeText() {
    }

    /// By key of `hedge`; empty where there is none.
    static Map<String, Limit> of(String route, @Nullable HedgeConfig hedge) {
        Map<String, Limit> values = new LinkedHashMap<>();
        if (hedge == null) {
            return values;
        }
        String at = "routes." + route + ".hedge.";
        values.put("after",
                new Limit(hedge.after() == null ? "measured" : Durations.format(hedge.after()), at + "after"));
        if (hedge.after() == null) {
            values.put("percentile", new Limit(Integer.toString(hedge.percentile()), at + "percentile"));
            values.put("least", new Limit(Durations.format(hedge.least()), at + "least"));
        }
        return values;
    }
}
