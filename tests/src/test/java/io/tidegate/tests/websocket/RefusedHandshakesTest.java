package io.tidegate.tests.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServedFixture;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Handshakes of WebSocket that are none, and answers to them that are none.
class RefusedHandshakesTest extends ServedFixture {

    private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\n";

    private TestGateway start(TestUpstream.Script script, String protocol) {
        serve(TestUpstream.start(script));
        return run(TestGateway.start(GatewayYaml.to(upstream()).listener("protocols: [http/1.1, h2c]")
                .upstream("protocol: " + protocol).text()));
    }

    private TestGateway answering(String answer) {
        return start(connection -> {
            String key = Objects.requireNonNull(Objects.requireNonNull(connection.head()).field("sec-websocket-key"));
            connection.send(answer.replace("ACCEPT", ServicePeer.accept(key)).replace("KEY", key));
            connection.awaitEnd();
        }, "http/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upgrade: websocket\r\nConnection: Upgrade\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\nSec-WebSocket-Accept: x\r\n",
        "Upgrade: websocket\r\nSec-WebSocket-Accept: ACCEPT\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n",
        "Upgrade: websocket, h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n",
        "Connection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\nContent-Length: 3\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\nTransfer-Encoding: chunked\r\n"})
    void a101ThatDoesNotAnswerTheHandshakeIsInvalid(String fields) {
        try (RawClient client = answering(SWITCHING + fields + "\r\nstolen").client()) {
            RawResponse response = client.exchange(ClientPeer.head("/") + "\r\n");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.fault()).isEqualTo("upstream.invalid");
        }
    }

    @Test
    void interimAnswersBeforeThe101AreTaken() {
        String agreed = "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n";
        try (RawClient client = answering("HTTP/1.1 103 Early Hints\r\n\r\n" + SWITCHING + agreed).client()) {
            RawResponse response = client.exchange(ClientPeer.head("/") + "\r\n");
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.field("sec-websocket-accept")).isEqualTo(ClientPeer.ACCEPT);
            assertThat(response.field("upgrade")).isEqualTo("websocket");
        }
    }

    @Test
    void aHandshakeThatIsAnsweredAsAPlainRequestIsOne() {
        try (RawClient client = start(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                "http/1.1").client()) {
            RawResponse response = client.exchange(ClientPeer.head("/") + "\r\n");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("ok");
            // What comes behind it is a request.
            assertThat(client.get("/").body()).isEqualTo("ok");
        }
    }

    @Test
    void aServiceOfHttp2ThatDoesNotAllowItIsNotAsked() {
        TestGateway running = start(Http2Service.serving((service, request) -> service.answer(request, 200, "plain")),
                "h2c");
        try (RawClient client = running.client()) {
            RawResponse response = client.exchange(ClientPeer.head("/") + "\r\n");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.fault()).isEqualTo("upstream.no_websocket");
            assertThat(client.get("/").body()).isEqualTo("plain");
        }
    }

    @Test
    void aServiceOfHttp2ThatEndsWhatItAgreesToIsInvalid() {
        TestGateway running = start(connection -> {
            Http2Service service = Http2Service.accept(connection, ServicePeer.ENABLE_CONNECT, 1);
            service.headers(Objects.requireNonNull(service.head()).stream(), true, ":status", "200");
            service.awaitEnd();
        }, "h2c");
        try (RawClient client = running.client()) {
            assertThat(client.exchange(ClientPeer.head("/") + "\r\n").fault()).isEqualTo("upstream.invalid");
        }
    }

    @Test
    void clientsOfHttp2AreToldThatTheyMayAsk() {
        start(TestUpstream.answering("HTTP/1.1 204 No Content\r\n\r\n"), "http/1.1");
        try (Http2Client client = Http2Client.connect(gateway().address())) {
            Http2Client.Frame settings = Objects.requireNonNull(client.await(Http2Client.SETTINGS, 0));
            assertThat(settings.value(ServicePeer.ENABLE_CONNECT)).isEqualTo(1);
        }
    }

    private Http2Response connect(boolean end, String... fields) {
        TestGateway running = start(TestUpstream.answering("HTTP/1.1 204 No Content\r\n\r\n"), "http/1.1");
        try (Http2Client client = Http2Client.connect(running.address())) {
            int stream = client.nextStream();
            client.headers(stream, end, fields);
            return client.response(stream);
        } finally {
            Await.until("the connection to be closed", () -> running.status().connections() == 0);
            assertThat(upstream().connections()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"connect-udp, 501", "WebSocket, 501"})
    void anotherProtocolThanWebSocketIsNotSupported(String protocol, int status) {
        Http2Response response = connect(false, ":method", "CONNECT", ":protocol", protocol, ":scheme", "http",
                ":authority", "a", ":path", "/", "sec-websocket-version", "13");
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.body()).contains("upgrade.unsupported");
    }

    @Test
    void aProtocolWithoutConnectIsMalformed() {
        assertThat(connect(false, ":method", "GET", ":protocol", "websocket", ":scheme", "http", ":authority", "a",
                ":path", "/").reset()).isEqualTo(1);
    }

    @Test
    void aConnectWithoutPathIsMalformed() {
        assertThat(connect(false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":authority", "a")
                .reset()).isEqualTo(1);
    }

    @Test
    void aHandshakeThatIsCompleteIsMalformed() {
        assertThat(connect(true, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":authority", "a",
                ":path", "/", "sec-websocket-version", "13").reset()).isEqualTo(1);
    }

    @Test
    void aHandshakeThatDeclaresABodyIsMalformed() {
        assertThat(connect(false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":authority", "a",
                ":path", "/", "sec-websocket-version", "13", "content-length", "5").reset()).isEqualTo(1);
    }
}
