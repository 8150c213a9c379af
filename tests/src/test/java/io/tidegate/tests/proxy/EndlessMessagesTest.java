package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Streams that tell by their media type that they have no end in sight live as long as they move.
class EndlessMessagesTest {

    private static final String CALL = "POST /stream HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n";

    private final TestUpstream.Gate gate = new TestUpstream.Gate();
    private final TestUpstream slow = TestUpstream.start(TestUpstream.silent());
    private TestUpstream upstream = TestUpstream.hello();
    private TestGateway gateway = TestGateway.proxyTo(upstream);

    @AfterEach
    void stop() {
        gate.open();
        gateway.close();
        upstream.close();
        slow.close();
    }

    /// `/slow` is cut off three times as late as an ordinary response of `/stream` would be.
    private void gateway(String upstreamKeys, String listenerKeys) {
        gateway.apply("""
                listeners:
                  default: { address: "127.0.0.1:0", %s }
                upstreams:
                  stream: { endpoints: ["%s"], %s }
                  slow: { endpoints: ["%s"], timeouts: { response: 600ms } }
                routes:
                  stream: { match: [{ path: /stream }], upstream: stream }
                  slow: { match: [{ path: /slow }], upstream: slow }
                """.formatted(listenerKeys, upstream.url(), upstreamKeys, slow.url()));
    }

    private void awaitSlow() {
        try (RawClient clock = gateway.client()) {
            assertThat(clock.get("/slow").status()).isEqualTo(504);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "Text/Event-Stream; charset=utf-8"})
    void serverSentEventsComeForAsLongAsTheyCome(String type) {
        upstream.script(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: " + type
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
            gate.pass();
            connection.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
        });
        gateway("timeouts: { response: 200ms, idle: 30s }", "timeouts: { idle: 30s }");
        try (RawClient client = gateway.client()) {
            client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
            awaitSlow();
            gate.open();
            assertThat(client.receive().body()).isEqualTo("data: 1\n\ndata: 2\n\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-streams", "text/plain", "text/event"})
    void otherResponsesAreToEndInTime(String type) {
        upstream.script(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "2\r\nab\r\n");
            gate.pass();
        });
        gateway("timeouts: { response: 200ms, idle: 30s }", "timeouts: { idle: 30s }");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").receive();
            assertThat(response.body()).isEqualTo("ab");
            assertThat(response.complete()).isFalse();
        }
    }

    @Test
    void eventsThatStopComingAreCutOff() {
        upstream.script(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "9\r\ndata: 1\n\n\r\n");
            gate.pass();
        });
        gateway("timeouts: { response: 10s, idle: 200ms }", "timeouts: { idle: 30s }");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").receive();
            assertThat(response.body()).isEqualTo("data: 1\n\n");
            assertThat(response.complete()).isFalse();
        }
    }

    @Test
    void aCallMayBeQuietForLongerThanABodyAndAResponseMay() {
        upstream.script(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] sent = new byte[6];
            connection.input().readNBytes(sent, 0, sent.length);
            gate.pass();
            connection.input().readNBytes(sent, 0, sent.length);
            connection.send("2\r\nok\r\n0\r\n\r\n");
            connection.awaitEnd();
        });
        gateway("timeouts: { response: 200ms, idle: 30s }", "timeouts: { bodyIdle: 200ms, idle: 30s }");
        try (RawClient client = gateway.client()) {
            client.send(CALL + "1\r\na\r\n");
            awaitSlow();
            gate.open();
            client.send("1\r\nb\r\n0\r\n\r\n");
            assertThat(client.receive().body()).isEqualTo("ok");
        }
    }

    @Test
    void aCallOverHttp2OwesNothingBetweenItsMessages() {
        upstream.close();
        upstream = TestUpstream.start(connection -> {
            Http2Service service = Http2Service.accept(connection);
            Http2Service.Request call = service.head();
            if (call != null) {
                service.headers(call.stream(), false, ":status", "200", "content-type", "application/grpc");
                service.data(call.stream(), "first", false);
                gate.pass();
                service.data(call.stream(), "second", true);
                service.awaitEnd();
            }
        });
        gateway("protocol: h2c, timeouts: { response: 200ms, idle: 30s }",
                "timeouts: { bodyIdle: 200ms, idle: 30s }");
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int stream = client.request("POST", "/stream", false, "content-type", "application/grpc+proto");
            client.data(stream, "a", false);
            awaitSlow();
            gate.open();
            assertThat(client.response(stream).body()).isEqualTo("firstsecond");
        }
    }

    @Test
    void aCallOfWhichNeitherSideSaysAnythingIsCutOff() {
        upstream.script(connection -> {
            connection.head();
            connection.awaitEnd();
        });
        gateway("timeouts: { response: 10s, idle: 200ms }", "timeouts: { bodyIdle: 30s, idle: 30s }");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.send(CALL + "1\r\na\r\n").receive();
            assertThat(response.status()).isEqualTo(408);
        }
    }
}
