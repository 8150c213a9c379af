package io.tidegate.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Many routes that change again and again while requests run.
class RouteChurnIT {

    private static final int ROUTES = 10_000;
    private static final int CHANGES = 50;
    private static final int CLIENTS = 4;
    private static final long PAUSE_NANOS = 2_000_000;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    private final AtomicLong answered = new AtomicLong();
    private volatile boolean stopped;

    /// Each generation says its number before and after the service in a policy of all routes, in a policy of the route
    /// that moves, and by that route's upstream.
    private static String yaml(TestUpstream one, TestUpstream two, int generation, String routes) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0", limits: { requestsPerConnection: 10000000 } }
                telemetry: { accessLog: { to: none } }
                upstreams:
                  even: { endpoints: ["%s"] }
                  odd: { endpoints: ["%s"] }
                policies:
                  - headers: { request: { set: { x-all: "%4$d" } }, response: { set: { x-all: "%4$d" } } }
                routes:
                  moving:
                    match: [{ path: "/moving/{rest**}" }]
                    upstream: %3$s
                    policies:
                      - rewrite: { addPrefix: /generation-%4$d }
                  new-%4$d: { match: [{ path: "/new/%4$d" }], upstream: even }
                %5$s""".formatted(one.url(), two.url(), generation % 2 == 0 ? "even" : "odd", generation, routes);
    }

    private static String routes() {
        StringBuilder routes = new StringBuilder();
        for (int i = 0; i < ROUTES; i++) {
            routes.append("  r").append(i).append(": { match: [{ path: \"/api/").append(i % 100).append("/r").append(i)
                    .append("/{id}\" }], upstream: even }\n");
        }
        return routes.toString();
    }

    /// A service that says in its answers what it was told, and which one it is.
    private static TestUpstream service(int parity) {
        TestUpstream service = TestUpstream.start(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Service: " + parity + "\r\nX-All-Was: "
                        + next.field("x-all") + "\r\nX-Target: " + next.target() + "\r\n\r\nok");
            }
        });
        service.forget();
        return service;
    }

    private void run(TestGateway gateway, int client) {
        try (RawClient connection = gateway.client()) {
            for (int i = client; !stopped; i += CLIENTS) {
                boolean moving = i % 2 == 0;
                RawResponse response = connection
                        .get(moving ? "/moving/x" : "/api/" + i % ROUTES % 100 + "/r" + i % ROUTES + "/7");
                String fault = response.status() != 200 || !response.body().equals("ok")
                        ? "not served"
                        : fault(response, moving);
                if (fault != null) {
                    failures.add(fault + ": " + response);
                }
                answered.incrementAndGet();
                // Leaves processors for the changes, of which there would be few in a second otherwise.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException e) {
            failures.add(e.toString());
        }
    }

    private @Nullable String fault(RawResponse response, boolean moving) {
        String generation = response.field("x-all");
        if (generation == null || !generation.equals(response.field("x-all-was"))) {
            return "one generation before the service, another after it";
        }
        seen.add(Integer.parseInt(generation));
        if (!moving) {
            return null;
        }
        if (!("/generation-" + generation + "/moving/x").equals(response.field("x-target"))) {
            return "a route of another generation than what is for all";
        }
        String service = String.valueOf(Integer.parseInt(generation) % 2);
        return service.equals(response.field("x-service")) ? null : "a service of another generation than the route";
    }

    @Test
    void everyRequestSeesOneOfFiftyConfigurationsWholeWithTenThousandRoutes() {
        String routes = routes();
        List<Thread> threads = new ArrayList<>();
        try (TestUpstream even = service(0);
                TestUpstream odd = service(1);
                TestGateway gateway = TestGateway.start(new TestGateway.Setup(
                        Transport.AUTO, 2), yaml(even, odd, 0, routes))) {
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                threads.add(Thread.ofPlatform().daemon().start(() -> run(gateway, client)));
            }
            for (int i = 1; i <= CHANGES && failures.isEmpty(); i++) {
                gateway.apply(yaml(even, odd, i, routes));
                long wanted = answered.get() + 5;
                Await.until(() -> "answers; failures: " + failures,
                        () -> answered.get() >= wanted || !failures.isEmpty());
            }
            stopped = true;
            Await.until("clients to stop", () -> threads.stream().noneMatch(Thread::isAlive));

            assertThat(failures).isEmpty();
            assertThat(seen).hasSizeGreaterThan(CHANGES / 2).contains(CHANGES);
            try (RawClient client = gateway.client()) {
                assertThat(client.get("/new/" + CHANGES).status()).isEqualTo(200);
            }
            assertThat(gateway.status().revision()).isEqualTo(CHANGES + 1);
        } finally {
            stopped = true;
        }
    }
}
