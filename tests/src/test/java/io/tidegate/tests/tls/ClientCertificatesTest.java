package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that have to show a certificate, may, or must not get around it.
class ClientCertificatesTest extends TlsFixture {

    private static final String FORGED = "GET / HTTP/1.1\r\nHost: one.test\r\n"
            + "X-Forwarded-Client-Cert: Hash=00;Subject=\"CN=admin\"\r\n\r\n";

    private static String hash(X509Bundle bundle) throws Exception {
        return HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256")
                .digest(bundle.getCertificate().getEncoded()));
    }

    @Test
    void whoMustShowOneIsRefusedWithout() {
        start("clientAuth: { ca: " + clients.ca("ca.pem") + " }, certificates: [" + certificate("one", "one.test")
                + "]");

        assertThat(passes(() -> client("one.test", clients.client("orders")))).isTrue();
        assertThat(passes(() -> client("one.test"))).isFalse();
        assertFailed("certificate_missing", 1);
        assertThat(passes(() -> client("one.test", servers.client("orders")))).isFalse();
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void whoMayShowOneIsServedWithoutAndRefusedWithAWrongOne() {
        start("clientAuth: { ca: " + clients.ca("ca.pem") + ", mode: optional }, certificates: ["
                + certificate("one", "one.test") + "]");

        assertThat(passes(() -> client("one.test", clients.client("orders")))).isTrue();
        assertThat(passes(() -> client("one.test"))).isTrue();
        X509Bundle forged = new Authority(folder, "Clients").client("orders");
        assertThat(passes(() -> client("one.test", forged))).isFalse();
        assertFailed("certificate_refused", 1);
    }

    @Test
    void withdrawnCertificatesAreRefused() {
        X509Bundle good = clients.client("good");
        X509Bundle bad = clients.client("bad");
        start("clientAuth: { ca: " + clients.ca("ca.pem") + ", crl: " + clients.crl("ca.crl", bad)
                + " }, certificates: [" + certificate("one", "one.test") + "]");

        assertThat(passes(() -> client("one.test", good))).isTrue();
        assertThat(passes(() -> client("one.test", bad))).isFalse();
        assertFailed("certificate_refused", 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aCertificateThatIsWithdrawnLaterIsNoMoreUseEvenWithASession(String version) {
        X509Bundle bundle = clients.client("good");
        String tls = "clientAuth: { ca: " + clients.ca("ca.pem") + ", crl: " + clients.crl("ca.crl")
                + " }, certificates: [" + certificate("one", "one.test") + "]";
        start(tls);
        SSLContext sessions = servers.trust(bundle);
        for (int i = 0; i < 2; i++) {
            assertThat(passes(() -> Authority.connect(gateway().address(), "one.test", sessions,
                    parameters -> parameters.setProtocols(new String[]{version})))).isTrue();
        }
        clients.crl("ca.crl", bundle);
        gateway().apply(yaml(tls));

        assertThat(passes(() -> Authority.connect(gateway().address(), "one.test", sessions,
                parameters -> parameters.setProtocols(new String[]{version})))).isFalse();
    }

    @Test
    void servicesAreToldOfTheCertificateAndNeverOfAForgedOne() throws Exception {
        X509Bundle bundle = clients.client("orders");
        start("forwardClientCertificate: true, clientAuth: { ca: " + clients.ca("ca.pem")
                + ", mode: optional }, certificates: [" + certificate("one", "one.test") + "]");

        try (RawClient client = client("one.test", bundle)) {
            assertThat(client.exchange(FORGED).status()).isEqualTo(200);
        }
        try (RawClient client = client("one.test")) {
            assertThat(client.exchange(FORGED).status()).isEqualTo(200);
        }
        assertThat(upstream.request(0).field("x-forwarded-client-cert")).isEqualTo("Hash=" + hash(bundle)
                + ";Subject=\"CN=orders,O=Shop\";URI=spiffe://example.org/orders;DNS=orders.internal");
        assertThat(upstream.request(1).fields()).noneMatch(field -> field.name().equals("x-forwarded-client-cert"));
    }

    @Test
    void servicesAreNotToldUnlessThatIsAskedFor() {
        start("clientAuth: { ca: " + clients.ca("ca.pem") + " }, certificates: [" + certificate("one", "one.test")
                + "]", "trustedProxies: [127.0.0.0/8]");

        try (RawClient client = client("one.test", clients.client("orders"))) {
            assertThat(client.exchange(FORGED).status()).isEqualTo(200);
        }
        assertThat(upstream.request(0).fields()).noneMatch(field -> field.name().equals("x-forwarded-client-cert"));
    }

    @Test
    void conditionsSeeTheCertificate() {
        start("clientAuth: { ca: " + clients.ca("ca.pem") + ", mode: optional }, certificates: ["
                + certificate("one", "one.test") + "]");
        gateway().apply(GatewayYaml.to(upstream).listener("tls: { clientAuth: { ca: " + folder.resolve("ca.pem")
                + ", mode: optional }, certificates: [{ cert: " + folder.resolve("one.crt") + ", key: "
                + folder.resolve("one.key") + " }] }")
                .route("policies: [{ respond: { status: 403 }, when: \"client.spiffeId != 'spiffe://example.org/orders' ||"
                        + " !client.secure || client.serverName != 'one.test' || client.tlsVersion != 'TLSv1.3'\" }]")
                .text());

        assertThat(passes(() -> client("one.test", clients.client("orders")))).isTrue();
        assertThat(passes(() -> client("one.test", clients.client("payments")))).isFalse();
        assertThat(passes(() -> client("one.test"))).isFalse();
    }

    // Names with rules of their own.

    private String twoNames(String more) {
        return more + "certificates: [" + certificate("open", "open.test", "*.open.test") + ", { "
                + servers.write("mtls", servers.server(false, "mtls.test", "*.mtls.test")) + ", clientAuth: { ca: "
                + clients.ca("ca.pem") + " } }]";
    }

    private static String get(String host) {
        return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"mtls.test", "MTLS.test", "mtls.test.", "mtls.test:8443", "a.mtls.test", "A.Mtls.Test.:443",
        "unknown.test"})
    void aHostWithOtherRulesIsMisdirected(String host) {
        start(twoNames(""));
        try (RawClient client = client("open.test")) {
            assertThat(client.exchange(get("open.test")).status()).isEqualTo(200);
            assertThat(client.exchange(get("a.open.test:443")).status()).isEqualTo(200);
            assertThat(client.exchange(get(host)).status()).isEqualTo(421);
        }
        assertThat(gateway().metric("tidegate_rejects_total", "reason=\"tls.misdirected\"")).isEqualTo(1);
        assertThat(upstream.requestCount()).isEqualTo(2);
    }

    @Test
    void aConnectionOfHttp2CarriesNoRequestsForHostsWithOtherRules() {
        start(twoNames(""));
        try (Http2Client client = Http2Client.secure(gateway().address(), servers.trust(null), "open.test")) {
            assertThat(client.host("open.test").get("/").status()).isEqualTo(200);
            assertThat(client.host("a.mtls.test").get("/").status()).isEqualTo(421);
            assertThat(client.host("a.open.test").get("/").status()).isEqualTo(200);
        }
        assertThat(upstream.requestCount()).isEqualTo(2);
    }

    @Test
    void noNameIsNoWayAroundTheRules() {
        start(twoNames("unknownName: default, "));
        try (RawClient client = RawClient.secure(gateway().address(), servers.trust(null), null, parameters -> {})) {
            assertThat(client.exchange(get("mtls.test")).status()).isEqualTo(421);
        }
        try (RawClient client = RawClient.secure(gateway().address(), servers.trust(null), "nowhere.test",
                parameters -> {})) {
            assertThat(client.exchange(get("a.mtls.test")).status()).isEqualTo(421);
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    @Tag("boringssl")
    void aSessionOfAnOpenNameIsNoWayAroundTheRulesOfAnother() {
        start(twoNames(""));
        try (SessionThief thief = new SessionThief(servers, gateway().address())) {
            assertThat(thief.status("open.test")).isEqualTo(200);
            assertThat(resumed()).isZero();
            assertThat(thief.status("open.test")).isEqualTo(200);
            assertThat(resumed()).isEqualTo(1);

            assertThat(thief.status("mtls.test")).as("without a certificate").isZero();
            assertThat(thief.status("a.mtls.test")).as("without a certificate").isZero();
            assertThat(resumed()).isEqualTo(1);
        }
        assertThat(upstream.requestCount()).isEqualTo(2);
    }

    private double resumed() {
        return gateway().metric("tidegate_tls_handshakes_total", "resumed=\"true\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionOfAnOpenListenerIsNoWayIntoAnother(String version) {
        TestUpstream service = upstream;
        servers.replace("tickets.key", java.util.Base64.getEncoder().encodeToString(new byte[48]) + "\n");
        String tickets = "tickets: { keys: " + folder.resolve("tickets.key") + " }, certificates: ["
                + certificate("one", "one.test") + "]";
        start(tickets);
        gateway().apply("""
                listeners:
                  default: { address: "127.0.0.1:0", tls: { %s } }
                  strict: { address: "127.0.0.1:0", tls: { clientAuth: { ca: %s }, %s } }
                upstreams: { all: { endpoints: ["%s"] } }
                telemetry: { accessLog: { to: none } }
                routes: { all: { upstream: all } }
                """.formatted(tickets, clients.ca("ca.pem"), tickets, service.url()));
        SSLContext sessions = servers.trust(null);

        assertThat(enters("default", sessions, version)).isTrue();
        assertThat(enters("default", sessions, version)).isTrue();
        assertThat(resumed()).as("whether sessions are resumed at all").isEqualTo(1);
        assertThat(enters("strict", sessions, version)).isFalse();
        assertThat(resumed()).isEqualTo(1);
    }

    private boolean enters(String listener, SSLContext sessions, String version) {
        return passes(() -> Authority.connect(gateway().address(listener), "one.test", sessions,
                parameters -> parameters.setProtocols(new String[]{version})));
    }
}
