package io.tidegate.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gateway as a process, told to stop under load.
class StoppedGatewayIT {

    private static final int CLIENTS = 8;
    private static final int BEFORE = 1000;

    @TempDir
    private Path folder;

    private static String yaml(TestUpstream service) {
        return """
                listeners: { default: { address: "127.0.0.1:%%d", limits: { requestsPerConnection: 1000000 } } }
                upstreams:
                  service: { endpoints: ["%s"] }
                routes:
                  all: { upstream: service }
                gateway: { drainDelay: 200ms, drain: 10s }
                admin: { address: "127.0.0.1:0" }
                telemetry: { accessLog: { to: none } }
                """.formatted(service.url());
    }

    @Test
    void noRequestIsLostToSigterm() {
        try (TestUpstream service = TestUpstream.hello();
                GatewayProcess gateway = GatewayProcess.start(folder, yaml(service));
                Clients clients = new Clients(gateway.address(), true)) {
            clients.start(CLIENTS, Clients.Kind.KEEP_ALIVE).start(CLIENTS, Clients.Kind.POSTS).awaitAnswers(BEFORE);

            gateway.terminate();

            assertThat(gateway.status()).as(gateway.log()).isIn(0, 143);
            // Each was told with an answer that it was the last one of its connection.
            Await.until("every client to have been told", () -> clients.reconnected() == 2 * CLIENTS);
            assertThat(clients.failures()).as(gateway.log()).isEmpty();
        }
    }
}
