package io.tidegate.policies.securityheaders;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `securityHeaders` policies.
public final class SecurityHeadersFactory implements PolicyFactory<SecurityHeadersConfig> {

    @Override
    public String type() {
        return "securityHeaders";
    }

    @Override
    public Class<SecurityHeadersConfig> configType() {
        return SecurityHeadersConfig.class;
    }

    @Override
    public String summary() {
        return "Adds the response fields that tell browsers to be careful, and removes those that tell of the service.";
    }

    @Override
    public Policy create(SecurityHeadersConfig config, PolicyContext context) {
        return new SecurityHeadersPolicy(config);
    }
}
