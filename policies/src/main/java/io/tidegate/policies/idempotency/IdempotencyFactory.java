package io.tidegate.policies.idempotency;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `idempotency` policies.
public final class IdempotencyFactory implements PolicyFactory<IdempotencyConfig> {

    @Override
    public String type() {
        return "idempotency";
    }

    @Override
    public Class<IdempotencyConfig> configType() {
        return IdempotencyConfig.class;
    }

    @Override
    public String summary() {
        return "Serves a request that is repeated with the same key once, and answers its repeats from what the first was answered.";
    }

    @Override
    public Policy create(IdempotencyConfig config, PolicyContext context) {
        return new IdempotencyPolicy(config, context);
    }
}
