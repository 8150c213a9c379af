package io.tidegate.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.UpstreamConnection;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Services that close and break connections under load: what clients see of it, counted.
class BreakingServicesIT {

    private static final int CLIENTS = 8;
    private static final int REQUESTS = 20_000;
    private static final int BROKEN = 400;
    private static final int HALF = 20_000;

    private static TestGateway gateway(TestUpstream service) {
        return TestGateway.start("""
                listeners: { default: { address: "127.0.0.1:0", limits: { requestsPerConnection: 1000000 } } }
                upstreams:
                  service: { endpoints: ["%s"], outlierDetection: false }
                routes:
                  all: { upstream: service }
                """.formatted(service.url()));
    }

    /// Answers some requests, each connection another number of them, and closes where the next one may be on its way.
    private static void closing(UpstreamConnection connection) throws IOException {
        for (int i = 0; i <= connection.index() % 7; i++) {
            if (connection.request() == null) {
                return;
            }
            connection.answer("ok");
        }
    }

    @Test
    void noIdempotentRequestFailsWhereTheServiceClosesConnectionsThatAreKept() {
        try (TestUpstream service = TestUpstream.start(BreakingServicesIT::closing);
                TestGateway gateway = gateway(service);
                Clients clients = new Clients(gateway.address(), false)) {
            clients.start(CLIENTS, Clients.Kind.KEEP_ALIVE).awaitAnswers(REQUESTS);
            clients.close();

            assertThat(clients.failures()).isEmpty();
            assertThat(service.connections()).as("connections that the service closed")
                    .isGreaterThan(REQUESTS / 10);
        }
    }

    /// Answers in turn with all of a body that names its request, and with half of it before a reset.
    private static void breaking(UpstreamConnection connection) throws IOException {
        for (var request = connection.request(); request != null; request = connection.request()) {
            String body = request.target().repeat(1 + HALF / request.target().length());
            String head = "HTTP/1.1 200 OK\r\nContent-Length: " + 2 * body.length() + "\r\n\r\n";
            connection.send(head + body);
            if (request.target().startsWith("/broken")) {
                connection.reset();
                return;
            }
            connection.send(body);
        }
    }

    @Test
    void aBodyThatBreaksOffNeverLooksWholeAndSpoilsNoOtherAnswer() {
        int cut = 0;
        try (TestUpstream service = TestUpstream.start(BreakingServicesIT::breaking);
                TestGateway gateway = gateway(service)) {
            RawClient client = gateway.client();
            for (int i = 0; i < BROKEN; i++) {
                RawResponse broken = client.get("/broken" + i);
                if (broken.status() == 200) {
                    assertThat(broken.complete()).as("whether a broken answer looks whole").isFalse();
                    cut++;
                }
                client.close();
                client = gateway.client();
                RawResponse whole = client.get("/whole" + i);
                assertThat(whole.status()).isEqualTo(200);
                assertThat(whole.body().replace("/whole" + i, "")).as("what is not of this answer").isEmpty();
            }
            client.close();

            assertThat(cut).as("answers that broke off").isPositive();
            assertThat(service.requestCount()).as("no answer that had begun was asked for again")
                    .isLessThanOrEqualTo(2 * BROKEN + (BROKEN - cut));
        }
    }
}
