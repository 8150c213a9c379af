package io.tidegate.app.explain;

import io.tidegate.api.Fault;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks up what a client is told of a fault.
final class Faults {

    private Faults() {
    }

    private static @Nullable Fault of(@Nullable String code) {
        for (Fault fault : Fault.all()) {
            if (fault.code().equals(code)) {
                return fault;
            }
        }
        return null;
    }

    /// `404 route.none: No route matches the request`; empty for none.
    static String text(@Nullable String code) {
        Fault fault = of(code);
        if (fault != null) {
            return fault.status() + " " + fault.code() + ": " + fault.title();
        }
        return code == null ? "" : code;
    }

    /// Code, status and title; null for none.
    static @Nullable Map<String, @Nullable Object> fields(@Nullable String code) {
        if (code == null) {
            return null;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("code", code);
        Fault fault = of(code);
        if (fault != null) {
            fields.put("status", fault.status());
            fields.put("title", fault.title());
        }
        return fields;
    }
}
