package io.tidegate.engine;

import io.tidegate.engine.breaker.Breaker;
import io.tidegate.engine.limit.Concurrency;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Upstream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What requests to an upstream are bounded by at one moment.
///
/// @param breaker
///            what its circuit breaker does: `closed`, `half open` or `open`; null where there is none
/// @param endpointBreakers
///            the same of its endpoints, by their `host:port`; empty where there are none
/// @param running
///            requests that run there; -1 where any number may
/// @param limit
///            how many may run; -1 where any number may
/// @param waiting
///            requests that wait for their turn
public record BoundState(@Nullable String breaker, Map<String, String> endpointBreakers, int running, int limit,
        int waiting) {

    /// Copies what it is given.
    public BoundState {
        endpointBreakers = Map.copyOf(endpointBreakers);
    }

    /// By name of the upstream.
    static Map<String, BoundState> of(Map<String, Upstream> upstreams) {
        Map<String, BoundState> states = new TreeMap<>();
        upstreams.forEach((name, upstream) -> states.put(name, of(upstream)));
        return states;
    }

    private static BoundState of(Upstream upstream) {
        Breaker breaker = upstream.breaker();
        Map<String, String> endpoints = new LinkedHashMap<>();
        for (Endpoint endpoint : upstream.endpoints()) {
            Breaker own = endpoint.breaker();
            if (own != null) {
                endpoints.put(endpoint.authority(), own.state().text());
            }
        }
        Concurrency concurrency = upstream.concurrency();
        String state = breaker == null ? null : breaker.state().text();
        return concurrency == null
                ? new BoundState(state, endpoints, -1, -1, 0)
                : new BoundState(state, endpoints, concurrency.running(), concurrency.limit(), concurrency.waiting());
    }
}
