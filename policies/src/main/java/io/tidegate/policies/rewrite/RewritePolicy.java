package io.tidegate.policies.rewrite;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import org.jspecify.annotations.Nullable;

/// Changes where a request goes. The path that is worked on is canonical, and what comes of it is made canonical
/// again: nothing is decoded here that the upstream would decode otherwise.
final class RewritePolicy implements Policy {

    private final @Nullable PathRewrite path;
    private final @Nullable QueryRewrite query;
    private final @Nullable String host;

    RewritePolicy(RewriteConfig config) {
        this.path = path(config);
        this.query = config.query().isEmpty() ? null : new QueryRewrite(config.query());
        this.host = config.host();
    }

    private static @Nullable PathRewrite path(RewriteConfig config) {
        if (config.path() != null) {
            return PathTemplate.compile(config.path());
        }
        if (config.regex() != null && config.replacement() != null) {
            return RegexReplacement.compile(config.regex(), config.replacement());
        }
        String strip = config.stripPrefix();
        String add = config.addPrefix();
        if (strip == null && add == null) {
            return null;
        }
        return new PrefixRewrite(strip == null ? "" : PathText.prefix("stripPrefix", strip),
                add == null ? "" : PathText.prefix("addPrefix", add));
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        if (path != null) {
            String rewritten = path.rewrite(exchange.request());
            if (rewritten != null) {
                exchange.request().setPath(rewritten);
            }
        }
        if (query != null) {
            query.apply(exchange);
        }
        if (host != null) {
            exchange.request().setAuthority(host);
        }
        return Decision.next();
    }
}
