package io.tidegate.identity.signature;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;

/// Makes `hmac` policies.
public final class HmacFactory implements PolicyFactory<HmacConfig> {

    @Override
    public String type() {
        return "hmac";
    }

    @Override
    public Class<HmacConfig> configType() {
        return HmacConfig.class;
    }

    @Override
    public String summary() {
        return "Finds out who calls by the signature of the request (RFC 9421), by HMAC or a public key.";
    }

    @Override
    public Policy create(HmacConfig config, PolicyContext context) {
        return new HmacPolicy(config, context);
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(HmacConfig config) {
        return config.optional();
    }
}
