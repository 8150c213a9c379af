package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What HTTP/3 has to keep to, and how its connections come and go.
class Http3RulesTest extends TlsFixture {

    private static final String H3 = "protocols: [http/1.1, h2, h3]";
    private static final int NO_ERROR = 0x100;
    private static final int FRAME_ERROR = 0x106;
    private static final int EXCESSIVE_LOAD = 0x107;
    private static final int CANCELLED = 0x10c;
    private static final int MESSAGE_ERROR = 0x10e;

    private void startHttp3(String... beside) {
        String[] all = new String[beside.length + 1];
        all[0] = H3;
        System.arraycopy(beside, 0, all, 1, beside.length);
        start("certificates: [" + certificate("api", "api.test") + "]", all);
    }

    private Http3Client http3() {
        return Http3Client.connect(gateway().address(), servers.identity(null), "api.test");
    }

    private double rejected(String reason) {
        return gateway().metric("tidegate_rejects_total", "reason=\"" + reason + '"');
    }

    @Test
    void clientsOverTcpAreToldOfIt() {
        startHttp3();
        int port = ((java.net.InetSocketAddress) gateway().address()).getPort();
        String told = "h3=\":" + port + "\"; ma=86400";

        try (RawClient client = client("api.test")) {
            assertThat(client.get("/").field("alt-svc")).isEqualTo(told);
        }
        try (Http2Client client = Http2Client.secure(gateway().address(), servers.trust(null), "api.test")
                .host("api.test")) {
            assertThat(client.get("/").field("alt-svc")).isEqualTo(told);
        }
        try (Http3Client client = http3()) {
            assertThat(client.get("/").field("alt-svc")).isNull();
        }
    }

    @Test
    void whatClientsAreToldCanBeSaid() {
        startHttp3("altSvc: { port: 443, maxAge: 1h }");
        try (RawClient client = client("api.test")) {
            assertThat(client.get("/").field("alt-svc")).isEqualTo("h3=\":443\"; ma=3600");
        }
    }

    @Test
    void aReloadBeginsAndEndsIt() {
        start("certificates: [" + certificate("api", "api.test") + "]");
        String with = yaml("certificates: [" + certificate("api", "api.test") + "]", H3);
        String without = yaml("certificates: [" + certificate("api", "api.test") + "]");

        gateway().apply(with);
        try (Http3Client client = http3()) {
            assertThat(client.get("/").status()).isEqualTo(200);
            gateway().apply(without);
            assertThat(client.goAway()).isPositive();
        }
        try (RawClient client = client("api.test")) {
            assertThat(client.get("/").field("alt-svc")).isNull();
        }
    }

    @Test
    void aNewCertificateIsShownToNewConnections() {
        startHttp3();
        String other = yaml("certificates: [" + certificate("other", "other.test") + "]", H3);
        try (Http3Client before = http3()) {
            gateway().apply(other);

            assertThat(before.get("/").status()).isEqualTo(200);
            try (Http3Client after = Http3Client.connect(gateway().address(), servers.identity(null), "other.test")) {
                assertThat(after.get("/").status()).isEqualTo(200);
            }
            assertThatThrownBy(this::http3).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void clientsShowCertificatesWhereTheyAreAsked() {
        X509Bundle known = clients.client("known");
        start("certificates: [" + certificate("api", "api.test")
                + "], forwardClientCertificate: true, clientAuth: { ca: "
                + clients.ca("clients.pem") + " }", H3);
        try (Http3Client client = Http3Client.connect(gateway().address(), servers.identity(known), "api.test")) {
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(upstream.request(0).field("x-forwarded-client-cert")).contains("known");
        }
        assertRefused(null);
        assertRefused(servers.server(false, "api.test"));
    }

    /// With TLS 1.3 a client hears only behind its own handshake that it was refused.
    private void assertRefused(@org.jspecify.annotations.Nullable X509Bundle shown) {
        int before = upstream.requestCount();
        try (Http3Client client = Http3Client.connect(gateway().address(), servers.identity(shown), "api.test")) {
            assertThat(client.awaitEnd()).isNotZero();
        } catch (UncheckedIOException e) {
            assertThat(e).hasMessageContaining("no connection");
        }
        assertThat(upstream.requestCount()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {":method=GET|:scheme=https|:path=/", ":method=GET|:scheme=https|:authority=api.test",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|X-Upper=1",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|x-a=1|:path=/",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|:path=/b",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|connection=close",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|transfer-encoding=chunked",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|te=gzip",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|host=other.test",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|x-a=1\r\nx-b: 2",
        ":method=GET|:scheme=https|:authority=api.test|:path=/ HTTP/1.1",
        ":method=GET|:scheme=http|:authority=api.test|:path=/",
        ":method=GET|:scheme=https|:authority=api.test|:path=/|content-length=3",
        ":method=CONNECT|:protocol=websocket|:scheme=https|:authority=api.test|:path=/|sec-websocket-version=13"})
    void aMalformedHeadResetsItsStream(String head) {
        startHttp3();
        try (Http3Client client = http3()) {
            int stream = client.open();
            client.headers(stream, true, head.split("[|=]"));

            assertThat(client.response(stream).reset()).isEqualTo(MESSAGE_ERROR);
            assertThat(client.get("/after").status()).isEqualTo(200);
            assertThat(upstream.requestCount()).isEqualTo(1);
            Await.until(() -> "the head to be counted", () -> gateway().metric("tidegate_rejects_total", "") == 1);
        }
    }

    @Test
    void aBodyThatIsNotAsLongAsDeclaredResetsItsStream() {
        startHttp3();
        try (Http3Client client = http3()) {
            int longer = client.request("POST", "/", false, "content-length", "3");
            client.data(longer, "four", true);
            int shorter = client.request("POST", "/", false, "content-length", "5");
            client.data(shorter, "four", true);

            assertThat(client.response(longer).reset()).isEqualTo(MESSAGE_ERROR);
            assertThat(client.response(shorter).reset()).isEqualTo(MESSAGE_ERROR);
        }
    }

    @Test
    void aFrameThatIsCutOffEndsTheConnection() {
        startHttp3();
        try (Http3Client client = http3()) {
            int stream = client.request("POST", "/", false);
            client.send(stream, new byte[]{Http3Client.DATA, 10, 'h', 'a', 'l', 'f'}, true);

            assertThat(client.awaitEnd()).isEqualTo(FRAME_ERROR);
            assertThat(rejected("h2.protocol")).isEqualTo(1);
        }
    }

    @Test
    void tooLargeHeadsAreAnswered() {
        startHttp3();
        try (Http3Client client = http3()) {
            Http2Response large = client.get("/", "x-large", "x".repeat(16 * 1024));
            assertThat(large.status()).isEqualTo(431);
            assertThat(large.fault()).isEqualTo("header.too_large");

            String[] many = new String[202];
            for (int i = 0; i < many.length; i += 2) {
                many[i] = "x-" + i;
                many[i + 1] = "1";
            }
            assertThat(client.get("/", many).fault()).isEqualTo("header.too_many");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void connectIsRefused() {
        startHttp3();
        try (Http3Client client = http3()) {
            int stream = client.open();
            client.headers(stream, true, ":method", "CONNECT", ":authority", "api.test:443");

            assertThat(client.response(stream).fault()).isEqualTo("method.unsupported");
        }
    }

    @Test
    void aHeadRequestGetsNoBody() {
        startHttp3();
        try (Http3Client client = http3()) {
            Http2Response response = client.response(client.request("HEAD", "/", true));

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEmpty();
            assertThat(response.complete()).isTrue();
        }
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
    void framesWithoutUseEndTheConnection() {
        startHttp3();
        try (Http3Client client = http3()) {
            int stream = client.request("POST", "/", false);
            java.io.ByteArrayOutputStream many = new java.io.ByteArrayOutputStream();
            for (int i = 0; i < 1100; i++) {
                many.writeBytes(Http3Client.bytesOf(0x4242, new byte[0]));
            }
            client.send(stream, many.toByteArray(), false);

            assertThat(client.awaitEnd()).isEqualTo(EXCESSIVE_LOAD);
        }
    }

    @Test
    void aGatewayThatStopsFinishesWhatRuns() throws Exception {
        startHttp3();
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            if (connection.head() != null) {
                gate.pass();
                connection.answer("late");
            }
        });
        try (Http3Client client = http3()) {
            int stream = client.request("GET", "/", true);
            upstream.head(0);
            Thread stopping = Thread.ofVirtual().start(() -> {
                try {
                    gateway().engine().drain(0, 30_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(client.goAway()).isPositive();
            gate.open();

            assertThat(client.response(stream).body()).isEqualTo("late");
            assertThat(client.awaitEnd()).isEqualTo(NO_ERROR);
            assertThat(client.lastGoAway()).isEqualTo(4);
            stopping.join();
        }
    }
}
