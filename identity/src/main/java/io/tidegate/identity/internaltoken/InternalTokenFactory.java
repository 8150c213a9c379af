package io.tidegate.identity.internaltoken;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Locale;
import java.util.Set;

/// Makes `identity` policies.
public final class InternalTokenFactory implements PolicyFactory<InternalTokenConfig> {

    @Override
    public String type() {
        return "identity";
    }

    @Override
    public Class<InternalTokenConfig> configType() {
        return InternalTokenConfig.class;
    }

    @Override
    public String summary() {
        return "Tells the service who calls, in a signed token of the gateway's own.";
    }

    @Override
    public Policy create(InternalTokenConfig config, PolicyContext context) {
        return new InternalTokenPolicy(config, context);
    }

    @Override
    public Set<Trait> needs() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public Set<String> ownHeaders(InternalTokenConfig config) {
        return Set.of(config.header().toLowerCase(Locale.ROOT));
    }
}
