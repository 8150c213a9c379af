package io.tidegate.identity.oidc;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.identity.token.ClaimFields;
import java.util.Set;

/// Makes `oidc` policies.
public final class OidcFactory implements PolicyFactory<OidcConfig> {

    static final String TYPE = "oidc";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<OidcConfig> configType() {
        return OidcConfig.class;
    }

    @Override
    public String summary() {
        return "Has people log in at an OpenID provider with their browser, and keeps their session.";
    }

    @Override
    public Policy create(OidcConfig config, PolicyContext context) {
        return new OidcPolicy(config, context);
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(OidcConfig config) {
        return config.optional();
    }

    @Override
    public Set<String> ownHeaders(OidcConfig config) {
        return ClaimFields.names(config.claimsToHeaders());
    }
}
