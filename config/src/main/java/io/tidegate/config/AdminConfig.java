package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Secret;
import org.jspecify.annotations.Nullable;

/// The listener for those who run the gateway.
@Doc("The listener for those who run the gateway. Changed by a restart only.")
public record AdminConfig(
        @Doc("Its address; loopback only unless it has TLS.") @Default("127.0.0.1:9901") AddressConfig address,

        @Doc("Token for everything but `/live`, `/ready` and the metrics (`Authorization: Bearer …`), 16 characters or more. Left out: one is made at start, in a file that only its owner can read.") @Secret @Nullable String token,

        @Doc("A second address with `/live` and `/ready` alone, for orchestrators; it may be public.") @Nullable AddressConfig probes) {

    /// Tells everything but the token.
    @Override
    public String toString() {
        return "AdminConfig[address=" + address + ", token=" + (token == null ? "none" : "***") + ", probes=" + probes
                + "]";
    }
}
