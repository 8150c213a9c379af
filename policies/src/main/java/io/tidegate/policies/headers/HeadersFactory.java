package io.tidegate.policies.headers;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `headers` policies.
public final class HeadersFactory implements PolicyFactory<HeadersConfig> {

    @Override
    public String type() {
        return "headers";
    }

    @Override
    public Class<HeadersConfig> configType() {
        return HeadersConfig.class;
    }

    @Override
    public String summary() {
        return "Sets, adds and removes header fields of requests and responses.";
    }

    @Override
    public Policy create(HeadersConfig config, PolicyContext context) {
        return new HeadersPolicy(config);
    }
}
