package io.tidegate.identity.opa;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Makes `opa` policies.
public final class OpaFactory implements PolicyFactory<OpaConfig> {

    @Override
    public String type() {
        return "opa";
    }

    @Override
    public Class<OpaConfig> configType() {
        return OpaConfig.class;
    }

    @Override
    public String summary() {
        return "Asks an Open Policy Agent whether a request may pass.";
    }

    @Override
    public Set<String> ownHeaders(OpaConfig config) {
        Set<String> own = new HashSet<>();
        config.requestHeaders().forEach(name -> own.add(name.toLowerCase(Locale.ROOT)));
        return own;
    }

    @Override
    public Policy create(OpaConfig config, PolicyContext context) {
        return new OpaPolicy(config, context);
    }
}
