package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;

/// Requests with the same key go to the same endpoint.
@Doc("Requests with the same key go to the same endpoint, on all gateways alike, for as long as it is used and has room. Where endpoints come or go, only their own share of the keys moves.")
public record RingHashConfig(
        @Doc("What of a request is its key: `header.<name>`, `cookie.<name>`, `query.<name>`, `path`, `client` (its address), or, of who was found to be calling, `consumer` (its name) or `claim.<name>`.") RequestKeyConfig key,

        @Doc("How many times its fair share of the running requests an endpoint may have before further ones go to the next on the ring: above 1, 10 at most; 0 for no bound.") @Default("1.25") double loadFactor) {
}
