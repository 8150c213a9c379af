package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.FramedAttacks;
import io.tidegate.tests.GatewayYaml;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Heads that try to become something else in HTTP/1.1, and connections that ask for work without use.
class Http2AttacksTest {

    private static final long PROTOCOL_ERROR = 1;
    private static final long FLOW_CONTROL_ERROR = 3;
    private static final long STREAM_CLOSED = 5;
    private static final long REFUSED_STREAM = 7;
    private static final long ENHANCE_YOUR_CALM = 11;
    private static final String[] GET = FramedAttacks.get("http");

    private TestUpstream upstream;
    private TestGateway gateway;

    @BeforeEach
    void start() {
        upstream = TestUpstream.hello();
        gateway = TestGateway.start(GatewayYaml.to(upstream).text());
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private Http2Client client(int... settings) {
        return Http2Client.connect(gateway.address(), settings);
    }

    static Stream<Arguments> malformedHeads() {
        return FramedAttacks.heads("http");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedHeads")
    void aMalformedHeadIsResetAndReachesNobody(String row, String fault, String[] fields) {
        try (Http2Client client = client()) {
            int stream = client.nextStream();
            client.headers(stream, true, fields);

            Http2Response response = client.response(stream);

            assertThat(response.reset()).as(row).isEqualTo(PROTOCOL_ERROR);
            assertThat(response.status()).isZero();
            assertThat(gateway.metric("tidegate_rejects_total", "reason=\"" + fault + "\"")).isEqualTo(1);
            assertThat(client.get("/next").status()).isEqualTo(200);
        }
        assertThat(upstream.requests()).extracting(request -> request.target()).containsExactly("/next");
    }

    @ParameterizedTest(name = "content-length {0}, {1}, end {2}")
    @MethodSource("io.tidegate.tests.FramedAttacks#bodies")
    void e4ABodyOfAnotherLengthThanDeclaredIsResetAndNoRequestBehindItIsSeen(String length, String body, boolean end) {
        upstream.script(connection -> {
            // The next request may come on a connection that was made for the broken one.
            for (RawRequest request = connection.request(); request != null; request = connection.request()) {
                if (request.target().equals("/next")) {
                    connection.answer("ok");
                }
            }
        });
        try (Http2Client client = client()) {
            int stream = client.nextStream();
            client.headers(stream, false, ":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/",
                    "content-length", length);
            client.data(stream, body, end);

            assertThat(client.response(stream).reset()).isEqualTo(PROTOCOL_ERROR);
            assertThat(client.get("/next").status()).isEqualTo(200);
        }
        // The connection on which the broken request went, if it did, is not used again.
        assertThat(upstream.requests()).extracting(request -> request.target()).doesNotContain("/smuggled");
        assertThat(upstream.requests().stream().filter(request -> request.target().equals("/")).count())
                .isLessThanOrEqualTo(length.equals("0") ? 1 : 0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.FramedAttacks#trailers")
    void e12WhatMustNotBeATrailerIsReset(String name, String value) {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/", false);
            client.data(stream, "hello", false).headers(stream, true, name, value);

            assertThat(client.response(stream).reset()).isEqualTo(PROTOCOL_ERROR);
        }
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void e13FramesBehindTheEndOfAStreamAreErrors() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            int stream = client.request("GET", "/", true);
            upstream.request(0);
            client.data(stream, "more", true);

            assertThat(client.response(stream).reset()).isEqualTo(STREAM_CLOSED);
        }
    }

    @Test
    void e14RulesOfIdentifiersAndSizesEndTheConnection() {
        try (Http2Client client = client()) {
            client.headers(2, true, GET);
            assertThat(client.goAwayInAnger()).isEqualTo(PROTOCOL_ERROR);
        }
        try (Http2Client client = client()) {
            client.headers(5, true, GET);
            client.headers(3, true, GET);
            assertThat(client.goAwayInAnger()).isEqualTo(STREAM_CLOSED);
        }
        try (Http2Client client = client()) {
            client.data(7, "x", true);
            assertThat(client.goAwayInAnger()).isEqualTo(PROTOCOL_ERROR);
        }
        try (Http2Client client = client()) {
            client.frame(Http2Client.DATA, 0, client.request("POST", "/", false), new byte[16_385]);
            assertThat(client.goAwayInAnger()).isEqualTo(6);
        }
    }

    @Test
    void e15RapidResetsEndTheConnectionAndReachTheServiceAHundredTimesAtMost() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            for (int i = 0; i < 5000; i++) {
                client.reset(client.request("GET", "/", true), 8);
            }
            assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
        }
        assertThat(upstream.connections()).isLessThanOrEqualTo(101);
        assertThat(gateway.metric("tidegate_rejects_total", "reason=\"h2.flood\"")).isEqualTo(1);
    }

    static Stream<Arguments> provocations() {
        return Stream.of(arguments("a window update of 0", Http2Client.WINDOW_UPDATE, 0, new byte[4]),
                arguments("a window that overflows", Http2Client.WINDOW_UPDATE, 0,
                        ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array()),
                arguments("a priority of 4 bytes", Http2Client.PRIORITY, 0, new byte[4]),
                arguments("data behind the end", Http2Client.DATA, 1, new byte[1]),
                arguments("a head behind the end", Http2Client.HEADERS, 5, Http2Client.block("x", "1")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("provocations")
    void e16ProvokedResetsEndTheConnection(String what, int type, int flags, byte[] payload) {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            for (int i = 0; i < 5000 && !client.isEnded(); i++) {
                client.frame(type, flags, client.request("GET", "/", true), payload);
            }
            assertThat(client.goAwayInAnger()).as(what).isIn(ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR, 6L);
        }
        assertThat(upstream.connections()).isLessThanOrEqualTo(101);
    }

    @Test
    void e16APriorityOnItselfIsAnErrorToo() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            for (int i = 0; i < 5000; i++) {
                int stream = client.request("GET", "/", true);
                client.frame(Http2Client.PRIORITY, 0, stream, ByteBuffer.allocate(5).putInt(stream).array());
            }
            assertThat(client.goAwayInAnger()).isPositive();
        }
        assertThat(upstream.connections()).isLessThanOrEqualTo(1001);
    }

    @Test
    void e17EmptyContinuationsEndTheConnection() {
        try (Http2Client client = client()) {
            client.frame(Http2Client.HEADERS, 0, 1, Http2Client.block(GET));
            for (int i = 0; i < 50_000; i++) {
                client.frame(Http2Client.CONTINUATION, 0, 1, new byte[0]);
            }
            assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void e18AHeadWithoutEndEndsTheConnection() {
        try (Http2Client client = client()) {
            client.frame(Http2Client.HEADERS, 0, 1, Http2Client.block(GET));
            byte[] part = Http2Client.block("x", "a".repeat(16_000));
            for (int i = 0; i < 500; i++) {
                client.frame(Http2Client.CONTINUATION, 0, 1, part);
            }
            assertThat(client.goAwayInAnger()).isPositive();
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void e19AnEntryThatIsReferredToTooOftenIsRefused() {
        try (Http2Client client = client()) {
            java.io.ByteArrayOutputStream block = new java.io.ByteArrayOutputStream();
            block.writeBytes(Http2Client.block(GET));
            byte[] entry = Http2Client.block("x", "a".repeat(4000));
            entry[0] = 0x40;
            block.writeBytes(entry);
            for (int i = 0; i < 12_000; i++) {
                block.write(0x80 | 62);
            }
            client.frame(Http2Client.HEADERS, 5, 1, block.toByteArray());

            Http2Response response = client.response(1);

            assertThat(response.status() == 431 || client.isEnded()).isTrue();
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void e20MoreFieldsThanAHundredAreRefusedAndCrumbsCount() {
        try (Http2Client client = client()) {
            Http2Response response = client.get("/", FramedAttacks.crumbs(101));

            assertThat(response.status()).isEqualTo(431);
            assertThat(response.fault()).isEqualTo("header.too_many");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aHeadThatIsTooLargeIsAnswered() {
        try (Http2Client client = client()) {
            client.frame(Http2Client.HEADERS, 1, 1, Http2Client.block(GET));
            client.frame(Http2Client.CONTINUATION, 4, 1, Http2Client.block("x", "a".repeat(16_300)));

            Http2Response response = client.response(1);

            assertThat(response.status()).isEqualTo(431);
            client.nextStream();
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void e21FramesWithoutUseEndTheConnection() {
        for (int type : new int[]{Http2Client.PING, Http2Client.SETTINGS}) {
            try (Http2Client client = client()) {
                byte[] payload = new byte[type == Http2Client.PING ? 8 : 0];
                for (int i = 0; i < 50_000 && !client.isEnded(); i++) {
                    client.frame(type, 0, 0, payload);
                }
                assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
            }
        }
    }

    @Test
    void e22EmptyDataAndPrioritiesEndTheConnection() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/", false);
            for (int i = 0; i < 20_000; i++) {
                client.data(stream, "", false);
            }
            assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
        }
        try (Http2Client client = client()) {
            for (int i = 0; i < 20_000; i++) {
                client.frame(Http2Client.PRIORITY, 0, 3, new byte[5]);
            }
            assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void e23StreamsAboveTheLimitAreRefused() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            client.await(Http2Client.SETTINGS, 0);
            for (int i = 0; i < 101; i++) {
                client.request("GET", "/", true);
            }

            assertThat(client.response(201).reset()).isEqualTo(REFUSED_STREAM);
        }
        assertThat(upstream.connections()).isLessThanOrEqualTo(100);
    }

    @Test
    void e24ATinyListOfFieldsThatTheClientWantsIsIgnored() {
        try (Http2Client client = client(6, 1)) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void e25DataBehindAResetIsNobodys() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = client()) {
            int stream = client.request("POST", "/", false);
            upstream.head(0);
            byte[] reset = Http2Client.bytesOf(Http2Client.RST_STREAM, 0, stream, new byte[]{0, 0, 0, 8});
            byte[] data = Http2Client.bytesOf(Http2Client.DATA, 1, stream, new byte[100]);
            byte[] both = new byte[reset.length + data.length];
            System.arraycopy(reset, 0, both, 0, reset.length);
            System.arraycopy(data, 0, both, reset.length, data.length);
            client.send(both);
            upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(upstream.requests()).extracting(request -> request.method()).containsExactly("GET");
    }
}
