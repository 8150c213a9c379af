package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Checks how endpoints are chosen, and which side of a split.
final class BalanceChecks {

    private static final int SHORTEST_SECRET = 16;
    private static final Duration SHORTEST_START = Duration.ofMillis(100);
    private static final List<String> OF_COOKIES = List.of("ttl", "path", "secure", "httpOnly", "sameSite", "forward");

    private final CheckContext context;

    BalanceChecks(CheckContext context) {
        this.context = context;
    }

    void run() {
        context.config().upstreams().forEach((name, upstream) -> {
            ring(name, upstream);
            if (upstream.stickySession() != null) {
                session(name, upstream, upstream.stickySession());
            }
            times(name, upstream);
            zones(name, upstream);
        });
        context.config().routes().forEach((name, route) -> {
            if (route.splitBy() != null) {
                split(name, route, route.splitBy());
            }
        });
        String id = context.config().gateway().id();
        if (id != null && id.isBlank()) {
            context.error("must not be empty", "gateway", "id");
        }
    }

    private void ring(String name, UpstreamConfig upstream) {
        RingHashConfig ring = upstream.loadBalancing().ringHash();
        if (ring == null) {
            return;
        }
        double factor = ring.loadFactor();
        if (factor != 0 && !(factor > 1 && factor <= 10)) {
            context.error("must be above 1 and 10 at most, or 0 for no bound (was " + factor + ")", "upstreams", name,
                    "loadBalancing", "ringHash", "loadFactor");
        }
        if (upstream.isRelayed() && ring.key().source() != RequestKeyConfig.Source.CLIENT) {
            context.error("must be 'client' where endpoints are tcp:// or tls://: nobody looks at requests there",
                    "upstreams", name, "loadBalancing", "ringHash", "key");
        }
    }

    private void session(String name, UpstreamConfig upstream, StickySessionConfig session) {
        if (upstream.isRelayed()) {
            context.errorAtKey("has no effect where endpoints are tcp:// or tls://: no HTTP is spoken there",
                    "upstreams", name, "stickySession");
        }
        if (session.secret() != null && session.secret().length() < SHORTEST_SECRET) {
            context.error("must have " + SHORTEST_SECRET + " characters or more (has " + session.secret().length()
                    + ")", "upstreams", name, "stickySession", "secret");
        }
        cookie(session, session.cookie(), "upstreams", name, "stickySession");
    }

    private void split(String name, RouteConfig route, SplitByConfig split) {
        Object[] at = {"routes", name, "splitBy"};
        if (route.upstreams() == null) {
            context.errorAtKey("has no effect without 'upstreams': there is nothing to be split", at);
        }
        if (split.cookie() != null) {
            cookie(split, split.cookie(), at);
            if (split.key() != null && split.key().source() == RequestKeyConfig.Source.COOKIE
                    && split.key().name().equals(split.cookie())) {
                context.error("is the cookie that is given to clients: without 'key' they are kept by it as well",
                        below(at, "key"));
            }
            return;
        }
        if (context.declared(below(at, "cookie"))) {
            // It could not be read.
            return;
        }
        if (split.key() == null && !context.declared(below(at, "key"))) {
            context.error("must have 'key' or 'cookie', or both", at);
        }
        for (String attribute : OF_COOKIES) {
            if (context.declared(below(at, attribute))) {
                context.errorAtKey("has no effect without 'cookie'", below(at, attribute));
            }
        }
    }

    private void cookie(CookieConfig cookie, String name, Object... at) {
        boolean secure = Boolean.TRUE.equals(cookie.secure());
        if (cookie.ttl() != null && cookie.ttl().compareTo(Duration.ofSeconds(1)) < 0) {
            context.error("must be at least 1s (was " + cookie.ttl().toMillis() + "ms)", below(at, "ttl"));
        }
        if (cookie.sameSite() == CookieConfig.SameSite.NONE && Boolean.FALSE.equals(cookie.secure())) {
            context.error("browsers take 'none' with 'secure: true' alone", below(at, "sameSite"));
        }
        if (name.startsWith("__Host-") && (!secure || !cookie.path().equals("/"))) {
            context.error("browsers take a cookie with this prefix with 'secure: true' and 'path: /' alone",
                    below(at, "cookie"));
        } else if (name.startsWith("__Secure-") && !secure) {
            context.error("browsers take a cookie with this prefix with 'secure: true' alone", below(at, "cookie"));
        }
    }

    private void times(String name, UpstreamConfig upstream) {
        Duration start = upstream.slowStart();
        if (start != null && (start.compareTo(SHORTEST_START) < 0 || start.compareTo(Duration.ofHours(1)) > 0)) {
            context.error("must be 100ms to 1h (was " + Durations.format(start) + ")", "upstreams", name, "slowStart");
        }
    }

    private void zones(String name, UpstreamConfig upstream) {
        Set<String> zones = new HashSet<>();
        upstream.endpoints().stream().map(EndpointConfig::zone).filter(Objects::nonNull).forEach(zones::add);
        String zone = context.config().gateway().zone();
        if (zone != null && zone.isBlank()) {
            context.error("must not be empty", "gateway", "zone");
        } else if (zone != null && !zones.isEmpty() && !zones.contains(zone)
                && upstream.zonePreference().enabled()) {
            context.warning("no endpoint is in the zone of this gateway, '" + zone + "'"
                    + context.nearest().hint(zone, zones), "upstreams", name, "endpoints");
        }
        SubsetConfig subset = upstream.subset();
        if (subset != null && upstream.stickySession() != null && upstream.stickySession().secret() != null
                && upstream.endpoints().size() > subset.size()) {
            context.warningAtKey("a client is kept by the gateways that use its endpoint alone, and a gateway uses "
                    + subset.size() + " of " + upstream.endpoints().size(), "upstreams", name, "subset");
        }
    }
}
