package io.tidegate.policies.requestlimits;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `requestLimits` policies.
public final class RequestLimitsFactory implements PolicyFactory<RequestLimitsConfig> {

    @Override
    public String type() {
        return "requestLimits";
    }

    @Override
    public Class<RequestLimitsConfig> configType() {
        return RequestLimitsConfig.class;
    }

    @Override
    public String summary() {
        return "Refuses requests that are larger than they may be, or of another kind.";
    }

    @Override
    public Policy create(RequestLimitsConfig config, PolicyContext context) {
        return new RequestLimitsPolicy(config);
    }
}
