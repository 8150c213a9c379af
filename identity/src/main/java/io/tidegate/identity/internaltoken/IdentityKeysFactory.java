package io.tidegate.identity.internaltoken;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.api.Reply;

/// Makes `identityKeys` policies.
public final class IdentityKeysFactory implements PolicyFactory<IdentityKeysConfig> {

    @Override
    public String type() {
        return "identityKeys";
    }

    @Override
    public Class<IdentityKeysConfig> configType() {
        return IdentityKeysConfig.class;
    }

    @Override
    public String summary() {
        return "Publishes the keys that tokens of 'identity' are checked by.";
    }

    @Override
    public boolean answers() {
        return true;
    }

    @Override
    public Policy create(IdentityKeysConfig config, PolicyContext context) {
        Decision wrongMethod = Decision.respond(Reply.of(405).withHeader("allow", "GET, HEAD"));
        Reply base = Reply.of(200).withHeader("cache-control", "public, max-age=" + config.maxAge().toSeconds());
        return new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                String method = exchange.request().method();
                return method.equals("GET") || method.equals("HEAD")
                        ? Decision.respond(base.withBody("application/jwk-set+json",
                                KeySets.published(config.keys(), context.clock())))
                        : wrongMethod;
            }
        };
    }
}
