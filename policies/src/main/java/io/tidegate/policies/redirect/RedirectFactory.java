package io.tidegate.policies.redirect;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;

/// Makes `redirect` policies.
public final class RedirectFactory implements PolicyFactory<RedirectConfig> {

    @Override
    public String type() {
        return "redirect";
    }

    @Override
    public Class<RedirectConfig> configType() {
        return RedirectConfig.class;
    }

    @Override
    public String summary() {
        return "Sends the client to another URL.";
    }

    @Override
    public Policy create(RedirectConfig config, PolicyContext context) {
        return new RedirectPolicy(config);
    }

    @Override
    public boolean answers() {
        return true;
    }
}
