package io.tidegate.policies.grpcjson;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `grpcJson` policies.
public final class GrpcJsonFactory implements PolicyFactory<GrpcJsonConfig> {

    @Override
    public String type() {
        return "grpcJson";
    }

    @Override
    public Class<GrpcJsonConfig> configType() {
        return GrpcJsonConfig.class;
    }

    @Override
    public String summary() {
        return "Lets clients call services of gRPC with HTTP and JSON.";
    }

    @Override
    public Policy create(GrpcJsonConfig config, PolicyContext context) {
        Descriptors descriptors = Descriptors.read(config.descriptors().path(), config.services());
        return new GrpcJsonPolicy(config, descriptors.bind(config.autoMapping()), descriptors.types());
    }
}
