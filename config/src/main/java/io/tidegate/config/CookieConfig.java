package io.tidegate.config;

import io.tidegate.api.Doc;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A cookie that the gateway gives to clients, so that it knows them again.
public interface CookieConfig {

    /// Whether browsers send a cookie with requests from other sites.
    enum SameSite {
        @Doc("Never.")
        STRICT, @Doc("Only where the user follows a link.")
        LAX, @Doc("Always; needs `secure`.")
        NONE
    }

    /// Its name; null where none is given.
    @Nullable
    String cookie();

    /// How long it holds from when it was made; null for until the browser is closed.
    @Nullable
    Duration ttl();

    /// Below which path clients send it.
    String path();

    /// Whether clients send it by TLS alone; null for where it was given by TLS.
    @Nullable
    Boolean secure();

    /// Whether scripts in a browser may not read it.
    boolean httpOnly();

    /// Whether browsers send it with requests from other sites.
    SameSite sameSite();

    /// Whether the service sees it.
    boolean forward();
}
