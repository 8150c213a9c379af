package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import io.tidegate.api.Ratio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Checks what upstreams and routes say of repeats, and of telling services the time.
final class RetryChecks {

    /// Fields that the gateway reads, writes or removes for other reasons.
    private static final Pattern TAKEN = Pattern.compile("host|connection|keep-alive|te|trailer|transfer-encoding"
            + "|upgrade|expect|content-.*|x-forwarded-.*|forwarded|x-request-id|x-real-ip|via|grpc-timeout"
            + "|idempotency-key|authorization|cookie|proxy-.*|sec-.*|range|date");

    /// What applies where nothing is said.
    private static final RetryConfig USUAL = new RetryConfig(1, Set.of(RetryCause.CONNECT_FAILURE, RetryCause.RESET),
            Ratio.parse("10%"), new RetryConfig.Backoff(Duration.ofMillis(25), Duration.ofMillis(250)), null);

    private final CheckContext context;
    private final GatewayConfig config;

    RetryChecks(CheckContext context) {
        this.context = context;
        this.config = context.config();
    }

    void run() {
        config.upstreams().forEach((name, upstream) -> {
            Object[] at = {"upstreams", name, "retry"};
            RetryConfig retry = upstream.retry();
            backoff(retry.backoff(), at);
            header(retry.attemptHeader(), below(at, "attemptHeader"));
            calls(retry.on(), List.of(upstream), at);
            if (upstream.isRelayed() && !retry.equals(USUAL)) {
                context.errorAtKey("has no effect where endpoints are tcp:// or tls://: no HTTP is spoken there", at);
            }
        });
        config.routes().forEach((name, route) -> {
            header(route.timeouts().header(), new Object[]{"routes", name, "timeouts", "header"});
            RouteRetryConfig retry = route.retry();
            if (retry == null) {
                return;
            }
            Object[] at = {"routes", name, "retry"};
            if (route.upstream() == null && route.upstreams() == null) {
                context.errorAtKey("has no effect on a route that leads to no upstream: leave it out", at);
                return;
            }
            if (retry.backoff() != null) {
                backoff(retry.backoff(), at);
            }
            header(retry.attemptHeader(), below(at, "attemptHeader"));
            if (retry.on() != null) {
                calls(retry.on(), targets(route), at);
            }
        });
    }

    private List<UpstreamConfig> targets(RouteConfig route) {
        List<UpstreamConfig> targets = new ArrayList<>();
        for (String name : route.targets().keySet()) {
            UpstreamConfig upstream = config.upstreams().get(name);
            if (upstream != null) {
                targets.add(upstream);
            }
        }
        return targets;
    }

    private void backoff(RetryConfig.Backoff backoff, Object[] at) {
        if (backoff.base().compareTo(backoff.max()) > 0) {
            context.error("must be at most 'max', which is " + Durations.format(backoff.max()) + " (was "
                    + Durations.format(backoff.base()) + ")", below(at, "backoff", "base"));
        }
    }

    /// Whether a field has a meaning that no other may take its place for.
    static boolean isTaken(String name) {
        return TAKEN.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }

    private void header(@Nullable String name, Object[] at) {
        if (name != null && isTaken(name)) {
            context.error("is a field with a meaning of its own: choose another name (was '" + name + "')", at);
        }
    }

    /// Statuses of gRPC, where no calls can come.
    private void calls(Set<RetryCause> on, List<UpstreamConfig> targets, Object[] at) {
        boolean calls = targets.isEmpty()
                || targets.stream().anyMatch(upstream -> upstream.protocol() != ProtocolConfig.HTTP1);
        int i = 0;
        for (RetryCause cause : on) {
            if (cause.isGrpc() && !calls) {
                context.error("is a status of gRPC, which needs HTTP/2: give the upstream 'protocol: h2c' or 'h2',"
                        + " or leave it out", below(at, "on", i));
            }
            i++;
        }
    }
}
