package io.tidegate.engine.exchange;

import io.tidegate.config.RequestKeyConfig;
import io.tidegate.engine.balance.KeyHash;
import io.tidegate.engine.wire.CookieFields;
import io.tidegate.engine.wire.NamedFields;
import io.tidegate.engine.wire.QueryParameters;
import io.tidegate.engine.wire.RequestHead;
import java.util.List;

/// Reads the keys that the head of a request has by itself.
public final class RequestKeys {

    private RequestKeys() {
    }

    /// The hash of what a request has for a key; 0 where it has nothing, or its head does not tell.
    public static long hash(RequestHead request, RequestKeyConfig key) {
        return switch (key.source()) {
            case HEADER -> header(request, key.name());
            case COOKIE -> cookie(request, key.name());
            case QUERY -> {
                List<String> values = QueryParameters.values(request.queryBytes(), request.queryStart(),
                        request.queryEnd(), key.name());
                yield values.isEmpty() ? 0 : KeyHash.of(values.getFirst());
            }
            case PATH -> KeyHash.of(request.pathBytes(), request.pathStart(), request.pathEnd());
            case CLIENT, CONSUMER, CLAIM -> 0;
        };
    }

    /// The hash of a cookie; 0 where there is none.
    public static long cookie(RequestHead request, String name) {
        byte[] value = CookieFields.value(request, name);
        return value == null ? 0 : KeyHash.of(value, 0, value.length);
    }

    private static long header(RequestHead request, String name) {
        int field = NamedFields.find(request, name);
        if (field >= 0) {
            return KeyHash.of(request.bytes(), request.valueStart(field), request.valueEnd(field));
        }
        String added = NamedFields.added(request, name);
        return added == null ? 0 : KeyHash.of(added);
    }
}
