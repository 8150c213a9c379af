package io.tidegate.engine.route;

import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.CookieFields;
import io.tidegate.engine.wire.QueryParameters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What routes ask of a request beyond host, path and method, turned into text once per look-up and only if asked for.
final class RequestValues {

    private final Map<String, @Nullable String> headers = new HashMap<>();
    private final Map<String, List<String>> query = new HashMap<>();
    private @Nullable String path;

    /// Forgets the last request.
    void clear() {
        path = null;
        if (!headers.isEmpty()) {
            headers.clear();
        }
        if (!query.isEmpty()) {
            query.clear();
        }
    }

    String path(RouteInput input) {
        String text = path;
        if (text == null) {
            text = Ascii.text(input.pathBytes(), input.pathStart(), input.pathEnd());
            path = text;
        }
        return text;
    }

    @Nullable
    String header(RouteInput input, String name) {
        String value = headers.get(name);
        if (value == null && !headers.containsKey(name)) {
            value = input.header(name);
            headers.put(name, value);
        }
        return value;
    }

    /// The value of the first cookie of this name; null where there is none.
    @Nullable
    String cookie(RouteInput input, String name) {
        String fields = header(input, "cookie");
        return fields == null ? null : CookieFields.value(fields, name);
    }

    /// The values of all parameters of this name, in their order.
    List<String> query(RouteInput input, String name) {
        return query.computeIfAbsent(name,
                key -> QueryParameters.values(input.queryBytes(), input.queryStart(), input.queryEnd(), key));
    }
}
