package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import io.tidegate.api.Secret;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Keeps a client with the endpoint that answered it first, by a cookie.
@Doc("Keeps a client with the endpoint that answered it first, by a cookie that names the endpoint in a way that nobody else can read or make. It holds for as long as the endpoint is used; then another one is chosen, and the cookie made anew. The short form is the name of the cookie.")
public record StickySessionConfig(
        @Doc("Its name.") @Pattern(value = RetryConfig.NAME, expected = "the name of a cookie such as tg-session") String cookie,

        @Doc("How long it holds from when it was made. Left out: until the browser is closed.") @Nullable Duration ttl,

        @Doc("Below which path clients send it.") @Default("/") @Pattern(value = StickySessionConfig.PATH, expected = StickySessionConfig.PATH_EXPECTED) String path,

        @Doc("Whether clients send it by TLS alone. Left out: where it was given by TLS.") @Nullable Boolean secure,

        @Doc("Whether scripts in a browser may not read it.") @Default("true") boolean httpOnly,

        @Doc("Whether browsers send it with requests from other sites.") @Default("lax") SameSite sameSite,

        @Doc("Key that it is signed with, of 16 characters or more: gateways with the same one honour each other's. Left out: each process makes its own when it starts.") @Nullable @Secret String secret,

        @Doc("Whether the service sees it.") @Default("false") boolean forward) implements CookieConfig {

    static final String PATH = "/[!-:<-~]{0,255}";
    static final String PATH_EXPECTED = "a path that begins with a slash";

    /// A cookie of this name.
    @Shorthand
    public static StickySessionConfig of(String cookie) {
        if (!cookie.matches(RetryConfig.NAME)) {
            throw new IllegalArgumentException(
                    "must be the name of a cookie such as tg-session (was '" + cookie + "')");
        }
        return new StickySessionConfig(cookie, null, "/", null, true, SameSite.LAX, null, false);
    }

    /// Without the key.
    @Override
    public String toString() {
        return "StickySessionConfig[" + cookie + ", " + path + "]";
    }
}
