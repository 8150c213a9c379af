package io.tidegate.api;

import java.time.InstantSource;
import java.util.function.Supplier;

/// What a policy may use beyond the exchange. Made for one place in one route.
public interface PolicyContext {

    /// Where the policy stands: `routes.orders.policies[0]`. For logs and metrics.
    String path();

    /// A value that outlives a reload, such as counters. Closed when the last policy using it is.
    <T extends AutoCloseable> T shared(String name, Supplier<T> create);

    /// The wall clock.
    InstantSource clock();
}
