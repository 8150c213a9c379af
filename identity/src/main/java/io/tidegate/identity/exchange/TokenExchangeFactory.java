package io.tidegate.identity.exchange;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `oauth2TokenExchange` policies.
public final class TokenExchangeFactory implements PolicyFactory<TokenExchangeConfig> {

    @Override
    public String type() {
        return "oauth2TokenExchange";
    }

    @Override
    public Class<TokenExchangeConfig> configType() {
        return TokenExchangeConfig.class;
    }

    @Override
    public String summary() {
        return "Gets a token for the service: one of the gateway's own, or one in exchange for the caller's (RFC 8693).";
    }

    @Override
    public Policy create(TokenExchangeConfig config, PolicyContext context) {
        return new TokenExchangePolicy(config, context);
    }
}
