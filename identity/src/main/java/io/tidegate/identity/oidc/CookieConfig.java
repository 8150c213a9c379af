package io.tidegate.identity.oidc;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Pattern;

/// The cookies that a session and its logins are kept in.
public record CookieConfig(
        @Doc("What their names begin with. `__Host-` is put before it, or `__Secure-` with another `path` than `/`.") @Default("tidegate") String name,

        @Doc("Paths that the browser sends them for. All paths of the policy have to lie below it.") @Default("/") @Pattern(value = "/[A-Za-z0-9._~!$&'()*+,=:@%/-]*", expected = "a path such as /app") String path,

        @Doc("Whether browsers send them by `https` alone. `false` is for trying things out by `http`.") @Default("true") boolean secure) {

    private static final int MOST_CHARACTERS = 64;

    /// Refuses what is no name of a cookie.
    public CookieConfig {
        if (!FieldSyntax.isName(name) || name.length() > MOST_CHARACTERS) {
            throw new ConfigException("name", "must be the name of a cookie such as tidegate (was '" + name + "')");
        }
    }
}
