package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.nio.file.Path;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Endpoints whose certificates are not to be trusted.
@SuppressWarnings("NullAway.Init")
class HealthOverTlsTest {

    private static final String LASTING = "timeouts: { connect: 20s }, outlierDetection: { ejectFor: 1h, maxEjectFor: 1h }";

    @TempDir
    private Path folder;

    private Authority services;
    private TestUpstream well;
    private TestUpstream ill;

    @BeforeEach
    void start() {
        services = new Authority(folder, "Services");
        well = serve(services, services.server(false, "127.0.0.1"));
    }

    @AfterEach
    void stop() {
        well.close();
        ill.close();
    }

    private static TestUpstream serve(Authority by, X509Bundle shown) {
        SSLContext context = by.trust(shown);
        return TestUpstream.secure(() -> {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            return engine;
        }, TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    }

    private TestGateway gateway(String keys) {
        return TestGateway.start(GatewayYaml.to(well, ill)
                .upstream("tls: { ca: " + services.ca("services.pem") + " }, " + keys).text());
    }

    private static boolean isHealthy(TestGateway gateway, TestUpstream service) {
        return gateway.metric("tidegate_upstream_endpoint_healthy", ":" + service.port() + '"') == 1;
    }

    @Test
    void aCheckFindsACertificateOfSomebodyElse() {
        ill = serve(services, services.server(false, "127.0.0.2"));
        try (TestGateway gateway = gateway("healthCheck: { interval: 50ms, timeout: 10s }")) {
            Await.until("it to be unhealthy", () -> !isHealthy(gateway, ill));
            Await.until("good checks",
                    () -> gateway.metric("tidegate_upstream_health_checks_total", "passed") > 2);

            assertThat(isHealthy(gateway, well)).isTrue();
            assertThat(ill.heads()).as("what was sent to whom nobody knows").isEmpty();
        }
    }

    @Test
    void anEndpointWhoseCertificateHasRunOutIsLeftOutAndNoRequestFails() {
        ill = serve(services, services.server(false, Instant.now().minusSeconds(60), "127.0.0.1"));
        try (TestGateway gateway = gateway(LASTING);
                RawClient client = gateway.client()) {
            Await.until("it to be left out", () -> {
                assertThat(client.get("/").status()).isEqualTo(200);
                return !isHealthy(gateway, ill);
            });

            assertThat(gateway.metric("tidegate_upstream_faults_total", "tls.upstream_expired")).isEqualTo(5);
            assertThat(gateway.metric("tidegate_upstream_ejections_total", "reason=\"refused\"")).isEqualTo(1);
            for (int i = 0; i < 20; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(ill.heads()).isEmpty();
        }
    }
}
