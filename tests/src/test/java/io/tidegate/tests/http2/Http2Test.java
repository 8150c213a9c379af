package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests and responses that come by HTTP/2 and go on by HTTP/1.1.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class Http2Test {

    private TestUpstream upstream;
    private TestGateway gateway;

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    @BeforeEach
    void start() {
        upstream = TestUpstream.echo();
        gateway = TestGateway.start(setup, GatewayYaml.to(upstream).text());
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private Http2Client client(int... settings) {
        return Http2Client.connect(gateway.address(), settings);
    }

    private void answers(String response) {
        upstream.script(TestUpstream.answering(response));
    }

    @Test
    void aRequestGoesOnAsTheSameRequestOfHttp11() {
        try (Http2Client client = client()) {
            Http2Response response = client.get("/p?q=1", "user-agent", "test", "x-a", "1");

            assertThat(response.status()).isEqualTo(200);
            RawRequest request = upstream.request(0);
            assertThat(request.line()).isEqualTo("GET /p?q=1 HTTP/1.1");
            assertThat(request.field("host")).isEqualTo("a");
            assertThat(request.field("x-a")).isEqualTo("1");
            assertThat(request.field("via")).isEqualTo("2 tidegate");
            assertThat(request.field("x-forwarded-proto")).isEqualTo("http");
            assertThat(request.fields()).extracting(RawField::name).noneMatch(name -> name.startsWith(":"));
        }
    }

    @Test
    void aResponseComesBackWithoutWhatIsAboutTheConnection() {
        answers("HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n"
                + "Keep-Alive: timeout=5\r\nX-Kept: 1\r\n\r\nhello");
        try (Http2Client client = client()) {
            Http2Response response = client.get("/");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.field("content-length")).isEqualTo("5");
            assertThat(response.field("x-kept")).isEqualTo("1");
            assertThat(response.fields()).extracting(RawField::name)
                    .doesNotContain("connection", "keep-alive", "x-hop", "transfer-encoding");
        }
    }

    @Test
    void aBodyWithALengthGoesOnWithIt() {
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/p", false, "content-length", "10");
            client.data(stream, "hello", false).data(stream, "world", true);

            assertThat(client.response(stream).body()).isEqualTo("helloworld");
            assertThat(upstream.request(0).field("content-length")).isEqualTo("10");
            assertThat(upstream.request(0).field("transfer-encoding")).isNull();
        }
    }

    @Test
    void aBodyWithoutALengthGoesOnInChunks() {
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/p", false);
            client.data(stream, "hello", false).data(stream, "world", false).data(stream, "", true);

            assertThat(client.response(stream).body()).isEqualTo("helloworld");
            assertThat(upstream.request(0).field("transfer-encoding")).isEqualTo("chunked");
        }
    }

    @Test
    void largeBodiesPassBothWays() {
        String body = "0123456789abcdef".repeat(100_000);
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/p", false);
            client.upload(stream, body);

            Http2Response response = client.response(stream);

            assertThat(response.complete()).isTrue();
            assertThat(response.body()).isEqualTo(body);
        }
    }

    @Test
    void aServiceThatDoesNotReadMakesTheClientWait() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            RawRequest head = connection.head();
            if (head != null) {
                gate.pass();
                connection.answer(Integer.toString(connection.body(head).body().length()));
            }
        });
        String body = "x".repeat(10_000_000);
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/p", false);
            Thread sender = Thread.ofVirtual().start(() -> client.upload(stream, body));
            upstream.head(0);
            long sent = Await.untilSteady("the client to be stopped", 20, client::sentBytes);
            assertThat(sent).isLessThan(body.length());
            gate.open();
            Await.until("all to be sent", () -> !sender.isAlive());

            assertThat(client.response(stream).body()).isEqualTo("10000000");
        }
    }

    @Test
    void aClientThatGivesNoRoomMakesTheServiceWait() {
        upstream.script(connection -> {
            if (connection.request() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                connection.sendZeros(100_000_000);
            }
        });
        try (Http2Client client = client().keepsWindowsShut()) {
            int stream = client.request("GET", "/", true);
            client.head(stream);
            long sent = Await.untilSteady("the service to be stopped", 20, upstream::sentBytes);
            assertThat(sent).isLessThan(50_000_000);
        }
        Await.until("the service's connection to be closed", () -> upstream.open() == 0);
    }

    @Test
    void chunkedResponsesComeBackInFrames() {
        answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        try (Http2Client client = client()) {
            Http2Response response = client.get("/");

            assertThat(response.body()).isEqualTo("hello world");
            assertThat(response.field("transfer-encoding")).isNull();
            assertThat(response.complete()).isTrue();
        }
    }

    @Test
    void responsesThatEndWithTheConnectionEndWithTheStream() {
        upstream.script(TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\n\r\nhello world"));
        try (Http2Client client = client()) {
            assertThat(client.get("/").body()).isEqualTo("hello world");
            assertThat(client.get("/").body()).isEqualTo("hello world");
        }
    }

    @Test
    void aResponseThatBreaksOffIsReset() {
        upstream.script(TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"));
        try (Http2Client client = client()) {
            Http2Response response = client.get("/");

            assertThat(response.complete()).isFalse();
            assertThat(response.reset()).isEqualTo(2);
            upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
            assertThat(client.get("/").body()).isEqualTo("ok");
        }
    }

    @Test
    void theAnswerToHeadHasNoBody() {
        answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        try (Http2Client client = client()) {
            Http2Response response = client.response(client.request("HEAD", "/", true));

            assertThat(response.field("content-length")).isEqualTo("1000");
            assertThat(response.complete()).isTrue();
            assertThat(response.body()).isEmpty();
        }
    }

    @Test
    void answersWithoutABodyEndWithTheirHeads() {
        answers("HTTP/1.1 204 No Content\r\n\r\n");
        try (Http2Client client = client()) {
            Http2Response response = client.get("/");

            assertThat(response.status()).isEqualTo(204);
            assertThat(response.complete()).isTrue();
            assertThat(response.field("content-length")).isNull();
        }
    }

    @Test
    void manyRequestsOfOneConnectionAreServedAtOnce() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            for (RawRequest request = connection.request(); request != null; request = connection.request()) {
                gate.pass();
                connection.answer(request.target());
            }
        });
        try (Http2Client client = client()) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                streams.add(client.request("GET", "/" + i, true));
            }
            Await.until("all requests to reach the service", () -> upstream.requestCount() == 50);
            gate.open();

            for (int i = 0; i < 50; i++) {
                assertThat(client.response(streams.get(i)).body()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void crumbsOfACookieAreOneCookie() {
        try (Http2Client client = client()) {
            client.get("/", "cookie", "a=1", "x-between", "1", "cookie", "b=2", "cookie", "c=3");

            assertThat(upstream.request(0).count("cookie")).isEqualTo(1);
            assertThat(upstream.request(0).field("cookie")).isEqualTo("a=1; b=2; c=3");
        }
    }

    @Test
    void aClientThatWaitsIsToldToGoOn() {
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/p", false, "expect", "100-continue", "content-length", "5");
            client.await(Http2Client.HEADERS, 0);
            assertThat(client.state(stream).interim()).containsExactly(100);

            client.data(stream, "hello", true);

            assertThat(client.response(stream).body()).isEqualTo("hello");
            assertThat(upstream.request(0).field("expect")).isNull();
        }
    }

    @Test
    void anAnswerBeforeTheBodyIsCompleteEndsTheStreamWithoutAnError() {
        gateway.apply(GatewayYaml.to(upstream).route("match: [{ path: /other }]").text());
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/p", false, "content-length", "100000");
            client.data(stream, "hello", false);

            Http2Response response = client.response(stream);
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.complete()).isTrue();
            assertThat(client.await(Http2Client.RST_STREAM, 0)).satisfies(frame -> {
                assertThat(frame.stream()).isEqualTo(stream);
                assertThat(frame.number(0)).isZero();
            });
            client.data(stream, "what was on its way", false);
            assertThat(client.get("/other").status()).isEqualTo(200);
        }
    }

    @Test
    void aTooLargeBodyIsRefused() {
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/p", false, "content-length", "9999999999");

            Http2Response response = client.response(stream);

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.fault()).isEqualTo("body.too_large");
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void whoResetsAStreamIsNotServedAnyMore() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            int stream = client.request("GET", "/", true);
            upstream.request(0);

            client.reset(stream, 8);

            Await.until("the service's connection to be closed", () -> upstream.open() == 0);
            upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
            assertThat(client.get("/").body()).isEqualTo("ok");
        }
    }

    @Test
    void whoGoesAwayIsNotServedAnyMore() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            client.request("GET", "/", true);
            client.request("GET", "/", true);
            upstream.request(1);
        }
        Await.until("the service's connections to be closed", () -> upstream.open() == 0);
        Await.until("the client's connection to be forgotten", () -> gateway.status().connections() == 0);
    }

    @Test
    void trailersOfARequestAreDropped() {
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/p", false);
            client.data(stream, "hello", false).headers(stream, true, "x-sum", "1");

            assertThat(client.response(stream).body()).isEqualTo("hello");
            assertThat(upstream.received()).doesNotContainIgnoringCase("x-sum");
        }
    }

    @Test
    void theAccessLogAndTheMetricsKnowTheProtocol() {
        try (Http2Client client = client()) {
            client.get("/");
        }
        assertThat(gateway.metric("tidegate_requests_total", "")).isEqualTo(1);
    }

    @Test
    void aReloadClosesNoConnection() {
        try (Http2Client client = client()) {
            assertThat(client.get("/").status()).isEqualTo(200);
            gateway.apply(GatewayYaml.to(upstream).route("match: [{ path: /other }]").text());

            assertThat(client.get("/").status()).isEqualTo(404);
            assertThat(client.get("/other").status()).isEqualTo(200);
        }
    }

    @Test
    void aListenerWithoutHttp2RefusesItsPreface() {
        gateway.apply(GatewayYaml.to(upstream).listener("protocols: [http/1.1]").text());
        try (RawClient client = gateway.client()) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

            assertThat(client.receive().fault()).isEqualTo("parse.version");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
    }

    @Test
    void aListenerOfHttp2AloneRefusesHttp11() {
        gateway.apply(GatewayYaml.to(upstream).listener("protocols: [h2c]").text());
        try (RawClient client = gateway.client()) {
            RawResponse response = client.get("/");

            assertThat(response.status()).isEqualTo(505);
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        try (Http2Client client = client()) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void theFirstBytesOfAConnectionMayComeOneByOne() {
        try (Http2Client client = client()) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        try (RawClient client = gateway.client()) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                    .getBytes(StandardCharsets.ISO_8859_1), 1);
            byte[] settings = Http2Client.bytesOf(Http2Client.SETTINGS, 0, 0, new byte[0]);
            client.send(settings, 1);
            client.send(Http2Client.bytesOf(Http2Client.HEADERS, 5, 1, Http2Client.block(":method", "GET", ":scheme",
                    "http", ":authority", "a", ":path", "/one")), 1);
            assertThat(upstream.request(1).target()).isEqualTo("/one");
        }
    }
}
