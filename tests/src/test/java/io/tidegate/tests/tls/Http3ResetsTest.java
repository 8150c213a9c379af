package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Clients of HTTP/3 that take back what they began (RFC 9114 §4.1.1).
@Tag("boringssl")
class Http3ResetsTest extends Http3Fixture {

    /// Far more than any client gets to.
    private static final int MOST = 100_000;

    private static void reset(Http3Client client, int stream) {
        client.reset(stream, CANCELLED);
    }

    /// Begins and takes back requests until the connection ends.
    ///
    /// @param begin
    ///            sends something of a request, and says on which stream
    /// @param end
    ///            takes it back
    /// @return number of requests that were begun
    private static int floods(Http3Client client, ToIntFunction<Http3Client> begin,
            ObjIntConsumer<Http3Client> end) {
        int begun = 0;
        while (begun < MOST) {
            Await.until("one more stream to be allowed", () -> client.mayOpen() || client.isEnded());
            if (client.isEnded()) {
                break;
            }
            end.accept(client, begin.applyAsInt(client));
            begun++;
        }
        return begun;
    }

    private void assertFlooded(ToIntFunction<Http3Client> begin, ObjIntConsumer<Http3Client> end) {
        startHttp3();
        upstream.script(TestUpstream.silent());
        try (Http3Client client = http3()) {
            assertThat(floods(client, begin, end)).isLessThan(MOST);
            assertThat(client.awaitEnd()).isEqualTo(EXCESSIVE_LOAD);
        }
        assertThat(rejected("h2.flood")).isEqualTo(1);
    }

    @Test
    void e15HeadsThatAreResetAtOnceEndTheConnectionAndReachNobody() {
        assertFlooded(client -> client.request("GET", "/", false), Http3ResetsTest::reset);
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void e15BodiesThatAreResetEndTheConnectionAndRunAHundredAtATime() {
        assertFlooded(client -> {
            int stream = client.request("POST", "/", false);
            client.data(stream, "half", false);
            return stream;
        }, Http3ResetsTest::reset);
        assertThat(upstream.connections()).isLessThanOrEqualTo(201);
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void e15StreamsThatAreResetBeforeAHeadEndTheConnection() {
        assertFlooded(client -> {
            int stream = client.open();
            client.send(stream, new byte[]{Http3Client.HEADERS}, false);
            return stream;
        }, Http3ResetsTest::reset);
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void e16HeadsThatHaveToBeResetEndTheConnection() {
        startHttp3();
        try (Http3Client client = http3()) {
            int begun = 0;
            while (begun < MOST && !client.isEnded()) {
                Await.until("one more stream to be allowed", () -> client.mayOpen() || client.isEnded());
                if (!client.isEnded()) {
                    client.request("GET", "no slash", true);
                    begun++;
                }
            }
            assertThat(client.awaitEnd()).isEqualTo(EXCESSIVE_LOAD);
            assertThat(begun).isLessThan(MOST);
        }
        assertThat(rejected("h2.flood")).isEqualTo(1);
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void aClientThatCancelsCancelsTheWorkOfTheService() throws Exception {
        startHttp3();
        TestUpstream.Gate gone = new TestUpstream.Gate();
        upstream.script(connection -> {
            RawRequest head = connection.head();
            if (head != null) {
                connection.awaitEnd();
                gone.open();
            }
        });
        try (Http3Client client = http3()) {
            int stream = client.request("GET", "/", true);
            upstream.head(0);
            client.stop(stream, CANCELLED);
            gone.pass();

            int other = client.request("POST", "/", false);
            client.data(other, "x", false);
            upstream.head(1);
            client.reset(other, CANCELLED);
            Await.until(() -> "both to be logged", () -> gateway().metric("tidegate_faults_total",
                    "code=\"client.") == 2);
        }
    }

    @Test
    void aResponseThatIsNotWantedAnyMoreIsNotFetched() throws Exception {
        startHttp3();
        TestUpstream.Gate gone = new TestUpstream.Gate();
        upstream.script(connection -> {
            if (connection.request() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                try {
                    connection.sendZeros(100_000_000);
                } finally {
                    gone.open();
                }
            }
        });
        try (Http3Client client = http3()) {
            int stream = client.request("GET", "/", true);
            assertThat(client.head(stream).status()).isEqualTo(200);
            client.stop(stream, CANCELLED);
            gone.pass();

            assertThat(upstream.sentBytes()).isLessThan(100_000_000);
            upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aRequestThatIsResetWithinItsBodyNeverLooksWhole() {
        startHttp3();
        AtomicInteger ended = new AtomicInteger();
        upstream.script(connection -> {
            try {
                connection.request();
            } finally {
                ended.incrementAndGet();
            }
        });
        try (Http3Client client = http3()) {
            int chunked = client.request("POST", "/chunked", false);
            client.data(chunked, "half", false);
            upstream.head(0);
            client.reset(chunked, CANCELLED);
            Await.until("the first to be broken off", () -> ended.get() == 1);

            int measured = client.request("POST", "/measured", false, "content-length", "8");
            client.data(measured, "half", false);
            upstream.head(1);
            client.reset(measured, CANCELLED);
            Await.until("the second to be broken off", () -> ended.get() == 2);
        }
        assertThat(upstream.requests()).isEmpty();
        assertThat(upstream.received()).contains("half").doesNotContain("\r\n0\r\n");
    }

    @Test
    void aServiceThatSpeaksHttp2IsToldOfTheReset() {
        AtomicInteger reset = new AtomicInteger(-1);
        startHttp3();
        gateway().apply(io.tidegate.tests.GatewayYaml.to(upstream).upstream("protocol: h2c")
                .listener("tls: { certificates: [" + certificate("api", "api.test") + "] }").listener(H3).text());
        upstream.script(connection -> {
            Http2Service service = Http2Service.accept(connection);
            Http2Service.Request request = Objects.requireNonNull(service.head());
            service.awaitBody(request.stream(), 4);
            reset.set(service.awaitReset(request.stream()));
        });
        try (Http3Client client = http3()) {
            int stream = client.request("POST", "/", false);
            client.data(stream, "half", false);
            Await.until("the request to come", () -> upstream.connections() == 1);
            client.reset(stream, CANCELLED);

            Await.until("the service to be told", () -> reset.get() == 8);
        }
    }

    @Test
    void whoStopsRequestsMayBeginOthers() {
        startHttp3();
        upstream.script(TestUpstream.silent());
        try (Http3Client client = http3()) {
            for (int i = 0; i < 100; i++) {
                client.stop(client.request("GET", "/", true), CANCELLED);
            }
            Await.until("all to be given up",
                    () -> gateway().metric("tidegate_faults_total", "code=\"client.closed\"") == 100);
            upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
            Await.until("one more stream to be allowed", client::mayOpen);

            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aResetOfOneRequestIsNoneOfTheOthers() {
        startHttp3();
        try (Http3Client client = http3()) {
            int kept = client.request("POST", "/kept", false);
            client.data(kept, "he", false);
            for (int i = 0; i < 50; i++) {
                client.reset(client.request("POST", "/reset", false), CANCELLED);
            }
            Http2Response response = client.data(kept, "llo", true).response(kept);

            assertThat(response.status()).isEqualTo(200);
            assertThat(upstream.requests()).extracting(RawRequest::target).containsExactly("/kept");
            assertThat(client.isEnded()).isFalse();
        }
    }
}
