package io.tidegate.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Services that are processes, killed and stopped under load: what clients see of it, counted.
class KilledServicesIT {

    private static final int CLIENTS = 8;
    private static final int BEFORE = 500;
    private static final int AFTER = 3000;

    private final List<ServiceProcess> services = new ArrayList<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < 3; i++) {
            services.add(ServiceProcess.start(0));
        }
    }

    @AfterEach
    void stop() {
        services.forEach(ServiceProcess::close);
    }

    /// A gateway as it is by default, but for what the test adds to the upstream.
    private TestGateway gateway(String upstream) {
        return TestGateway.start("""
                listeners: { default: { address: "127.0.0.1:0", limits: { requestsPerConnection: 1000000 } } }
                upstreams:
                  service:
                    endpoints: [%s]
                    %s
                routes:
                  all: { upstream: service }
                """.formatted(services.stream().map(ServiceProcess::url).collect(Collectors.joining(", ")), upstream));
    }

    private static double attempts(TestGateway gateway) {
        return gateway.metric("tidegate_upstream_responses_total", "")
                + gateway.metric("tidegate_upstream_faults_total", "");
    }

    @Test
    void oneOfThreeIsKilledAndNoIdempotentRequestFails() {
        try (TestGateway gateway = gateway(""); Clients clients = new Clients(gateway.address(), false)) {
            clients.start(CLIENTS, Clients.Kind.KEEP_ALIVE).awaitAnswers(BEFORE);

            services.getFirst().kill();
            clients.awaitAnswers(AFTER);
            clients.close();

            assertThat(clients.failures()).isEmpty();
            double requests = gateway.metric("tidegate_requests_total", "");
            assertThat(requests).isGreaterThanOrEqualTo(BEFORE + AFTER);
            assertThat(attempts(gateway) / requests).as("tries for each request").isLessThanOrEqualTo(1.05);
            assertThat(gateway.metric("tidegate_upstream_faults_total", services.getFirst().port() + ""))
                    .as("tries of the one that is gone").isLessThanOrEqualTo(AFTER / 50);
        }
    }

    @Test
    void ofOtherRequestsOnlyThoseFailThatWereOnTheirWayToIt() {
        try (TestGateway gateway = gateway(""); Clients clients = new Clients(gateway.address(), false)) {
            clients.start(CLIENTS, Clients.Kind.POSTS).awaitAnswers(BEFORE);

            services.getFirst().kill();
            long wanted = clients.answered() + AFTER;
            Await.until("answers after the kill", () -> clients.answered() >= wanted);
            clients.close();

            // A client has one request on its way at a time.
            assertThat(clients.failures()).hasSizeLessThanOrEqualTo(CLIENTS)
                    .allMatch(failure -> failure.startsWith("POST /") && failure.contains(" -> 502 upstream."));
        }
    }

    @Test
    void allAreKilledAndOneComesBack() {
        try (TestGateway gateway = gateway(""); RawClient client = gateway.client()) {
            assertThat(client.get("/").status()).isEqualTo(200);
            int port = services.getFirst().port();
            services.forEach(ServiceProcess::kill);

            for (int i = 0; i < 200; i++) {
                RawResponse response = client.get("/");
                assertThat(response.status()).isIn(502, 503);
                assertThat(response.fault()).startsWith("upstream.");
            }
            services.set(0, ServiceProcess.start(port));

            Await.until("a request to be served again", () -> client.get("/").status() == 200);
        }
    }

    @Test
    void oneOfThreeStandsStillAndRequestsGoToTheOthersOnceThatIsSeen() {
        String patient = "timeouts: { response: 300ms }\n    retry: { on: [connectFailure, reset, timeout] }";
        try (TestGateway gateway = gateway(patient); Clients clients = new Clients(gateway.address(), false)) {
            clients.start(CLIENTS, Clients.Kind.KEEP_ALIVE).awaitAnswers(BEFORE);

            services.getFirst().signal("STOP");
            try {
                long wanted = clients.answered() + AFTER;
                Await.until("answers after the stop", () -> clients.answered() >= wanted);
                clients.close();

                // Those that were on their way to it are sent once more, as far as the budget goes; the others are told.
                assertThat(clients.failures()).hasSizeLessThanOrEqualTo(CLIENTS)
                        .allMatch(failure -> failure.endsWith("504 upstream.timeout"));
                assertThat(gateway.metric("tidegate_upstream_faults_total", services.getFirst().port() + ""))
                        .as("tries of the one that stands still").isBetween(1.0, AFTER / 50.0);
            } finally {
                services.getFirst().signal("CONT");
            }
        }
    }
}
