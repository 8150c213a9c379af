package io.tidegate.identity.apikey;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;

/// Makes `apiKey` policies.
public final class ApiKeyFactory implements PolicyFactory<ApiKeyConfig> {

    @Override
    public String type() {
        return "apiKey";
    }

    @Override
    public Class<ApiKeyConfig> configType() {
        return ApiKeyConfig.class;
    }

    @Override
    public String summary() {
        return "Finds out who calls by a key that they were given, of which the gateway knows only the SHA-256.";
    }

    @Override
    public Policy create(ApiKeyConfig config, PolicyContext context) {
        return new ApiKeyPolicy(config, context);
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(ApiKeyConfig config) {
        return config.optional();
    }

    @Override
    public Set<String> secretParameters(ApiKeyConfig config) {
        return Set.copyOf(config.queryParameters());
    }
}
