package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What clients see when services fail, and what is tried again.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class UpstreamFailuresTest extends ProxyTest {

    private static int unusedPort() {
        try (TestUpstream gone = TestUpstream.hello()) {
            return gone.port();
        }
    }

    private static void checkProblem(RawResponse response, int status, String code) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.fault()).isEqualTo(code);
        assertThat(response.field("content-type")).isEqualTo("application/problem+json");
        assertThat(response.body()).contains("\"status\":" + status).containsPattern("\"requestId\":\"[0-9a-f]{32}\"")
                .doesNotContain("127.0.0.1", "Exception");
    }

    @Test
    void aServiceThatIsNotThereIsA502AndTheClientsConnectionStays() {
        gateway.apply(GatewayYaml.to("http://127.0.0.1:" + unusedPort()).text());
        try (RawClient client = gateway.client()) {
            checkProblem(client.get("/"), 502, "upstream.connect");
            gateway.apply(GatewayYaml.to(upstream).text());
            assertThat(client.get("/").body()).isEqualTo("hello");
        }
    }

    @Test
    void aServiceThatClosesWithoutAnAnswerIsA502() {
        upstream.script(connection -> connection.request());
        try (RawClient client = gateway.client()) {
            checkProblem(client.get("/"), 502, "upstream.closed");
        }
    }

    @Test
    void aServiceThatDoesNotAnswerInTimeIsA504() {
        upstream.script(TestUpstream.silent());
        gateway.apply(GatewayYaml.to(upstream).upstream("timeouts: { response: 100ms }").text());
        try (RawClient client = gateway.client()) {
            checkProblem(client.get("/"), 504, "upstream.timeout");
            checkProblem(client.get("/"), 504, "upstream.timeout");
        }
        Await.until("the service's connections to be closed", () -> upstream.open() == 0);
        assertThat(upstream.requests()).as("a time-out is never tried again").hasSize(2);
    }

    @Test
    void theTimeOutOfARouteStandsBeforeThatOfItsUpstream() {
        upstream.script(TestUpstream.silent());
        gateway.apply(GatewayYaml.to(upstream).route("timeouts: { response: 100ms }").text());
        try (RawClient client = gateway.client()) {
            checkProblem(client.get("/"), 504, "upstream.timeout");
        }
    }

    @Test
    void theTimeOutOfTheWholeRequestIsA504() {
        upstream.script(TestUpstream.silent());
        gateway.apply(GatewayYaml.to(upstream).route("timeouts: { request: 100ms }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/").status()).isEqualTo(504);
        }
    }

    @Test
    void theTimeOutOfATryIsA504() {
        upstream.script(TestUpstream.silent());
        gateway.apply(GatewayYaml.to(upstream).route("timeouts: { perTry: 100ms }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/").status()).isEqualTo(504);
        }
    }

    @Test
    void aResponseThatComesToAStopIsBrokenOff() {
        upstream.script(TestUpstream.answeringThenWaiting("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"));
        gateway.apply(GatewayYaml.to(upstream).upstream("timeouts: { response: 200ms, idle: 100ms }").text());
        try (RawClient client = gateway.client()) {
            RawResponse response = client.get("/");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.complete()).isFalse();
        }
    }

    @Test
    void aStreamLivesAsLongAsItMoves() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
            gate.pass();
            connection.send("cd");
        });
        TestUpstream slow = TestUpstream.start(TestUpstream.silent());
        gateway.apply("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  stream: { endpoints: ["%s"], timeouts: { response: 100ms, idle: 10s } }
                  slow: { endpoints: ["%s"], timeouts: { response: 300ms } }
                routes:
                  stream: { match: [{ path: /stream }], upstream: stream, streaming: true }
                  slow: { match: [{ path: /slow }], upstream: slow }
                """.formatted(upstream.url(), slow.url()));
        try (slow; RawClient client = gateway.client(); RawClient other = gateway.client()) {
            client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
            upstream.request(0);
            // Three times as long as the stream's own response time-out has passed when this one strikes.
            assertThat(other.get("/slow").status()).isEqualTo(504);
            gate.open();
            assertThat(client.receive().body()).isEqualTo("abcd");
        }
    }

    @Test
    void aConnectionThatCannotBeMadeInTimeIsA504() throws IOException {
        try (ServerSocketChannel full = ServerSocketChannel.open()) {
            full.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            List<SocketChannel> filling = new ArrayList<>();
            InetSocketAddress address = (InetSocketAddress) full.getLocalAddress();
            for (int i = 0; i < 8; i++) {
                SocketChannel one = SocketChannel.open();
                one.configureBlocking(false);
                one.connect(address);
                filling.add(one);
            }
            gateway.apply(GatewayYaml.to("http://127.0.0.1:" + address.getPort())
                    .upstream("timeouts: { connect: 200ms }").text());
            try (RawClient client = gateway.client()) {
                checkProblem(client.get("/"), 504, "upstream.connect_timeout");
            }
            for (SocketChannel one : filling) {
                one.close();
            }
        }
    }

    @Test
    void anEndpointThatIsNotThereIsPassedOver() {
        gateway.apply(GatewayYaml.to("http://127.0.0.1:" + unusedPort(), upstream.url()).text());
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 40; i++) {
                assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").body())
                        .isEqualTo("hello");
            }
        }
        assertThat(upstream.requests()).hasSize(40).extracting(RawRequest::body).containsOnly("abc");
    }

    @Test
    void aPooledConnectionThatWasClosedMeanwhileIsReplacedUnseen() {
        // Every second request finds its connection closed, sometimes only after it was sent on it.
        upstream.script(TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.exchange(GET).body()).isEqualTo("hello");
            }
        }
        assertThat(upstream.requests()).hasSize(100);
    }

    @Test
    void aRequestOnAPooledConnectionThatIsClosedUnreadIsSentAgain() {
        upstream.script(connection -> {
            connection.request();
            connection.answer("first");
            // The next request is received and never answered on a connection that served one before.
            connection.request();
        });
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("first");
            assertThat(client.exchange(GET).body()).isEqualTo("first");
        }
        assertThat(upstream.connections()).isEqualTo(2);
    }

    @Test
    void aRequestThatMustNotBeRepeatedIsNotSentAgain() {
        upstream.script(connection -> {
            connection.request();
            connection.answer("first");
            connection.request();
        });
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("first");
            RawResponse response = client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(response.status()).isEqualTo(502);
        }
        assertThat(upstream.requests()).extracting(RawRequest::method).containsExactly("GET", "POST");
    }

    @Test
    void aServiceThatFailsOnAFreshConnectionIsAskedOnceMore() {
        upstream.script(connection -> {
            connection.request();
            connection.reset();
        });
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).status()).isEqualTo(502);
        }
        assertThat(upstream.requests()).hasSize(2);
    }

    @Test
    void aFullPoolMakesRequestsWaitForTheirTurn() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                gate.pass();
                connection.answer("done");
            }
        });
        gateway.apply(GatewayYaml.to(upstream).upstream("connections: { maxPerEndpoint: 2, maxWait: 10s }").text());
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawClient client = gateway.client();
            client.send(GET);
            clients.add(client);
        }
        upstream.request(0);
        Await.untilSteady("the connections to the service", 5, () -> (long) upstream.connections());
        assertThat(upstream.connections()).isLessThanOrEqualTo(2);
        gate.open();
        for (RawClient client : clients) {
            assertThat(client.receive().body()).isEqualTo("done");
            client.close();
        }
    }

    @Test
    void aFullPoolIsA503OnceTheWaitIsOver() {
        upstream.script(TestUpstream.silent());
        gateway.apply(GatewayYaml.to(upstream).upstream("connections: { maxPerEndpoint: 1, maxWait: 100ms }").text());
        try (RawClient first = gateway.client(); RawClient second = gateway.client()) {
            first.send(GET);
            upstream.request(0);
            RawResponse response = second.exchange(GET);
            checkProblem(response, 503, "upstream.busy");
            assertThat(response.field("retry-after")).isNotNull();
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void bodiesOfTheUsersOwnStandInForTheGatewaysErrors() {
        gateway.apply(GatewayYaml.to("http://127.0.0.1:" + unusedPort()).route("match: [{ path: /up }]").with("""
                errorResponses:
                  "404": { contentType: text/plain, body: "none {status}" }
                  upstream.connect: { body: "<h1>{title} {requestId}</h1>" }
                """).text());
        try (RawClient client = gateway.client()) {
            RawResponse missing = client.get("/missing");
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.field("content-type")).isEqualTo("text/plain");
            assertThat(missing.body()).isEqualTo("none 404");
            RawResponse down = client.get("/up");
            assertThat(down.status()).isEqualTo(502);
            assertThat(down.field("content-type")).isEqualTo("text/html; charset=utf-8");
            assertThat(down.body()).matches("<h1>The service could not be reached [0-9a-f]{32}</h1>");
        }
    }

    @Test
    void nothingMatchesIsA404AndTheConnectionStays() {
        gateway.apply(GatewayYaml.to(upstream).route("match: [{ path: /only }]").text());
        try (RawClient client = gateway.client()) {
            checkProblem(client.get("/other"), 404, "route.not_found");
            assertThat(client.get("/only").body()).isEqualTo("hello");
        }
    }
}
