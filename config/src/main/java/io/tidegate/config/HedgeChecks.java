package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import java.util.Set;

/// Checks what routes say of second requests beside the first.
final class HedgeChecks {

    private final CheckContext context;

    HedgeChecks(CheckContext context) {
        this.context = context;
    }

    void run() {
        context.config().routes().forEach((name, route) -> {
            HedgeConfig hedge = route.hedge();
            if (hedge == null) {
                return;
            }
            Object[] at = {"routes", name, "hedge"};
            if (route.upstream() == null && route.upstreams() == null) {
                context.errorAtKey("has no effect on a route that leads to no upstream: leave it out", at);
            }
            if (route.streaming()) {
                context.warningAtKey("has no effect on a route whose messages are streams ('streaming')", at);
            }
            if (isForCalls(route) && !repeatsCalls(route)) {
                context.warningAtKey("has no effect on calls of gRPC where 'retry.on' lists no status of gRPC, such as"
                        + " 'unavailable'", at);
            }
            if (hedge.after() != null && hedge.after().isZero()) {
                context.error("must be longer than 0s", below(at, "after"));
            }
        });
    }

    private static boolean isForCalls(RouteConfig route) {
        return route.match().stream().allMatch(match -> match.grpc() != null);
    }

    /// Whether a call may be made twice, at one of the upstreams at least.
    private boolean repeatsCalls(RouteConfig route) {
        Set<String> targets = route.upstreams() == null
                ? route.upstream() == null ? Set.of() : Set.of(route.upstream())
                : route.upstreams().keySet();
        RouteRetryConfig own = route.retry();
        return targets.isEmpty() || targets.stream().map(context.config().upstreams()::get).anyMatch(upstream -> {
            // One that is not there is an error elsewhere.
            RetryConfig retry = upstream == null ? null : own == null ? upstream.retry() : own.over(upstream.retry());
            return retry == null || (retry.attempts() > 0 && retry.on().stream().anyMatch(RetryCause::isGrpc));
        });
    }
}
