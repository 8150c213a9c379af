package io.tidegate.identity;

import io.tidegate.api.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a key or a token may stand in requests, alone. Immutable.
///
/// @param headers
///            header fields
/// @param queryParameters
///            parameters of the query
/// @param cookies
///            names of cookies
public record CredentialPlaces(List<String> headers, List<String> queryParameters, List<String> cookies) {

    /// Stands for several where one is meant: nothing that is looked for has a space, as little as several values of a
    /// field have none between them.
    public static final String SEVERAL = " ";

    /// Copies what it is given.
    public CredentialPlaces {
        headers = List.copyOf(headers);
        queryParameters = List.copyOf(queryParameters);
        cookies = List.copyOf(cookies);
    }

    /// What stands there; null where nothing does, and [#SEVERAL] where it can't be told which is meant.
    public @Nullable String find(Request request) {
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
            for (RequestCookies.Cookie cookie : RequestCookies.find(request, cookies::contains)) {
                found = one(found, cookie.value());
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

    /// Takes it out of what goes to the service, and leaves everything else as it is.
    public void hide(Request request) {
        for (int i = 0; i < headers.size(); i++) {
            request.headers().remove(headers.get(i));
        }
        String query = queryParameters.isEmpty() ? null : request.query();
        if (query != null) {
            hideInQuery(request, query);
        }
        if (!cookies.isEmpty()) {
            RequestCookies.take(request, cookies::contains);
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

    /// What the gateway takes the name of a parameter for. One with escapes that are none is taken as it stands.
    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
