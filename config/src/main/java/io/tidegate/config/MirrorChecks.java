package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import io.tidegate.api.ByteSize;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Checks what routes say of mirrors.
final class MirrorChecks {

    private static final long MOST = 1L << 20;

    private final CheckContext context;
    private final GatewayConfig config;
    private final Set<String> upstreams;

    MirrorChecks(CheckContext context) {
        this.context = context;
        this.config = context.config();
        this.upstreams = context.names("upstreams", config.upstreams().keySet());
    }

    void run() {
        config.routes().forEach((name, route) -> {
            MirrorConfig mirror = route.mirror();
            if (mirror != null) {
                mirror(route, mirror, new Object[]{"routes", name, "mirror"});
            }
        });
    }

    private void mirror(RouteConfig route, MirrorConfig mirror, Object[] at) {
        if (route.upstream() == null && route.upstreams() == null) {
            context.errorAtKey("has no effect on a route that leads to no upstream: leave it out", at);
        }
        if (!upstreams.contains(mirror.upstream())) {
            context.dangling("upstream", mirror.upstream(), upstreams, below(at, "upstream"));
        }
        UpstreamConfig target = config.upstreams().get(mirror.upstream());
        if (target != null && target.isRelayed()) {
            context.error("must be an upstream that speaks HTTP: endpoints of '" + mirror.upstream()
                    + "' are tcp:// or tls://", below(at, "upstream"));
        }
        if (mirror.upstream().equals(route.upstream())) {
            context.warning("is the upstream of the route itself: it gets every request that is copied twice",
                    below(at, "upstream"));
        }
        MethodChecks.run(context, mirror.methods(), below(at, "methods"));
        if (RetryChecks.isTaken(mirror.header())) {
            context.error("is a field with a meaning of its own: choose another name (was '" + mirror.header() + "')",
                    below(at, "header"));
        }
        size(mirror.maxBody(), below(at, "maxBody"));
        if (mirror.timeout().isZero()) {
            context.error("must be longer than 0s", below(at, "timeout"));
        }
        if (mirror.compare() != null) {
            compare(mirror.compare(), below(at, "compare"));
        }
    }

    private void compare(MirrorCompareConfig compare, Object[] at) {
        size(compare.maxBody(), below(at, "maxBody"));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < compare.headers().size(); i++) {
            String header = compare.headers().get(i);
            if (!Tokens.isToken(header)) {
                context.error("must be the name of a header field (was '" + header + "')", below(at, "headers", i));
            } else if (!seen.add(header.toLowerCase(Locale.ROOT))) {
                context.error("'" + header + "' stands there twice", below(at, "headers", i));
            }
        }
        places(compare.json().ignore(), below(at, "json", "ignore"));
        places(compare.json().unordered(), below(at, "json", "unordered"));
    }

    private void places(List<String> places, Object[] at) {
        for (int i = 0; i < places.size(); i++) {
            try {
                JsonPlace.parse(places.get(i));
            } catch (IllegalArgumentException e) {
                context.error(String.valueOf(e.getMessage()), below(at, i));
            }
        }
    }

    private void size(ByteSize size, Object[] at) {
        if (size.bytes() > MOST) {
            context.error("must be at most 1MiB (was " + size + ")", at);
        }
    }
}
