package io.tidegate.policies.redirect;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.api.Request;
import org.jspecify.annotations.Nullable;

/// Answers with a redirect.
final class RedirectPolicy implements Policy {

    /// The client would come back to where it is for ever.
    static final Fault LOOP = new Fault("redirect.loop", 508, "The redirect leads back to the same address",
            Fault.Party.GATEWAY);

    private final Location location;
    private final Reply redirect;
    private final boolean keepQuery;

    RedirectPolicy(RedirectConfig config) {
        this.location = location(config);
        this.redirect = Reply.of(config.status());
        this.keepQuery = config.keepQuery();
    }

    private static Location location(RedirectConfig config) {
        String to = config.to();
        if (to != null) {
            return Location.compile(to);
        }
        Integer port = config.port();
        return Location.compile(
                "https://{request.host}" + (port == null || port == 443 ? "" : ":" + port) + "{request.path}");
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        String target = location.of(exchange, keepQuery);
        if (isSame(exchange.request(), target)) {
            return Decision.fail(LOOP);
        }
        return Decision.respond(redirect.withHeader("location", target));
    }

    private static boolean isSame(Request request, String target) {
        StringBuilder asked = new StringBuilder(64);
        if (!target.startsWith("/")) {
            asked.append(request.scheme()).append("://").append(withoutDefaultPort(request));
        }
        asked.append(request.path());
        @Nullable
        String query = request.query();
        if (query != null) {
            Location.appendQuery(asked.append('?'), query);
        }
        return target.contentEquals(asked);
    }

    private static String withoutDefaultPort(Request request) {
        String authority = request.authority();
        String port = request.scheme().equals("https") ? ":443" : ":80";
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }
}
