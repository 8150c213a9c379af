package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

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
            if (hedge.after() != null && hedge.after().isZero()) {
                context.error("must be longer than 0s", below(at, "after"));
            }
        });
    }
}
