package io.tidegate.policies.cors;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;

/// Makes `cors` policies.
public final class CorsFactory implements PolicyFactory<CorsConfig> {

    @Override
    public String type() {
        return "cors";
    }

    @Override
    public Class<CorsConfig> configType() {
        return CorsConfig.class;
    }

    @Override
    public String summary() {
        return "Says which other origins browsers may call from, and answers their preflights.";
    }

    @Override
    public Policy create(CorsConfig config, PolicyContext context) {
        return new CorsPolicy(config);
    }

    /// A preflight carries no credentials, so it has to be answered before anything asks for some.
    @Override
    public Set<Trait> precedes() {
        return Set.of(Trait.CONSUMER);
    }
}
