package io.tidegate.policies.cors;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Range;
import java.time.Duration;
import java.util.List;

/// Configuration of `cors`.
@Doc("Says which other origins browsers may call from (Fetch standard, CORS protocol). Preflights are answered here.")
public record CorsConfig(
        @Doc("Origins that may call: exact, `https://*.example.com`, `*`, or `{ regex: … }`.") @Range(min = 1) List<OriginConfig> origins,

        @Doc("Methods they may use; `*` for all.") @Default("[GET, HEAD, POST]") List<String> methods,

        @Doc("Request headers they may send beyond those that are always allowed; `*` for all but `Authorization`.") @Default("[]") List<String> requestHeaders,

        @Doc("Response headers that their scripts may read beyond those that are always readable; `*` for all.") @Default("[]") List<String> exposeHeaders,

        @Doc("Whether cookies, client certificates and `Authorization` may be sent along.") @Default("false") boolean credentials,

        @Doc("How long browsers may remember the answer to a preflight.") @Default("10m") Duration maxAge,

        @Doc("Whether pages on the internet may call into a private network (`Access-Control-Request-Private-Network`).") @Default("false") boolean privateNetwork,

        @Doc("Whether requests from other origins than these are answered 403, instead of being served without leave for the browser to show the answer.") @Default("false") boolean refuseOthers) {

    /// Refuses `*` beside credentials, which browsers ignore, and names that are none.
    public CorsConfig {
        if (credentials && origins.stream().anyMatch(OriginConfig::isEvery)) {
            throw new IllegalArgumentException("'origins' must name origins where 'credentials' is true: with '*' every"
                    + " site could act as its visitors");
        }
        if (origins.size() > 1 && origins.stream().anyMatch(OriginConfig::isEvery)) {
            throw new IllegalArgumentException("'origins' has '*', so nothing else can stand beside it");
        }
        check("methods", methods, credentials);
        check("requestHeaders", requestHeaders, credentials);
        check("exposeHeaders", exposeHeaders, credentials);
        if (maxAge.isNegative()) {
            throw new IllegalArgumentException("'maxAge' must be 0s or more (was " + maxAge + ")");
        }
    }

    private static void check(String key, List<String> names, boolean credentials) {
        for (String name : names) {
            if (!FieldSyntax.isName(name)) {
                throw new IllegalArgumentException("'" + key + "' must hold names (was '" + name + "')");
            }
            if (credentials && name.equals("*")) {
                throw new IllegalArgumentException("'" + key
                        + "' must name each one where 'credentials' is true: browsers take '*' literally then");
            }
        }
    }
}
