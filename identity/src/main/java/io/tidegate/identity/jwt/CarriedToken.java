package io.tidegate.identity.jwt;

import io.tidegate.api.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Takes the token, and the proof beside it, out of what goes to the service.
record CarriedToken(Credential.Place place) {

    void remove(Request request) {
        request.headers().remove(place.header());
        if (place.dpop()) {
            request.headers().remove("dpop");
        }
        String cookie = place.cookie();
        if (cookie != null) {
            String cookies = String.join("; ", request.headers().all("cookie"));
            String rest = without(cookies, "[ \\t]*;[ \\t]*", "; ", part -> isNamed(part, cookie));
            if (rest == null) {
                request.headers().remove("cookie");
            } else {
                request.headers().set("cookie", rest);
            }
        }
        String parameter = place.query();
        String query = request.query();
        if (parameter != null && query != null && !request.queryParameter(parameter).isEmpty()) {
            request.setQuery(without(query, "&", "&", part -> isParameter(part, parameter)));
        }
    }

    private static @Nullable String without(String all, String separator, String between, Predicate<String> unwanted) {
        String rest = Arrays.stream(all.split(separator)).filter(unwanted.negate())
                .collect(Collectors.joining(between));
        return rest.isEmpty() ? null : rest;
    }

    private static boolean isNamed(String part, String name) {
        return part.startsWith(name) && part.startsWith("=", name.length());
    }

    private static boolean isParameter(String part, String name) {
        int equals = part.indexOf('=');
        String own = equals < 0 ? part : part.substring(0, equals);
        try {
            return URLDecoder.decode(own, StandardCharsets.UTF_8).equals(name);
        } catch (IllegalArgumentException e) {
            return false; // no percent escapes, so it is not that name either
        }
    }
}
