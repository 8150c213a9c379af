package io.tidegate.policies.redirect;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `redirect`.
@Doc("Sends the client elsewhere: to `to`, or with `scheme` to the same address by another scheme.")
public record RedirectConfig(
        @Doc("A URL such as `https://www.example.com{request.path}`, or a path such as `/new/{path.id}`. Placeholders stand for what is known of the request and can't lead to another host; only `{request.host}` may stand where the host is.") @Nullable String to,

        @Doc("Instead of `to`: the same host, path and query by this scheme.") @Nullable Scheme scheme,

        @Doc("Port for `scheme`. Left out: the scheme's own.") @Range(min = 1, max = 65535) @Nullable Integer port,

        @Doc("301, 302, 303, 307 or 308. 307 and 308 keep the method and the body; 301 and 308 are kept by browsers for good.") @Default("307") int status,

        @Doc("Whether the query of the request goes along.") @Default("true") boolean keepQuery) {

    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    /// The scheme to go on with.
    public enum Scheme {
        @Doc("HTTP over TLS.")
        HTTPS
    }

    /// Refuses none and both targets, a status that is no redirect, and a target whose host could be chosen by a
    /// request.
    public RedirectConfig {
        if ((to == null) == (scheme == null)) {
            throw new IllegalArgumentException("must have exactly one of 'to' and 'scheme'");
        }
        if (port != null && scheme == null) {
            throw new IllegalArgumentException("'port' must stand beside 'scheme'; in 'to' it is part of the URL");
        }
        if (!STATUSES.contains(status)) {
            throw new IllegalArgumentException("'status' must be 301, 302, 303, 307 or 308 (was " + status + ")");
        }
        if (to != null) {
            Location.compile(to);
        }
    }
}
