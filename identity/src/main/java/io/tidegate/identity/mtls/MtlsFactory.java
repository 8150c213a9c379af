package io.tidegate.identity.mtls;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;

/// Makes `mtls` policies.
public final class MtlsFactory implements PolicyFactory<MtlsConfig> {

    @Override
    public String type() {
        return "mtls";
    }

    @Override
    public Class<MtlsConfig> configType() {
        return MtlsConfig.class;
    }

    @Override
    public String summary() {
        return "Finds out who calls by the certificate that they showed in the handshake, SPIFFE IDs included.";
    }

    @Override
    public Policy create(MtlsConfig config, PolicyContext context) {
        return new MtlsPolicy(config, context);
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(MtlsConfig config) {
        return config.optional();
    }

    @Override
    public Set<String> ownHeaders(MtlsConfig config) {
        return config.subjectHeader() == null ? Set.of() : Set.of(config.subjectHeader());
    }
}
