package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What keeps a client on its side of a split.
@Doc("What keeps a client on its side of a split: a key of the request, or a cookie that the gateway gives to clients that have none, or both. The short form is the key.")
public record SplitByConfig(
        @Doc("What of a request decides: `header.<name>`, `cookie.<name>`, `query.<name>`, `path`, `client` (its address), or, of who was found to be calling, `consumer` (its name) or `claim.<name>`.") @Nullable RequestKeyConfig key,

        @Doc("Name of a cookie by which the gateway keeps clients on the side that they came to first, such as `tg-split`. With a `key`, it is for requests that have none.") @Nullable @Pattern(value = RetryConfig.NAME, expected = "the name of a cookie such as tg-split") String cookie,

        @Doc("How long the cookie holds from when it was made. Left out: until the browser is closed.") @Nullable Duration ttl,

        @Doc("Below which path clients send the cookie.") @Default("/") @Pattern(value = StickySessionConfig.PATH, expected = StickySessionConfig.PATH_EXPECTED) String path,

        @Doc("Whether clients send the cookie by TLS alone. Left out: where it was given by TLS.") @Nullable Boolean secure,

        @Doc("Whether scripts in a browser may not read the cookie.") @Default("true") boolean httpOnly,

        @Doc("Whether browsers send the cookie with requests from other sites.") @Default("lax") SameSite sameSite,

        @Doc("Whether the service sees the cookie.") @Default("false") boolean forward) implements CookieConfig {

    /// By a key of the request alone.
    @Shorthand
    public static SplitByConfig of(String key) {
        return new SplitByConfig(RequestKeyConfig.of(key), null, null, "/", null, true, SameSite.LAX, false);
    }
}
