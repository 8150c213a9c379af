package io.tidegate.policies;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tidegate.api.ByteSize;
import io.tidegate.api.Decision;
import io.tidegate.api.Policy;
import io.tidegate.policies.cors.CorsConfig;
import io.tidegate.policies.cors.CorsFactory;
import io.tidegate.policies.cors.OriginConfig;
import io.tidegate.policies.headers.HeadersConfig;
import io.tidegate.policies.headers.HeadersFactory;
import io.tidegate.policies.requestlimits.RequestLimitsConfig;
import io.tidegate.policies.requestlimits.RequestLimitsFactory;
import io.tidegate.policies.respond.RespondConfig;
import io.tidegate.policies.respond.RespondFactory;
import io.tidegate.policies.rewrite.RewriteConfig;
import io.tidegate.policies.rewrite.RewriteFactory;
import io.tidegate.policies.securityheaders.SecurityHeadersConfig;
import io.tidegate.policies.securityheaders.SecurityHeadersConfig.ContentTypeOptions;
import io.tidegate.policies.securityheaders.SecurityHeadersConfig.EmbedderPolicy;
import io.tidegate.policies.securityheaders.SecurityHeadersConfig.FrameOptions;
import io.tidegate.policies.securityheaders.SecurityHeadersConfig.OpenerPolicy;
import io.tidegate.policies.securityheaders.SecurityHeadersConfig.ReferrerPolicy;
import io.tidegate.policies.securityheaders.SecurityHeadersConfig.ResourcePolicy;
import io.tidegate.policies.securityheaders.SecurityHeadersFactory;
import io.tidegate.policies.securityheaders.StrictTransportSecurityConfig;
import io.tidegate.testkit.PolicyTester;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What policies allocate on their plain paths: nothing.
class AllocationTest {

    private static final int EXCHANGES = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// Bytes that a policy allocates per exchange, rounded down: what the virtual machine itself does now and then on
    /// this thread is far below one byte each.
    private static long bytesPerExchange(Policy policy, StillExchange exchange) {
        run(policy, exchange);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run(policy, exchange);
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / EXCHANGES;
    }

    private static void run(Policy policy, StillExchange exchange) {
        for (int i = 0; i < EXCHANGES; i++) {
            Decision request = policy.onRequest(exchange);
            Decision response = policy.onResponse(exchange);
            if (request == null || response == null) {
                throw new AssertionError("a policy must decide");
            }
        }
    }

    /// The policy that a factory makes, as a tester makes it.
    private static <C extends Record> Policy policy(io.tidegate.api.PolicyFactory<C> factory, C config) {
        List<Policy> made = new ArrayList<>();
        try (PolicyTester tester = PolicyTester.of(new CapturingFactory<>(factory, made), config)) {
            assertThat(tester).isNotNull();
        }
        return made.getFirst();
    }

    /// Hands on what a factory makes.
    private record CapturingFactory<C extends Record>(io.tidegate.api.PolicyFactory<C> factory, List<Policy> made)
            implements
                io.tidegate.api.PolicyFactory<C> {

        @Override
        public String type() {
            return factory.type();
        }

        @Override
        public Class<C> configType() {
            return factory.configType();
        }

        @Override
        public String summary() {
            return factory.summary();
        }

        @Override
        public Policy create(C config, io.tidegate.api.PolicyContext context) {
            made.add(factory.create(config, context));
            return made.getLast();
        }
    }

    @Test
    void measuresWhatIsAllocated() {
        Policy wasteful = new Policy() {
            private byte[] kept = new byte[0];

            @Override
            public Decision onRequest(io.tidegate.api.Exchange exchange) {
                kept = new byte[kept.length == 100 ? 101 : 100];
                return Decision.next();
            }
        };

        assertThat(bytesPerExchange(wasteful, new StillExchange())).isGreaterThanOrEqualTo(100);
    }

    @Test
    void changesHeadersToConstantsWithoutAllocating() {
        HeadersConfig.Changes changes = new HeadersConfig.Changes(Map.of("x-a", "1", "x-b", "{{2}"),
                Map.of("x-c", List.of("3", "4")), List.of("x-d"));
        StillExchange exchange = new StillExchange();

        assertThat(bytesPerExchange(policy(new HeadersFactory(), new HeadersConfig(changes, changes)), exchange))
                .isZero();
        assertThat(exchange.changes()).isEqualTo(2 * EXCHANGES * 10);
    }

    @Test
    void checksRequestsWithoutAllocating() {
        RequestLimitsConfig config = new RequestLimitsConfig(ByteSize.parse("1MiB"), ByteSize.parse("4MiB"), null, 10,
                10,
                List.of("GET", "POST"), List.of("text/plain", "application/*"), true);
        StillExchange exchange = new StillExchange();

        assertThat(bytesPerExchange(policy(new RequestLimitsFactory(), config), exchange)).isZero();
        assertThat(exchange.changes()).isEqualTo(2 * EXCHANGES);
    }

    @Test
    void leavesPathsAndQueriesWithoutAllocating() {
        RewriteConfig.QueryChanges none = new RewriteConfig.QueryChanges(Map.of(), List.of());
        RewriteConfig prefix = new RewriteConfig(null, "/other", null, null, null, none, "inner.test");
        StillExchange exchange = new StillExchange();

        assertThat(bytesPerExchange(policy(new RewriteFactory(), prefix), exchange)).isZero();
        assertThat(exchange.changes()).isEqualTo(2 * EXCHANGES);
    }

    @Test
    void answersWithConstantsWithoutAllocating() {
        RespondConfig config = new RespondConfig(503, "Closed.", "text/plain", Map.of("retry-after", "60"));

        assertThat(bytesPerExchange(policy(new RespondFactory(), config), new StillExchange())).isZero();
    }

    @Test
    void marksResponsesToTheSameOriginWithoutAllocating() {
        CorsConfig config = new CorsConfig(List.of(OriginConfig.of("https://shop.example.com")), List.of("GET"),
                List.of(), List.of("x-total"), true, Duration.ofMinutes(10), false, true);

        assertThat(bytesPerExchange(policy(new CorsFactory(), config), new StillExchange())).isZero();
    }

    @Test
    void addsSecurityHeadersWithoutAllocating() {
        SecurityHeadersConfig config = new SecurityHeadersConfig(StrictTransportSecurityConfig.of(true),
                ContentTypeOptions.NOSNIFF, ReferrerPolicy.NO_REFERRER, FrameOptions.DENY, OpenerPolicy.SAME_ORIGIN,
                ResourcePolicy.OFF, EmbedderPolicy.OFF, "default-src 'self'", null, null, false, List.of("Server"));
        StillExchange exchange = new StillExchange();

        assertThat(bytesPerExchange(policy(new SecurityHeadersFactory(), config), exchange)).isZero();
        assertThat(exchange.changes()).isEqualTo(2 * EXCHANGES * 5);
    }
}
