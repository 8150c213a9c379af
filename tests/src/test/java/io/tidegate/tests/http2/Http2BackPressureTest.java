package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Sides that take nothing for a while, or for good.
class Http2BackPressureTest extends Http2ServicesFixture {

    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /// Answers the first request, after which the gateway knows the settings, and takes the head of the next.
    private static @Nullable Request serveFirst(Http2Service service) throws IOException {
        Request first = service.request();
        service.head();
        if (first == null) {
            return null;
        }
        service.answer(first, 200, "first");
        return service.head();
    }

    @Test
    void whatWaitedForTheServiceGoesOnWithoutMoreFromTheClient() {
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection, INITIAL_WINDOW_SIZE, 16_384).keepsWindowsShut();
            Request head = serveFirst(service);
            if (head != null && service.awaitBody(head.stream(), 16_384)) {
                service.windowUpdate(head.stream(), 1 << 20);
                // As a dialogue goes: the client has said something, and waits for an answer before it says more.
                if (service.awaitBody(head.stream(), 40_000)) {
                    service.answer(head, 200, "heard");
                }
            }
            service.awaitEnd();
        });
        try (Http2Client client = Http2Client.connect(started.address())) {
            assertThat(client.get("/first").status()).isEqualTo(200);
            int stream = client.request("POST", "/", false);
            client.data(stream, text(16_384), false).data(stream, text(16_384), false)
                    .data(stream, text(40_000 - 2 * 16_384), false);

            assertThat(client.response(stream).body()).isEqualTo("heard");
        }
    }

    @Test
    void whatTheServiceHasNoRoomForIsTakenBackOnceItHasAnswered() {
        AtomicInteger reset = new AtomicInteger(-1);
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection, INITIAL_WINDOW_SIZE, 10).keepsWindowsShut();
            Request head = serveFirst(service);
            if (head != null && service.awaitBody(head.stream(), 10)) {
                service.answer(head, 200, "enough");
                reset.set(service.awaitReset(head.stream()));
            }
            service.awaitEnd();
        });
        try (Http2Client client = Http2Client.connect(started.address())) {
            assertThat(client.get("/first").status()).isEqualTo(200);
            int stream = client.request("POST", "/", false);
            client.data(stream, text(1000), true);
            assertThat(client.response(stream).body()).isEqualTo("enough");

            Await.until("the service to be told", () -> reset.get() >= 0);
        }
    }

    @Test
    void aRequestWithABodyThatWaitedIsServedWhenAnotherHasEnded() {
        AtomicInteger seen = new AtomicInteger();
        TestUpstream.Gate gate = new TestUpstream.Gate();
        TestGateway started = serve((service, request) -> {
            if (seen.incrementAndGet() == 2) {
                gate.pass();
            }
            service.answer(request, 200, "of " + request.field(":path"));
        }, MAX_CONCURRENT_STREAMS, 1);
        // The settings are known when the first answer has come.
        started.apply(GatewayYaml.to(upstream()).upstream("protocol: h2c")
                .upstream("connections: { maxPerEndpoint: 1, maxWait: 20s }").text());
        try (Http2Client client = Http2Client.connect(started.address())) {
            assertThat(client.get("/first").status()).isEqualTo(200);
            int running = client.request("GET", "/running", true);
            Await.until("the request to run", () -> seen.get() == 2);
            int waiting = client.request("POST", "/waiting", false);
            client.data(waiting, "a body", true);
            Await.until("the other one to wait",
                    () -> started.metric("tidegate_upstream_pool_waiting", "") == 1);
            gate.open();

            assertThat(client.response(running).body()).isEqualTo("of /running");
            assertThat(client.response(waiting).body()).isEqualTo("of /waiting");
        }
        assertThat(upstream().connections()).isEqualTo(1);
    }

    @Test
    void aClientThatStopsReadingItsConnectionLosesIt() {
        TestUpstream service = TestUpstream.start(connection -> {
            RawRequest request = connection.request();
            if (request != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                connection.sendZeros(100_000_000);
            }
        });
        try (service;
                TestGateway gateway = TestGateway.start(setup,
                        GatewayYaml.to(service).listener("timeouts: { writeIdle: 500ms }").text());
                RawClient client = RawClient.connect(gateway.address(), 4096)) {
            int room = 1 << 30;
            client.send(PREFACE).send(Http2Client.bytesOf(Http2Client.SETTINGS, 0, 0,
                    ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(room).array()));
            client.send(Http2Client.bytesOf(Http2Client.WINDOW_UPDATE, 0, 0,
                    ByteBuffer.allocate(4).putInt(room).array()));
            client.send(Http2Client.bytesOf(Http2Client.HEADERS, Http2Client.END_HEADERS | Http2Client.END_STREAM, 1,
                    Http2Client.block(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/")));
            service.request(0);

            Await.until("the connection to be given up", () -> gateway.status().connections() == 0);
        }
    }
}
