package io.tidegate.policies.grpcweb;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `grpcWeb` policies.
public final class GrpcWebFactory implements PolicyFactory<GrpcWebConfig> {

    @Override
    public String type() {
        return "grpcWeb";
    }

    @Override
    public Class<GrpcWebConfig> configType() {
        return GrpcWebConfig.class;
    }

    @Override
    public String summary() {
        return "Lets browsers call services of gRPC.";
    }

    @Override
    public Policy create(GrpcWebConfig config, PolicyContext context) {
        return new GrpcWebPolicy(config.maxMessage().bytes());
    }
}
