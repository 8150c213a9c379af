package io.tidegate.tests.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServicesFixture;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;

/// Tests with services that come and go behind a gateway.
@SuppressWarnings("NullAway.Init")
abstract class HealthFixture extends ServicesFixture {

    static final String UNAVAILABLE = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    @Parameter
    Setup setup = Setup.PLAIN;

    static Stream<Setup> setups() {
        return Stream.of(new Setup(Transport.AUTO, 1), new Setup(Transport.NIO, 3));
    }

    /// The service comes back at the same address.
    TestUpstream back(TestUpstream gone) {
        TestUpstream made = TestUpstream.start(gone.port(), TestUpstream.answering(HELLO));
        services.add(made);
        return made;
    }

    void run(String keys, TestUpstream... endpoints) {
        gateway = TestGateway.start(setup, yaml(keys, endpoints));
    }

    static String yaml(String keys, TestUpstream... endpoints) {
        GatewayYaml yaml = GatewayYaml.to(endpoints);
        return (keys.isEmpty() ? yaml : yaml.upstream(keys)).text();
    }

    /// Sends this many requests, all of which must be served.
    void serve(int requests) {
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < requests; i++) {
                RawResponse response = client.get("/");
                assertThat(response.status()).as("request %s: %s", i, response.body()).isEqualTo(200);
            }
        }
    }

    /// Sends requests until the gateway says of the endpoint what is waited for.
    void getUntil(TestUpstream service, boolean healthy) {
        Await.until(() -> service.url() + (healthy ? " to be used" : " to be left out"), () -> {
            if (isHealthy(service) != healthy) {
                get();
            }
            return isHealthy(service) == healthy;
        });
    }

    void await(TestUpstream service, boolean healthy) {
        Await.until(() -> service.url() + (healthy ? " to be well" : " to be left out"),
                () -> isHealthy(service) == healthy);
    }

    boolean isHealthy(TestUpstream service) {
        return gateway.metric("tidegate_upstream_endpoint_healthy", endpoint(service)) == 1;
    }

    double ejections(TestUpstream service, String reason) {
        return gateway.metric("tidegate_upstream_ejections_total", endpoint(service) + ",reason=\"" + reason + "\"");
    }

    double panic() {
        return gateway.metric("tidegate_upstream_panic", "");
    }

    static String endpoint(TestUpstream service) {
        return "endpoint=\"127.0.0.1:" + service.port() + '"';
    }
}
