package io.tidegate.api;

import java.time.InstantSource;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// What a policy may use beyond the exchange. Made for one place in one route.
public interface PolicyContext {

    /// Where the policy stands: `routes.orders.policies[0]`. For logs and metrics.
    String path();

    /// A value that outlives a reload, such as counters. Closed when the last policy using it is.
    <T extends AutoCloseable> T shared(String name, Supplier<T> create);

    /// Values that outlive requests, shared with other gateways where that is configured.
    StateStore state();

    /// Counts what this policy does, in `tidegate_policy_events_total`. The same name gives the same count, over
    /// reloads too.
    ///
    /// @param event
    ///            what happened, in lower case: `replayed`
    Counter counter(String event);

    /// A value as it is now, in `tidegate_policy_value`. Shown for as long as the policy is declared.
    ///
    /// @param name
    ///            what it is, with its unit, in lower case: `keys_age_seconds`
    void gauge(String name, DoubleSupplier value);

    /// Who may call.
    Consumers consumers();

    /// Calls servers. Policies of one type with the same settings share connections, and the bound of calls of each
    /// server; policies of other types take none of them away. Files that the settings name are read anew where they
    /// have changed.
    ///
    /// @throws ConfigException
    ///             where a file that it names can't be used
    HttpCaller http(HttpClientConfig settings);

    /// Work that no request waits for.
    Background background();

    /// The wall clock.
    InstantSource clock();
}
