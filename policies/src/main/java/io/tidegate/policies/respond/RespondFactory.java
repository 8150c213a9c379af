package io.tidegate.policies.respond;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `respond` policies.
public final class RespondFactory implements PolicyFactory<RespondConfig> {

    @Override
    public String type() {
        return "respond";
    }

    @Override
    public Class<RespondConfig> configType() {
        return RespondConfig.class;
    }

    @Override
    public String summary() {
        return "Answers every request itself.";
    }

    @Override
    public Policy create(RespondConfig config, PolicyContext context) {
        return new RespondPolicy(config);
    }

    @Override
    public boolean answers() {
        return true;
    }
}
