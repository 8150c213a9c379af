package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import java.util.List;

/// An address on which clients are served.
@Doc("An address on which clients are served.")
public record ListenerConfig(
        @Doc("`:8080`, `127.0.0.1:8080`, `[::1]:8080` or `unix:/run/tidegate.sock`. Changing it opens the new address before the old one is closed.") AddressConfig address,

        @Doc("Networks (CIDR) of proxies in front of this one whose `X-Forwarded-*`, `Forwarded` and `X-Request-Id` are believed. Everybody else's are removed.") @Default("[]") List<CidrConfig> trustedProxies,

        @Doc("Name under which the gateway stands in `Via`.") @Default("tidegate") String via,

        @Doc("Bounds of what one connection and one request may cost.") @Default("{}") LimitsConfig limits,

        @Doc("How long a client may take.") @Default("{}") ClientTimeoutsConfig timeouts) {
}
