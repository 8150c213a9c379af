package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ProcessConfig;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How connections of HTTP/2 end, and what time they and their streams have.
class Http2ConnectionTest {

    private static final long NO_ERROR = 0;
    private static final long CANCEL = 8;

    private TestUpstream upstream;

    @BeforeEach
    void start() {
        upstream = TestUpstream.hello();
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private TestGateway gateway(String listener) {
        return TestGateway.start(GatewayYaml.to(upstream).listener(listener).text());
    }

    private static Http2Client client(TestGateway gateway) {
        return Http2Client.connect(gateway.address());
    }

    @Test
    void aConnectionWithoutRequestsIsClosedInPeace() {
        try (TestGateway gateway = gateway("timeouts: { idle: 100ms }"); Http2Client client = client(gateway)) {
            assertThat(client.get("/").status()).isEqualTo(200);

            assertThat(client.goAway()).isEqualTo(NO_ERROR);
            assertThat(client.lastStream()).isEqualTo(1);
            client.awaitEnd();
        }
    }

    @Test
    void aConnectionOnWhichNothingEverComesIsClosed() {
        try (TestGateway gateway = gateway("timeouts: { firstByte: 100ms }"); Http2Client client = client(gateway)) {
            assertThat(client.goAway()).isEqualTo(NO_ERROR);
            client.awaitEnd();
        }
    }

    @Test
    void aConnectionThatHasServedItsRequestsTakesNoMore() {
        try (TestGateway gateway = gateway("limits: { requestsPerConnection: 3 }");
                Http2Client client = client(gateway)) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(client.goAway()).isEqualTo(NO_ERROR);
            // What was on its way is still served.
            assertThat(client.get("/").status()).isEqualTo(200);
            client.awaitEnd();
            assertThat(client.lastStream()).isEqualTo(7);
        }
    }

    @Test
    void aResponseIsServedToItsEndHoweverLongItTakes() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            if (connection.request() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
                gate.pass();
                connection.send("llo");
            }
        });
        try (TestGateway gateway = gateway("limits: { requestsPerConnection: 1 }");
                Http2Client client = client(gateway)) {
            int stream = client.request("GET", "/", true);
            while (client.lastStream() != stream && !client.isEnded()) {
                // The first one says that no more are taken, the second which was the last.
                client.await(Http2Client.GOAWAY, 0);
            }
            gate.open();

            assertThat(client.response(stream).body()).isEqualTo("hello");
            client.awaitEnd();
        }
    }

    @Test
    void aDrainLosesNoRequest() throws Exception {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            for (RawRequest request = connection.request(); request != null; request = connection.request()) {
                gate.pass();
                connection.answer("late");
            }
        });
        try (TestGateway gateway = gateway("limits: { requestsPerConnection: 1000 }");
                Http2Client client = client(gateway)) {
            int stream = client.request("GET", "/", true);
            upstream.request(0);
            CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> {
                try {
                    return gateway.engine().drain(0, 20_000);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }, Thread::startVirtualThread);
            assertThat(client.goAway()).isEqualTo(NO_ERROR);
            int late = client.request("GET", "/late", true);
            upstream.request(1);
            gate.open();

            assertThat(client.response(stream).body()).isEqualTo("late");
            assertThat(client.response(late).body()).isEqualTo("late");
            client.awaitEnd();
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void aBodyThatDoesNotComeIsAnswered() {
        try (TestGateway gateway = gateway("timeouts: { bodyIdle: 100ms }"); Http2Client client = client(gateway)) {
            int stream = client.request("POST", "/", false);
            client.data(stream, "hello", false);

            Http2Response response = client.response(stream);

            assertThat(response.status()).isEqualTo(408);
            assertThat(response.fault()).isEqualTo("request.timeout");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatGivesNoRoomLosesItsStreamAndKeepsTheOthers() {
        upstream.script(connection -> {
            RawRequest request = connection.request();
            while (request != null) {
                if (request.target().equals("/large")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                    connection.sendZeros(100_000_000);
                } else {
                    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                }
                request = connection.request();
            }
        });
        try (TestGateway gateway = gateway("timeouts: { writeIdle: 500ms }");
                Http2Client client = client(gateway).keepsWindowsShut()) {
            int stream = client.request("GET", "/large", true);

            Http2Response response = client.response(stream);

            assertThat(response.reset()).isEqualTo(CANCEL);
            assertThat(client.get("/").status()).isEqualTo(204);
            Await.until("the service's connection to be closed", () -> upstream.open() == 1);
            assertThat(gateway.metric("tidegate_faults_total", "code=\"client.too_slow\"")).isEqualTo(1);
        }
    }

    @Test
    void aClientThatBreaksOffIsNotWorthALineOfTheLog() throws IOException {
        List<String> told = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                told.add(line.getMessage());
            }

            @Override
            public void flush() {
                // Nothing waits here.
            }

            @Override
            public void close() {
                // Nothing is held here.
            }
        };
        Logger logger = Logger.getLogger("io.netty.channel.DefaultChannelPipeline");
        logger.addHandler(handler);
        try (TestGateway gateway = TestGateway.start(new Setup(ProcessConfig.Transport.EPOLL, 1),
                GatewayYaml.to(upstream).text())) {
            RawClient client = gateway.client().send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                    .send(Http2Client.bytesOf(Http2Client.SETTINGS, 0, 0, new byte[0]));
            assertThat(client.input().read()).as("what the gateway says first").isNotNegative();
            client.reset();
            Await.until("the connection to be gone", () -> gateway.status().connections() == 0);
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(told).isEmpty();
    }
}
