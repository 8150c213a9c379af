package io.tidegate.identity.forwardauth;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

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

    /// What clients send for themselves stays theirs; it is replaced on the routes of the policy alone. By what the
    /// service names a caller no client names itself, be it that the service behind looks there too.
    @Override
    public Set<String> ownHeaders(ForwardAuthConfig config) {
        Set<String> own = new HashSet<>();
        config.responseHeaders().forEach(name -> own.add(name.toLowerCase(Locale.ROOT)));
        Stream.of(config.consumer(), config.groups()).filter(Objects::nonNull)
                .forEach(name -> own.add(name.toLowerCase(Locale.ROOT)));
        own.removeAll(ForwardAuthConfig.OF_CLIENTS);
        return own;
    }

    @Override
    public Policy create(ForwardAuthConfig config, PolicyContext context) {
        return new ForwardAuthPolicy(config, context);
    }
}
