package io.tidegate.identity.apikey;

import io.tidegate.api.Headers;
import io.tidegate.api.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where keys stand in requests.
final class KeyPlaces {

    /// Stands for several keys where one is meant. A key has no space, as little as several values of a field have none
    /// between them.
    private static final String SEVERAL = " ";

    private static final String COOKIE = "cookie";

    private final List<String> headers;
    private final List<String> queryParameters;
    private final List<String> cookies;

    KeyPlaces(ApiKeyConfig config) {
        this.headers = List.copyOf(config.headers());
        this.queryParameters = List.copyOf(config.queryParameters());
        this.cookies = List.copyOf(config.cookies());
    }

    /// The key of a request; null where it has none, and what can't be a key where it has several.
    @Nullable
    String key(Request request) {
        String found = null;
        for (int i = 0; i < headers.size(); i++) {
            found = one(found, request.headers().get(headers.get(i)));
        }
        if (!queryParameters.isEmpty() && request.query() != null) {
            for (String name : queryParameters) {
                for (String value : request.queryParameter(name)) {
                    found = one(found, value);
                }
            }
        }
        if (!cookies.isEmpty()) {
            for (String field : request.headers().all(COOKIE)) {
                for (String pair : field.split(";", -1)) {
                    if (isKey(pair)) {
                        found = one(found, pair.substring(pair.indexOf('=') + 1).strip());
                    }
                }
            }
        }
        return found;
    }

    private static @Nullable String one(@Nullable String found, @Nullable String more) {
        if (found == null) {
            return more;
        }
        return more == null ? found : SEVERAL;
    }

    private boolean isKey(String pair) {
        int equals = pair.indexOf('=');
        return equals > 0 && cookies.contains(pair.substring(0, equals).strip());
    }

    /// Takes the key out of what goes to the service, and leaves everything else as it is.
    void hide(Request request) {
        Headers fields = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            if (fields.contains(headers.get(i))) {
                fields.remove(headers.get(i));
            }
        }
        String query = queryParameters.isEmpty() ? null : request.query();
        if (query != null) {
            hideInQuery(request, query);
        }
        if (!cookies.isEmpty() && fields.contains(COOKIE)) {
            hideInCookies(fields);
        }
    }

    private void hideInQuery(Request request, String query) {
        StringBuilder rest = new StringBuilder(query.length());
        boolean hidden = false;
        boolean first = true;
        for (String part : query.split("&", -1)) {
            int equals = part.indexOf('=');
            if (queryParameters.contains(decoded(equals < 0 ? part : part.substring(0, equals)))) {
                hidden = true;
            } else {
                rest.append(first ? "" : "&").append(part);
                first = false;
            }
        }
        if (hidden) {
            request.setQuery(first ? null : rest.toString());
        }
    }

    /// What the gateway takes the name of a parameter for. One with escapes that are none is no name of ours: those
    /// have no percent sign.
    private static String decoded(String name) {
        try {
            return name.indexOf('%') < 0 ? name : URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    private void hideInCookies(Headers fields) {
        StringBuilder rest = new StringBuilder();
        boolean hidden = false;
        // HTTP/2 may send each pair as a field (RFC 9113 section 8.2.3).
        for (String field : fields.all(COOKIE)) {
            for (String pair : field.split(";", -1)) {
                if (isKey(pair)) {
                    hidden = true;
                } else if (!pair.isBlank()) {
                    rest.append(rest.isEmpty() ? "" : "; ").append(pair.strip());
                }
            }
        }
        if (!hidden) {
            return;
        }
        if (rest.isEmpty()) {
            fields.remove(COOKIE);
        } else {
            fields.set(COOKIE, rest.toString());
        }
    }
}
