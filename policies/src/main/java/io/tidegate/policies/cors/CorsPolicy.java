package io.tidegate.policies.cors;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Headers;
import io.tidegate.api.Key;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.api.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers preflights and marks responses (Fetch standard, §3.3).
///
/// The gateway alone says who may read a response: what the upstream says of it is replaced. A preflight from an
/// origin that may not call is answered without leave, which is how browsers understand no.
final class CorsPolicy implements Policy {

    private static final String ALLOW_ORIGIN = "access-control-allow-origin";
    private static final String ALLOW_CREDENTIALS = "access-control-allow-credentials";
    private static final String EXPOSE_HEADERS = "access-control-expose-headers";

    /// The origin that a request came from; later policies may take its header away.
    private static final Key<String> ORIGIN = Key.of("cors.origin");
    /// There, where a preflight was answered here: nothing is to be added.
    private static final Key<Boolean> PREFLIGHT = Key.of("cors.preflight");

    private final Origins origins;
    private final boolean credentials;
    private final boolean privateNetwork;
    private final boolean refuseOthers;
    private final @Nullable String exposed;
    private final Reply leave;
    private final Decision noLeave;
    private final Decision refused = Decision.fail(Fault.CORS_REFUSED);

    CorsPolicy(CorsConfig config) {
        this.origins = new Origins(config.origins());
        this.credentials = config.credentials();
        this.privateNetwork = config.privateNetwork();
        this.refuseOthers = config.refuseOthers();
        this.exposed = list(config.exposeHeaders());
        Reply reply = Reply.of(204);
        if (!origins.isEvery()) {
            reply = reply.withHeader("vary", "Origin");
        }
        this.noLeave = Decision.respond(reply);
        reply = with(reply, "access-control-allow-methods", list(config.methods()));
        reply = with(reply, "access-control-allow-headers", list(config.requestHeaders()));
        reply = with(reply, ALLOW_CREDENTIALS, credentials ? "true" : null);
        this.leave = with(reply, "access-control-max-age", Long.toString(config.maxAge().toSeconds()));
    }

    private static @Nullable String list(List<String> names) {
        return names.isEmpty() ? null : String.join(", ", names);
    }

    private static Reply with(Reply reply, String name, @Nullable String value) {
        return value == null ? reply : reply.withHeader(name, value);
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        String origin = request.headers().get("origin");
        if (origin == null) {
            return Decision.next();
        }
        boolean may = origins.allows(origin);
        if (request.method().equals("OPTIONS") && request.headers().contains("access-control-request-method")) {
            exchange.put(PREFLIGHT, Boolean.TRUE);
            return may ? Decision.respond(preflight(request, origin)) : noLeave;
        }
        exchange.put(ORIGIN, origin);
        return may || !refuseOthers || isOwn(request, origin) ? Decision.next() : refused;
    }

    private Reply preflight(Request request, String origin) {
        Reply reply = leave.withHeader(ALLOW_ORIGIN, origins.isEvery() ? "*" : origin);
        if (privateNetwork && "true".equals(request.headers().get("access-control-request-private-network"))) {
            reply = reply.withHeader("access-control-allow-private-network", "true");
        }
        return reply;
    }

    /// Whether a page of the very origin that is asked sent it: browsers send `Origin` with every POST.
    private static boolean isOwn(Request request, String origin) {
        String scheme = request.scheme();
        return origin.startsWith(scheme) && origin.startsWith("://", scheme.length())
                && origin.length() == scheme.length() + 3 + request.authority().length()
                && origin.endsWith(request.authority());
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        if (exchange.get(PREFLIGHT) != null) {
            return Decision.next();
        }
        String origin = origins.isEvery() ? "*" : allowedOrigin(exchange);
        Headers headers = exchange.response().headers();
        set(headers, ALLOW_ORIGIN, origin);
        set(headers, ALLOW_CREDENTIALS, origin != null && credentials ? "true" : null);
        set(headers, EXPOSE_HEADERS, origin == null ? null : exposed);
        if (!origins.isEvery()) {
            varyByOrigin(headers);
        }
        return Decision.next();
    }

    private @Nullable String allowedOrigin(Exchange exchange) {
        String origin = exchange.get(ORIGIN);
        return origin != null && origins.allows(origin) ? origin : null;
    }

    private static void set(Headers headers, String name, @Nullable String value) {
        if (value == null) {
            headers.remove(name);
        } else {
            headers.set(name, value);
        }
    }

    /// The answer depends on who asks, also when nobody did: without this a cache would give one origin another's.
    private static void varyByOrigin(Headers headers) {
        String vary = headers.get("vary");
        if (vary == null || !namesOrigin(vary)) {
            headers.add("vary", "Origin");
        }
    }

    private static boolean namesOrigin(String vary) {
        int start = 0;
        while (start < vary.length()) {
            int comma = vary.indexOf(',', start);
            int end = comma < 0 ? vary.length() : comma;
            int from = start;
            int to = end;
            while (from < to && vary.charAt(from) <= ' ') {
                from++;
            }
            while (to > from && vary.charAt(to - 1) <= ' ') {
                to--;
            }
            boolean star = to - from == 1 && vary.charAt(from) == '*';
            if (star || (to - from == 6 && vary.regionMatches(true, from, "origin", 0, 6))) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }
}
