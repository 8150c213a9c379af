package io.tidegate.identity.accesscontrol;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `accessControl` policies.
public final class AccessControlFactory implements PolicyFactory<AccessControlConfig> {

    @Override
    public String type() {
        return "accessControl";
    }

    @Override
    public Class<AccessControlConfig> configType() {
        return AccessControlConfig.class;
    }

    @Override
    public String summary() {
        return "Says from which addresses and countries clients may call.";
    }

    @Override
    public Policy create(AccessControlConfig config, PolicyContext context) {
        return new AccessControlPolicy(config, context);
    }
}
