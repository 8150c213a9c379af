package io.tidegate.config;

import io.tidegate.api.Ratio;
import io.tidegate.config.ConcurrencyConfig.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Checks what bounds the requests that go to a service.
final class ServiceLimitChecks {

    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final CheckContext context;

    ServiceLimitChecks(CheckContext context) {
        this.context = context;
    }

    void run() {
        context.config().upstreams().forEach((name, upstream) -> {
            if (upstream.circuitBreaker() != null) {
                breaker(name, upstream, upstream.circuitBreaker());
            }
            concurrency(name, upstream, upstream.maxConcurrency());
        });
    }

    private void breaker(String upstream, UpstreamConfig config, CircuitBreakerConfig breaker) {
        if (config.isRelayed()) {
            context.error("has no effect on endpoints that are tcp:// or tls://: nobody sees what comes of their bytes",
                    "upstreams", upstream, "circuitBreaker");
        }
        aboveNone(breaker.failureRate(), upstream, "failureRate");
        aboveNone(breaker.slowCallRate(), upstream, "slowCallRate");
        atLeast(breaker.window(), upstream, "window");
        atLeast(breaker.openFor(), upstream, "openFor");
        if (breaker.slowCall().isZero() || breaker.slowCall().isNegative()) {
            context.error("must be above 0 (was " + Durations.format(breaker.slowCall()) + ")", "upstreams", upstream,
                    "circuitBreaker", "slowCall");
        }
    }

    private void aboveNone(@Nullable Ratio ratio, String upstream, String key) {
        if (ratio != null && ratio.value() <= 0) {
            context.error("must be above 0% (was " + ratio + ")", "upstreams", upstream, "circuitBreaker", key);
        }
    }

    private void atLeast(Duration duration, String upstream, String key) {
        if (duration.compareTo(SHORTEST) < 0) {
            context.error("must be at least 50ms (was " + duration.toMillis() + "ms)", "upstreams", upstream,
                    "circuitBreaker", key);
        }
    }

    private void concurrency(String upstream, UpstreamConfig config, ConcurrencyConfig concurrency) {
        if (config.isRelayed() && concurrency.kind() == Kind.FIXED) {
            context.error("has no effect on endpoints that are tcp:// or tls://: write 'connections: "
                    + "{ maxPerEndpoint: … }' for them", "upstreams", upstream, "maxConcurrency");
        }
        if ((concurrency.kind() == Kind.FIXED) != (concurrency.limit() != null)) {
            context.error(concurrency.limit() == null
                    ? "'kind: fixed' needs a 'limit'"
                    : "'limit' has no effect but with 'kind: fixed'", "upstreams", upstream, "maxConcurrency");
        }
        if (concurrency.min() > concurrency.max()) {
            context.error("must be at most 'max', " + concurrency.max() + " (was " + concurrency.min() + ")",
                    "upstreams", upstream, "maxConcurrency", "min");
        }
        if (concurrency.maxWait().isNegative() || concurrency.maxWait().compareTo(LONGEST_WAIT) > 0) {
            context.error("must be 0s to 1m (was " + Durations.format(concurrency.maxWait()) + ")", "upstreams",
                    upstream, "maxConcurrency", "maxWait");
        }
    }
}
