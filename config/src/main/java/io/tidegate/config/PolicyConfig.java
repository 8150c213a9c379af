package io.tidegate.config;

import io.tidegate.api.Condition;
import io.tidegate.api.PolicyFactory;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One entry of a list of policies, its own configuration already read and checked.
///
/// @param type
///            the kind, `headers`; `use` for a policy set
/// @param factory
///            what makes it; null for `use` and for an entry that switches a kind off
/// @param config
///            its own configuration; null where `factory` is
/// @param use
///            name of the policy set to put here; null for every other entry
/// @param enabled
///            false where the entry switches this kind off (`cors: false`)
/// @param name
///            name for logs and metrics, or null
/// @param when
///            source of its condition, or null
/// @param condition
///            the compiled condition, or null; left out of comparisons
/// @param observe
///            decides, logs and counts, but does not act (`mode: observe`)
/// @param locked
///            a global one that a route can neither replace nor switch off
/// @param path
///            where it stands: `routes.orders.policies[0]`
/// @param place
///            file, line and column
public record PolicyConfig(
        String type,
        @Nullable PolicyFactory<?> factory,
        @Nullable Record config,
        @Nullable String use,
        boolean enabled,
        @Nullable String name,
        @Nullable String when,
        @Nullable Condition condition,
        boolean observe,
        boolean locked,
        String path,
        Place place) {

    /// Whether it finds out who calls.
    public boolean identifies() {
        return factory != null && factory.provides().contains(PolicyFactory.Trait.CONSUMER);
    }

    /// Whether it lets those pass who show no credentials at all.
    public boolean isOptional() {
        return factory != null && config != null && optional(factory, config);
    }

    private static <C extends Record> boolean optional(PolicyFactory<C> factory, Record config) {
        return factory.isOptional(factory.configType().cast(config));
    }

    /// Header fields of requests that are its own to write.
    public Set<String> ownHeaders() {
        return factory == null || config == null ? Set.of() : owned(factory, config);
    }

    private static <C extends Record> Set<String> owned(PolicyFactory<C> factory, Record config) {
        return factory.ownHeaders(factory.configType().cast(config));
    }

    /// Parameters of queries that credentials stand in.
    public Set<String> secretParameters() {
        return factory == null || config == null ? Set.of() : secret(factory, config);
    }

    private static <C extends Record> Set<String> secret(PolicyFactory<C> factory, Record config) {
        return factory.secretParameters(factory.configType().cast(config));
    }

    /// Tells where it stands, and nothing of its configuration, which may hold secrets.
    @Override
    public String toString() {
        return "PolicyConfig[" + path + ", type=" + type + ", use=" + use + ", enabled=" + enabled + ", place=" + place
                + "]";
    }
}
