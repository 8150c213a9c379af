package io.tidegate.identity.forwardauth;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Makes `forwardAuth` policies.
public final class ForwardAuthFactory implements PolicyFactory<ForwardAuthConfig> {

    @Override
    public String type() {
        return "forwardAuth";
    }

    @Override
    public Class<ForwardAuthConfig> configType() {
        return ForwardAuthConfig.class;
    }

    @Override
    public String summary() {
        return "Asks a service of your own by HTTP whether a request may pass, and lets it say who calls.";
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(ForwardAuthConfig config) {
        return config.onFailure() == ForwardAuthConfig.OnFailure.ALLOW;
    }

    /// What clients send for themselves stays theirs; it is replaced on the routes of the policy alone.
    @Override
    public Set<String> ownHeaders(ForwardAuthConfig config) {
        Set<String> own = new HashSet<>();
        config.responseHeaders().forEach(name -> own.add(name.toLowerCase(Locale.ROOT)));
        own.removeAll(ForwardAuthConfig.OF_CLIENTS);
        return own;
    }

    @Override
    public Policy create(ForwardAuthConfig config, PolicyContext context) {
        return new ForwardAuthPolicy(config, context);
    }
}
