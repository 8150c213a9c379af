package io.tidegate.policies.rewrite;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `rewrite` policies.
public final class RewriteFactory implements PolicyFactory<RewriteConfig> {

    @Override
    public String type() {
        return "rewrite";
    }

    @Override
    public Class<RewriteConfig> configType() {
        return RewriteConfig.class;
    }

    @Override
    public String summary() {
        return "Sends another path, query or host upstream than the client asked for.";
    }

    @Override
    public Policy create(RewriteConfig config, PolicyContext context) {
        return new RewritePolicy(config);
    }
}
