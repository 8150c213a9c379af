package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/// What HTTP/3 has to keep to, and how its connections come and go.
class Http3RulesTest extends Http3Fixture {

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
