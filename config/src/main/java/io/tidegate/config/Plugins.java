package io.tidegate.config;

import io.tidegate.api.ConditionLanguage;
import io.tidegate.api.PolicyFactory;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What configurations may be made of: the kinds of policies, and the language of conditions.
///
/// @param policies
///            what makes policies, by type, in the order of the types
/// @param conditions
///            compiles `when`; null where no condition can be written
public record Plugins(Map<String, PolicyFactory<?>> policies, @Nullable ConditionLanguage conditions) {

    /// Keeps a copy.
    public Plugins {
        policies = Collections.unmodifiableMap(new TreeMap<>(policies));
    }

    /// No policies, no conditions.
    public static Plugins none() {
        return new Plugins(Map.of(), null);
    }
}
