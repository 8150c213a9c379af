package io.tidegate.identity.apikey;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Configuration of `apiKey`.
@Doc("Finds out who calls by a key that they were given: `consumers.*.apiKeys`. A request shows one key in one place.")
public record ApiKeyConfig(
        @Doc("Header fields that a key may stand in.") @Default("[X-Api-Key]") List<String> headers,

        @Doc("Query parameters that a key may stand in. Addresses are written to logs and histories: prefer a field.") @Default("[]") List<String> queryParameters,

        @Doc("Cookies that a key may stand in.") @Default("[]") List<String> cookies,

        @Doc("Whether the key is taken out of the request before it goes to the service.") @Default("true") boolean hideCredentials,

        @Doc("Whether a request without a key passes, as nobody. One with a wrong key is refused all the same.") @Default("false") boolean optional,

        @Doc("What the client is told that keys are for: `realm` in `WWW-Authenticate`.") @Default("api") String realm) {

    /// The fields that a key can't be taken out of without breaking what they are for.
    private static final Set<String> OTHERS = Set.of("host", "cookie", "connection", "content-length",
            "transfer-encoding", "te", "trailer", "upgrade", "expect");

    /// Refuses no place at all, names that are none, and the same place twice.
    public ApiKeyConfig {
        if (headers.isEmpty() && queryParameters.isEmpty() && cookies.isEmpty()) {
            throw new ConfigException("headers", "must name a place for keys, or 'queryParameters' or 'cookies' must");
        }
        Set<String> seen = new HashSet<>();
        for (String name : headers) {
            String lower = name.toLowerCase(Locale.ROOT);
            check("headers", FieldSyntax.isName(name) && !OTHERS.contains(lower) && seen.add(lower), name);
        }
        for (String name : queryParameters) {
            check("queryParameters", name.matches("[A-Za-z0-9._~-]{1,64}") && seen.add("?" + name), name);
        }
        for (String name : cookies) {
            check("cookies", FieldSyntax.isName(name) && seen.add(";" + name), name);
        }
        if (!realm.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new ConfigException("realm", "must be visible ASCII (was '" + realm + "')");
        }
    }

    private static void check(String component, boolean good, String name) {
        if (!good) {
            throw new ConfigException(component, "must hold names that can carry a key, each once (was '" + name
                    + "')");
        }
    }
}
