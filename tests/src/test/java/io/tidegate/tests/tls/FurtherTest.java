package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.engine.Engine;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.ExtendedSSLSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What else there is to listeners with TLS, and to those that lead to them.
class FurtherTest extends TlsFixture {

    private static final String JDK_ALONE = "io.netty.handler.ssl.noOpenSsl";

    @Test
    void theLibraryIsBoringSslUnlessItCantBeLoaded() {
        assertThat(Engine.tls()).startsWith(Boolean.getBoolean(JDK_ALONE) ? "the JDK's" : "BoringSSL");
    }

    @Test
    @Tag("boringssl")
    void anOcspResponseIsStapled() throws IOException {
        X509Bundle one = servers.server(false, "one.test");
        byte[] response = servers.ocsp(one);
        Files.write(folder.resolve("one.ocsp"), response);
        start("certificates: [{ " + servers.write("one", one) + ", ocsp: "
                + folder.resolve("one.ocsp") + " }, " + certificate("two", "two.test") + "]");

        try (RawClient client = client("one.test")) {
            assertThat(((ExtendedSSLSession) client.session()).getStatusResponses()).containsExactly(response);
        }
        try (RawClient client = client("two.test")) {
            assertThat(((ExtendedSSLSession) client.session()).getStatusResponses()).isEmpty();
        }
    }

    @Test
    void unixSocketsSpeakTlsToo() {
        TestGateway gateway = TestGateway.start(GatewayYaml.to(upstream).at("unix:" + folder.resolve("gate.sock"))
                .listener("tls: { certificates: [" + certificate("one", "one.test") + "] }").text());
        try (gateway; RawClient client = servers.connect(gateway.address(), "one.test")) {
            assertThat(client.get("/").body()).isEqualTo("hello");
        }
        assertThat(upstream.request(0).field("forwarded")).isEqualTo("for=_unix;proto=https");
    }

    @Test
    void aRenewedCertificateIsShownToNewConnectionsAndOldOnesGoOn() throws Exception {
        String tls = "certificates: [" + certificate("one", "one.test") + "]";
        start(tls);
        try (RawClient before = client("one.test")) {
            assertThat(before.get("/").status()).isEqualTo(200);
            X509Certificate old = (X509Certificate) before.session().getPeerCertificates()[0];
            servers.write("one", servers.server(true, "one.test"));
            gateway().apply(yaml(tls));
            try (RawClient after = client("one.test")) {
                assertThat(after.session().getPeerCertificates()[0]).isNotEqualTo(old);
                assertThat(after.session().getPeerCertificates()[0].getPublicKey().getAlgorithm()).isEqualTo("RSA");
                assertThat(after.get("/").status()).isEqualTo(200);
            }
            assertThat(before.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void theEndOfACertificateIsMeasured() {
        Instant early = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 86400);
        Instant late = early.plusSeconds(86400);
        String tls = "certificates: [{ " + servers.write("one", servers.server(false, early, "one.test", "*.one.test"))
                + " }, { " + servers.write("rsa", servers.server(true, late, "one.test")) + " }]";
        start(tls);
        assertThat(expiry("one.test")).isEqualTo((double) early.getEpochSecond());
        assertThat(expiry("*.one.test")).isEqualTo((double) early.getEpochSecond());

        servers.write("one", servers.server(false, late, "one.test"));
        gateway().apply(yaml(tls));
        assertThat(expiry("one.test")).isEqualTo((double) late.getEpochSecond());
        assertThat(expiry("*.one.test")).as("a name that is gone").isZero();
    }

    private double expiry(String name) {
        return gateway().metric("tidegate_tls_certificate_expiry_seconds",
                "listener=\"default\",name=\"" + name + "\"");
    }

    // Redirects.

    private TestGateway redirecting(String redirect) {
        gateway().apply("""
                listeners:
                  default: { address: "127.0.0.1:0", tls: { certificates: [%s] } }
                  plain: { address: "127.0.0.1:0", redirectToHttps: %s }
                upstreams: { all: { endpoints: ["%s"] } }
                telemetry: { accessLog: { to: none } }
                routes: { all: { upstream: all } }
                """.formatted(certificate("one", "one.test"), redirect, upstream.url()));
        return gateway();
    }

    @Test
    void clientsAreSentToHttpsWithMethodHostAndTarget() {
        start("certificates: [" + certificate("one", "one.test") + "]");
        TestGateway gateway = redirecting("true");
        int port = ((InetSocketAddress) gateway.address("default")).getPort();
        try (RawClient client = RawClient.connect(gateway.address("plain"))) {
            RawResponse response = client.exchange("POST /a%20b/c?d=%2F&e HTTP/1.1\r\nHost: One.test.:8080\r\n"
                    + "Content-Length: 3\r\n\r\nabc");
            assertThat(response.status()).isEqualTo(308);
            assertThat(response.field("location")).isEqualTo("https://one.test:" + port + "/a%20b/c?d=%2F&e");
            assertThat(client.exchange("GET http://b.test/x HTTP/1.1\r\nHost: b.test\r\n\r\n").field("location"))
                    .isEqualTo("https://b.test:" + port + "/x");
        }
        try (RawClient client = RawClient.connect(gateway.address("plain"))) {
            assertThat(client.exchange("GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(400);
        }
        assertThat(upstream.connections()).as("connections to the service").isZero();
    }

    @Test
    void clientsAreSentToAnotherPortWhereOneIsGiven() {
        start("certificates: [" + certificate("one", "one.test") + "]");
        for (String[] each : new String[][]{{"{ port: 443 }", ""}, {"{ port: 8443 }", ":8443"}}) {
            TestGateway gateway = redirecting(each[0]);
            try (RawClient client = RawClient.connect(gateway.address("plain"))) {
                assertThat(client.exchange("GET /x HTTP/1.1\r\nHost: one.test:80\r\n\r\n").field("location"))
                        .isEqualTo("https://one.test" + each[1] + "/x");
            }
        }
    }
}
