package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Frames that come when it is over: with a stream, or with the connection.
class Http2LateFramesTest {

    private static final long NO_ERROR = 0;
    private static final long ENHANCE_YOUR_CALM = 11;
    private static final int RESETS = 5000;

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

    @Test
    void whatIsOnItsWayBehindAnEarlyAnswerIsNoFault() {
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            // More than the connection's window in all: what is dropped has to be given back.
            for (int i = 0; i < 20; i++) {
                int stream = client.request("POST", "/", false, "content-length", "20000000");
                Http2Response response = client.response(stream);
                assertThat(response.status()).isEqualTo(413);
                assertThat(client.state(stream).complete() || response.reset() == NO_ERROR).isTrue();
                for (int part = 0; part < 120; part++) {
                    client.data(stream, "x".repeat(500), false);
                }
            }
            int whole = client.request("POST", "/", false);
            client.upload(whole, "x".repeat(200_000));

            assertThat(client.response(whole).status()).isEqualTo(200);
            assertThat(client.isEnded()).isFalse();
        }
    }

    @Test
    void moreBehindAnEarlyAnswerThanCanBeOnItsWayIsAFault() {
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int stream = client.request("POST", "/", false, "content-length", "20000000");
            assertThat(client.response(stream).status()).isEqualTo(413);
            for (int i = 0; i < RESETS; i++) {
                client.data(stream, "x".repeat(500), false);
            }
            assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void emptyFramesBehindAnEarlyAnswerAreBounded() {
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int stream = client.request("POST", "/", false, "content-length", "20000000");
            assertThat(client.response(stream).status()).isEqualTo(413);
            for (int i = 0; i < RESETS; i++) {
                client.data(stream, "", false);
            }
            assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
        }
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int stream = client.request("POST", "/", false, "content-length", "20000000");
            assertThat(client.response(stream).status()).isEqualTo(413);
            for (int i = 0; i < RESETS; i++) {
                client.headers(stream, true, "x", "1");
            }
            assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void nothingIsServedBehindTheFrameThatWasTooMuch() {
        upstream.script(TestUpstream.silent());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] head = Http2Client.block(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/");
        byte[] cancel = ByteBuffer.allocate(4).putInt(8).array();
        for (int i = 0; i < RESETS; i++) {
            all.writeBytes(Http2Client.bytesOf(Http2Client.HEADERS, Http2Client.END_HEADERS | Http2Client.END_STREAM,
                    2 * i + 1, head));
            all.writeBytes(Http2Client.bytesOf(Http2Client.RST_STREAM, 0, 2 * i + 1, cancel));
        }
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            client.send(all.toByteArray());
            assertThat(client.goAwayInAnger()).isEqualTo(ENHANCE_YOUR_CALM);
        }
        assertThat(gateway.metric("tidegate_requests_total", "")).isLessThanOrEqualTo(101);
    }

    @Test
    void streamsAreLimitedBeforeTheClientHasSeenTheSettings() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            for (int i = 0; i < 101; i++) {
                client.request("GET", "/", true);
            }
            assertThat(client.response(201).reset()).isEqualTo(7);
        }
    }
}
