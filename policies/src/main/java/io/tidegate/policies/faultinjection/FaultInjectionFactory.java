package io.tidegate.policies.faultinjection;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `faultInjection` policies.
public final class FaultInjectionFactory implements PolicyFactory<FaultInjectionConfig> {

    @Override
    public String type() {
        return "faultInjection";
    }

    @Override
    public Class<FaultInjectionConfig> configType() {
        return FaultInjectionConfig.class;
    }

    @Override
    public String summary() {
        return "Delays requests, or makes them fail, to see what comes of it.";
    }

    @Override
    public Policy create(FaultInjectionConfig config, PolicyContext context) {
        return new FaultInjectionPolicy(config, context);
    }
}
