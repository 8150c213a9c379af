package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Hands connections on by the name that a client asks for in its first message of TLS, without decrypting anything.
@Doc("Hands connections on by the name that a client asks for in its first message of TLS (SNI), without decrypting anything: the services show their own certificates.")
public record TlsPassthroughConfig(
        @Doc("Upstreams by the name that is asked for: `api.example.com`, or `*.example.com` for one or more labels in front. An exact name wins over a wildcard, a longer wildcard over a shorter one. Endpoints are `tcp://` or `unix:`.") Map<String, String> routes,

        @Doc("The upstream of clients that ask for another name, or for none. Left out: they are refused with the TLS alert `unrecognized_name`.") @Nullable String otherwise,

        @Doc("How long a connection may be quiet on both sides; then it is cut.") @Default(TcpConfig.IDLE) Duration idleTimeout) {

    /// The upstream of clients that ask for this name, in lower case; null where they are refused. As connections are
    /// led.
    public @Nullable String upstream(String host) {
        String found = routes.get(host);
        // The first dot leaves the longest name behind it.
        for (int dot = host.indexOf('.'); found == null && dot >= 0; dot = host.indexOf('.', dot + 1)) {
            found = routes.get("*" + host.substring(dot));
        }
        return found == null ? otherwise : found;
    }
}
