package io.tidegate.identity.authorize;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;

/// Makes `authorize` policies.
public final class AuthorizeFactory implements PolicyFactory<AuthorizeConfig> {

    @Override
    public String type() {
        return "authorize";
    }

    @Override
    public Class<AuthorizeConfig> configType() {
        return AuthorizeConfig.class;
    }

    @Override
    public String summary() {
        return "Says who of those that were found to be calling may pass.";
    }

    @Override
    public Policy create(AuthorizeConfig config, PolicyContext context) {
        return new AuthorizePolicy(config, context);
    }

    @Override
    public Set<Trait> needs() {
        return Set.of(Trait.CONSUMER);
    }
}
