package io.tidegate.api;

import java.util.Set;

/// Makes policies of one type. Found with [java.util.ServiceLoader], the gateway's own like any plugin's.
///
/// @param <C>
///            the configuration. Users write its components; their annotations check and document them.
public interface PolicyFactory<C extends Record> {

    /// The key users write in a list of policies: `rateLimit`.
    String type();

    /// The record that holds the configuration.
    Class<C> configType();

    /// One sentence for the reference: what a policy of this type does.
    String summary();

    /// Runs off the event loop and may block. Throws [ConfigException] for what annotations can't check.
    Policy create(C config, PolicyContext context);

    /// What has to be known of an exchange before this policy runs. Checked at load against what stands before it.
    default Set<Trait> needs() {
        return Set.of();
    }

    /// What is known of an exchange once this policy has run.
    default Set<Trait> provides() {
        return Set.of();
    }

    /// Whether it lets those pass who show no credentials at all, so that it alone protects nothing.
    default boolean isOptional(C config) {
        return false;
    }

    /// What must not be known yet when this policy runs: `cors` stands before anything that authenticates.
    default Set<Trait> precedes() {
        return Set.of();
    }

    /// Header fields of requests that are this policy's to write: what it says of who calls. They are taken out of what
    /// clients send on every route of the configuration, whether the policy runs there or not.
    default Set<String> ownHeaders(C config) {
        return Set.of();
    }

    /// Parameters of queries that credentials stand in. What is in them is left out of the access log, on every route
    /// of the configuration.
    default Set<String> secretParameters(C config) {
        return Set.of();
    }

    /// Whether a policy of this type answers every request itself, so that a route with it needs no upstream.
    default boolean answers() {
        return false;
    }

    /// What policies know of an exchange.
    enum Trait {
        /// Who calls.
        CONSUMER
    }
}
