package io.tidegate.extauthz;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Makes `extAuthz` policies.
public final class ExtAuthzFactory implements PolicyFactory<ExtAuthzConfig> {

    @Override
    public String type() {
        return "extAuthz";
    }

    @Override
    public Class<ExtAuthzConfig> configType() {
        return ExtAuthzConfig.class;
    }

    @Override
    public String summary() {
        return "Asks a service by gRPC whether a request may pass, by Envoy's interface for that.";
    }

    @Override
    public Set<String> ownHeaders(ExtAuthzConfig config) {
        Set<String> own = new HashSet<>();
        config.requestHeaders().forEach(name -> own.add(name.toLowerCase(Locale.ROOT)));
        return own;
    }

    @Override
    public Policy create(ExtAuthzConfig config, PolicyContext context) {
        return new ExtAuthzPolicy(config, context);
    }
}
