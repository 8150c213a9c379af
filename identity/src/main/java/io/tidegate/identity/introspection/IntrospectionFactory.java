package io.tidegate.identity.introspection;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;

/// Makes `oauth2Introspection` policies.
public final class IntrospectionFactory implements PolicyFactory<IntrospectionConfig> {

    static final String TYPE = "oauth2Introspection";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<IntrospectionConfig> configType() {
        return IntrospectionConfig.class;
    }

    @Override
    public String summary() {
        return "Asks the server that gave a bearer token out whether it is good and whose it is (RFC 7662).";
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(IntrospectionConfig config) {
        return config.optional();
    }

    @Override
    public Policy create(IntrospectionConfig config, PolicyContext context) {
        return new IntrospectionPolicy(config, context);
    }
}
