package io.tidegate.identity.basicauth;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import java.time.Duration;

/// Configuration of `basicAuth`.
@Doc("Finds out who calls by a user name and a password (RFC 7617): `consumers.*.passwords`. Passwords are sent with each request: use it over TLS alone.")
public record BasicAuthConfig(
        @Doc("What the client is told that the password is for: `realm` in `WWW-Authenticate`. Browsers show it.") @Default("api") String realm,

        @Doc("How long a password that was right is remembered, so that it isn't hashed for each request; 0s for not at all. At most 1h.") @Default("5m") Duration rememberFor,

        @Doc("How many wrong passwords for a user name may come from an address within `failureWindow`; what comes then is answered 429. 0 for any number.") @Default("10") @Range(min = 0, max = 10_000) int failures,

        @Doc("How long wrong passwords count, from the first on. 1s to 24h.") @Default("5m") Duration failureWindow,

        @Doc("Whether user name and password are taken out of the request before it goes to the service.") @Default("true") boolean hideCredentials,

        @Doc("Whether a request without a user name and a password passes, as nobody. One with a wrong password is refused all the same.") @Default("false") boolean optional) {

    /// Refuses times that are out of bounds, and a realm that can't be told.
    public BasicAuthConfig {
        if (!realm.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new ConfigException("realm", "must be visible ASCII (was '" + realm + "')");
        }
        if (rememberFor.isNegative() || rememberFor.toSeconds() > 3600) {
            throw new ConfigException("rememberFor", "must be 0s to 1h (was " + rememberFor.toMillis() + "ms)");
        }
        if (failureWindow.toMillis() < 1000 || failureWindow.toHours() > 24) {
            throw new ConfigException("failureWindow", "must be 1s to 24h (was " + failureWindow.toMillis() + "ms)");
        }
    }
}
