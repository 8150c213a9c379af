package io.tidegate.identity.basicauth;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;

/// Makes `basicAuth` policies.
public final class BasicAuthFactory implements PolicyFactory<BasicAuthConfig> {

    @Override
    public String type() {
        return "basicAuth";
    }

    @Override
    public Class<BasicAuthConfig> configType() {
        return BasicAuthConfig.class;
    }

    @Override
    public String summary() {
        return "Finds out who calls by a user name and a password, of which the gateway knows only the hash.";
    }

    @Override
    public Policy create(BasicAuthConfig config, PolicyContext context) {
        return new BasicAuthPolicy(config, context);
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(BasicAuthConfig config) {
        return config.optional();
    }
}
