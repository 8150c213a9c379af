package io.tidegate.config;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Doc;
import java.util.List;

/// Policies of which one is enough.
@Doc("Policies of which one is enough. Written as a list, `anyOf: [{ jwt: … }, { apiKey: … }]`, or as a map.")
public record AnyOfConfig(
        @Doc("Policies that find out who calls, in the order in which they are asked.") List<PolicyConfig> policies) {

    /// Refuses a choice that is none.
    public AnyOfConfig {
        if (policies.size() < 2) {
            throw new ConfigException("must have at least two policies (has " + policies.size() + ")");
        }
    }
}
