package io.tidegate.engine;

import io.tidegate.config.Durations;
import io.tidegate.config.MirrorCompareConfig;
import io.tidegate.config.MirrorConfig;
import io.tidegate.engine.Explanation.Limit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says what a route's mirror gets and what is compared, defaults included.
final class MirrorText {

    private MirrorText() {
    }

    /// By key of the mirror; empty where there is none.
    static Map<String, Limit> of(String route, @Nullable MirrorConfig mirror) {
        Map<String, Limit> values = new LinkedHashMap<>();
        if (mirror == null) {
            return values;
        }
        put(values, route, "upstream", mirror.upstream());
        put(values, route, "share", mirror.share().toString());
        put(values, route, "methods", list(mirror.methods()));
        put(values, route, "header", mirror.header());
        put(values, route, "maxBody", mirror.maxBody().toString());
        put(values, route, "timeout", Durations.format(mirror.timeout()));
        put(values, route, "maxRunning", Integer.toString(mirror.maxRunning()));
        MirrorCompareConfig compare = mirror.compare();
        if (compare == null) {
            put(values, route, "compare", "none");
            return values;
        }
        put(values, route, "compare.headers", list(compare.headers()));
        put(values, route, "compare.body", compare.body().name().toLowerCase(Locale.ROOT));
        put(values, route, "compare.maxBody", compare.maxBody().toString());
        put(values, route, "compare.json.ignore", list(compare.json().ignore()));
        put(values, route, "compare.json.unordered", list(compare.json().unordered()));
        put(values, route, "compare.examples", Integer.toString(compare.examples()));
        put(values, route, "compare.showValues", Boolean.toString(compare.showValues()));
        return values;
    }

    private static String list(List<String> items) {
        return items.isEmpty() ? "none" : String.join(", ", items);
    }

    private static void put(Map<String, Limit> values, String route, String key, String value) {
        values.put(key, new Limit(value, "routes." + route + ".mirror." + key));
    }
}
