package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import org.jspecify.annotations.Nullable;

/// How an endpoint is chosen.
@Doc("How an endpoint is chosen: `leastRequests`, `peakEwma`, `roundRobin` or `random` alone, or by a key of the request with `{ ringHash: { key: header.x-user } }`.")
public record LoadBalancingConfig(
        @Doc("How an endpoint is chosen; with `ringHash`, for requests that have nothing for its key.") @Default("leastRequests") Method method,

        @Doc("Requests with the same key go to the same endpoint. Left out: by `method` alone.") @Nullable RingHashConfig ringHash) {

    /// How one of several is chosen where no key says it.
    public enum Method {
        @Doc("The less busy of two chosen at random, by weight (power of two choices).")
        LEAST_REQUESTS, @Doc("Of two chosen at random, by weight, the one that is expected to answer sooner: by how long it took lately, where slow answers count at once and are forgotten slowly, and by its running requests.")
        PEAK_EWMA, @Doc("One after the other, by weight, evenly spread.")
        ROUND_ROBIN, @Doc("At random, by weight.")
        RANDOM
    }

    /// Without a key.
    @Shorthand
    public static LoadBalancingConfig of(Method method) {
        return new LoadBalancingConfig(method, null);
    }

    /// As users write it.
    public String word() {
        return Shapes.word(method);
    }
}
