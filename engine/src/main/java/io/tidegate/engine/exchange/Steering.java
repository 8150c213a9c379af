package io.tidegate.engine.exchange;

import io.tidegate.api.ClaimPath;
import io.tidegate.api.Exchange;
import io.tidegate.api.Principal;
import io.tidegate.config.RequestKeyConfig;
import io.tidegate.engine.balance.GivenCookie;
import io.tidegate.engine.balance.KeyHash;
import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.upstream.Caller;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.StickySessions;
import io.tidegate.engine.wire.CookieFields;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What of a request decides where it goes, as it goes out: read when it is first asked for, and once for each request.
/// Reused from request to request.
final class Steering implements Caller {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final HttpExchange exchange;
    private final PolicyRun policies;
    private final RequestHead request;
    private final Downstream client;
    private @Nullable RequestKeyConfig key;
    private long hash;
    private @Nullable StickySessions sessions;
    private long named;
    /// The value of `Set-Cookie` that keeps the client on its side; null where it has one, or needs none.
    private @Nullable String side;

    Steering(HttpExchange exchange, Downstream client, PolicyRun policies) {
        this.exchange = exchange;
        this.policies = policies;
        this.request = exchange.request();
        this.client = client;
    }

    /// Another request.
    void begin() {
        key = null;
        sessions = null;
        side = null;
    }

    /// The request as conditions see it.
    Exchange exchange() {
        return exchange.view();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same place in the configuration: that is enough, and quicker
    public long hash(RequestKeyConfig wanted) {
        if (key != wanted) {
            key = wanted;
            hash = switch (wanted.source()) {
                case HEADER, COOKIE, QUERY, PATH -> RequestKeys.hash(request, wanted);
                case CLIENT -> KeyHash.of(client.peer().clientAddress());
                case CONSUMER -> consumer(principal());
                case CLAIM -> claim(principal(), wanted.claim());
            };
        }
        return hash;
    }

    private @Nullable Principal principal() {
        return policies.hasSteps() ? exchange.view().principal() : null;
    }

    /// Of the name of the consumer, or else of who it is for whom: no name of a consumer has a line break in it.
    private static long consumer(@Nullable Principal principal) {
        if (principal == null) {
            return 0;
        }
        return KeyHash.of(principal.consumer() != null
                ? principal.consumer().name()
                : principal.method() + '\n' + principal.issuer() + '\n' + principal.subject());
    }

    private static long claim(@Nullable Principal principal, @Nullable ClaimPath path) {
        Object claim = principal == null || path == null ? null : path.in(principal.claims());
        return claim instanceof String || claim instanceof Number || claim instanceof Boolean
                ? KeyHash.of(claim.toString())
                : 0;
    }

    /// The hash of what a cookie that is given to clients says; 0 where the client has none. Keeps it from the service.
    long known(GivenCookie cookie) {
        byte[] value = CookieFields.value(request, cookie.name());
        if (value != null && !cookie.isForwarded()) {
            CookieFields.remove(request, cookie.name());
        }
        return value == null ? 0 : KeyHash.of(value, 0, value.length);
    }

    /// Draws a value for a cookie, which the client gets with its answer.
    ///
    /// @return the hash of it
    long give(GivenCookie cookie) {
        byte[] drawn = new byte[Long.BYTES];
        // What other things are drawn by is not to be read off it.
        RANDOM.nextBytes(drawn);
        String value = Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
        side = cookie.with(value, client.peer().isSecured());
        return KeyHash.of(value);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // of this upstream, not of an equal one
    public long session(StickySessions of) {
        if (sessions != of) {
            sessions = of;
            byte[] value = CookieFields.value(request, of.cookie().name());
            named = value == null ? 0 : of.read(client.worker().index(), value, 0, value.length);
            if (value != null && !of.cookie().isForwarded()) {
                CookieFields.remove(request, of.cookie().name());
            }
        }
        return named;
    }

    /// An endpoint has answered, and the client gets to see that: keeps the client on its side, and with the endpoint.
    /// Nobody is kept with one that answers as gateways do whose services are down.
    void answered(ResponseHead head, Endpoint endpoint) {
        if (side != null) {
            head.add("set-cookie", side);
        }
        StickySessions keep = endpoint.upstream().sessions();
        if (keep == null) {
            return;
        }
        long said = session(keep);
        int worker = client.worker().index();
        if (said == endpoint.sessionTag()) {
            keep.kept(worker);
        } else if (!Endpoint.isDown(head.status())) {
            head.add("set-cookie", keep.make(worker, said, endpoint.sessionTag(), client.peer().isSecured()));
        }
    }
}
