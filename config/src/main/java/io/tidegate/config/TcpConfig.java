package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.time.Duration;

/// Hands the bytes of connections on to a service, whatever they mean.
@Doc("Hands the bytes of connections on to a service, whatever they mean: no HTTP is read, no route and no policy is looked at. With `tls` beside it, TLS ends here. Short form: the name of the upstream.")
public record TcpConfig(
        @Doc("The upstream that connections go to. Its endpoints are `tcp://`, `tls://` or `unix:`.") String upstream,

        @Doc("How long a connection may be quiet on both sides; then it is cut.") @Default(IDLE) Duration idleTimeout) {

    /// How long a connection may be quiet where nothing is said of it.
    static final String IDLE = "1h";

    /// Hands on to this upstream.
    @Shorthand
    public static TcpConfig of(String upstream) {
        return new TcpConfig(upstream, Durations.parse(IDLE));
    }
}
