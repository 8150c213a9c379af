package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How clients of HTTP/1.1 and HTTP/2 hear that a listener speaks HTTP/3 too (RFC 7838).
@Doc("How clients of HTTP/1.1 and HTTP/2 hear of HTTP/3: by `Alt-Svc` in every response.")
public record AltSvcConfig(
        @Doc("The UDP port at which clients reach HTTP/3. Left out: the listener's own.") @Range(min = 1, max = 65535) @Nullable Integer port,

        @Doc("How long clients remember it. `0s`: they are not told.") @Default("1d") Duration maxAge) {
}
