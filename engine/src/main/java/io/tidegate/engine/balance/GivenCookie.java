package io.tidegate.engine.balance;

import io.tidegate.config.CookieConfig;
import io.tidegate.config.CookieConfig.SameSite;

/// A cookie that clients are given, but for its value. Immutable.
public final class GivenCookie {

    private final CookieConfig config;
    private final String name;
    private final String attributes;

    /// A cookie of this name, with what else is declared of it.
    public GivenCookie(String name, CookieConfig config) {
        this.config = config;
        this.name = name;
        this.attributes = "; Path=" + config.path()
                + (config.ttl() == null ? "" : "; Max-Age=" + config.ttl().toSeconds())
                + (config.httpOnly() ? "; HttpOnly" : "")
                + switch (config.sameSite()) {
                    case STRICT -> "; SameSite=Strict";
                    case LAX -> "; SameSite=Lax";
                    case NONE -> "; SameSite=None";
                };
    }

    /// Its name.
    public String name() {
        return name;
    }

    /// Whether services see it.
    public boolean isForwarded() {
        return config.forward();
    }

    /// The value of `Set-Cookie` that gives it to a client.
    ///
    /// @param secured
    ///            whether the client came by TLS
    public String with(String value, boolean secured) {
        boolean secure = config.secure() == null ? secured || config.sameSite() == SameSite.NONE : config.secure();
        return name + '=' + value + attributes + (secure ? "; Secure" : "");
    }
}
