package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.config.pem.Certificates;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Certificates from Let's Encrypt's test server, from the first request to it to the client's handshake.
@Tag("real")
class AcmeIT extends AcmeFixture {

    @Test
    void aCertificateComesByTlsAlpn01AndTheAccountIsKept() throws Exception {
        Path store = folder.resolve("store");
        Pebble server;
        SSLContext trust;
        try (RunningGateway gateway = start("a", "")) {
            server = pebbleFor(gateway);
            trust = server.trust();
            write("a", acme(server, store, ", email: ops@example.com", "one.test", "two.test"));
            awaitServed(gateway, "one.test", trust);
            awaitServed(gateway, "two.test", trust);
            assertThat(ready(gateway)).contains("\"degraded\":[]");
            assertThat(metric(gateway, "tidegate_acme_last_success_seconds{name=\"one.test\"}")).isPositive();
            assertThat(metric(gateway, "tidegate_acme_next_attempt_seconds{name=\"one.test\"}"))
                    .isGreaterThan((double) Instant.now().getEpochSecond());
            assertThat(server.orders()).as(server.log()).isEqualTo(2);
            assertThat(modes(store)).allMatch(mode -> mode.equals("rwx------") || mode.equals("rw-------"));
        }
        Files.delete(file(store, server, "one.test"));
        server.close();
        pebble = null;
    }

    private static Stream<String> modes(Path store) throws IOException {
        try (Stream<Path> all = Files.walk(store)) {
            return all.map(path -> {
                try {
                    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).toList().stream();
        }
    }

    @Test
    void anAccountIsUsedAgainAfterARestartAndARunningReloadOrdersNothingAnew() throws Exception {
        Path store = folder.resolve("store");
        try (RunningGateway gateway = start("a", "")) {
            Pebble server = pebbleFor(gateway);
            SSLContext trust = server.trust();
            String acme = acme(server, store, ", challenge: http-01", "one.test");
            write("a", acme);
            awaitServed(gateway, "one.test", trust);
            write("a", acme + "\n      minVersion: \"1.3\"");
            Await.until("the reload", () -> ask(gateway, "/ready").contains("\"revision\":4"));
            assertThat(serves(gateway, "one.test", trust)).isTrue();
            assertThat(server.orders()).isEqualTo(1);

            // Another process on the same store, with a name more: pebble comes to the first one still.
            try (RunningGateway other = start("b",
                    acme(server, store, ", challenge: http-01", "one.test", "two.test"))) {
                awaitServed(other, "two.test", trust);
                assertThat(serves(other, "one.test", trust)).isTrue();
            }
            assertThat(server.orders()).as(server.log()).isEqualTo(2);
            assertThat(server.accounts()).as(server.log()).isEqualTo(1);
        }
    }

    @Test
    void aCertificateComesByHttp01ToAnAccountThatIsBound() throws Exception {
        String hmac = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
        try (RunningGateway gateway = start("a", "")) {
            Pebble server = Pebble.binding(folder, port(gateway, "plain"), port(gateway, "public"), "kid-1", hmac);
            pebble = server;
            write("a",
                    acme(server, folder.resolve("store"), ", challenge: http-01, keyType: rsa-2048, eab: { kid: kid-1,"
                            + " hmac: " + hmac + " }", "one.test"));
            SSLContext trust = server.trust();
            awaitServed(gateway, "one.test", trust);
            try (RawClient client = connect(gateway, "one.test", trust)) {
                assertThat(client.session().getPeerCertificates()[0].getPublicKey().getAlgorithm()).isEqualTo("RSA");
            }
            // The token is gone with the order: requests for it are sent to https as all others.
            try (RawClient client = RawClient.connect(address(gateway, "plain"))) {
                assertThat(client.get("/.well-known/acme-challenge/x").status()).isEqualTo(308);
            }
        }
    }

    @Test
    void aCertificateThatEndsSoonIsServedAtOnceAndRenewedWithoutClosingAConnection() throws Exception {
        Path store = folder.resolve("store");
        try (RunningGateway gateway = start("a", "")) {
            Pebble server = pebbleFor(gateway);
            X509Bundle old = own.server(false, Instant.now().plusSeconds(2 * 86400), "one.test");
            Path file = file(store, server, "one.test");
            Files.createDirectories(file.getParent());
            Files.writeString(file, old.getCertificatePathPEM() + old.getPrivateKeyPEM());
            // Not to be renewed yet: with an hour before its end, it is left alone.
            write("a", acme(server, store, ", renewBefore: 1h", "one.test"));
            awaitServed(gateway, "one.test", own.trust(null));
            try (RawClient client = connect(gateway, "one.test", own.trust(null))) {
                assertThat(client.exchange(GET).status()).isEqualTo(200);
                write("a", acme(server, store, ", renewBefore: 60d", "one.test"));
                awaitServed(gateway, "one.test", server.trust());
                assertThat(client.exchange(GET).status()).isEqualTo(200);
            }
            assertThat(server.orders()).isEqualTo(1);
            X509Certificate renewed = Certificates.read(file).getFirst();
            assertThat(renewed.getIssuerX500Principal().getName()).contains("Pebble");
        }
    }

    @Test
    void aNameThatDoesNotLeadHereIsToldOfAndHoldsUpNoOther() throws Exception {
        Path store = folder.resolve("store");
        try (RunningGateway gateway = start("a", "")) {
            Pebble server = pebbleFor(gateway);
            write("a", acme(server, store, "", Pebble.NOWHERE, "one.test"));
            awaitServed(gateway, "one.test", server.trust());
            Await.until(() -> "the failure to be told: " + ready(gateway), () -> ready(gateway)
                    .contains("there is no certificate for nowhere.test yet, so its clients are refused: the authority"
                            + " refused that the name leads here"));
            assertThat(ready(gateway)).contains("\"status\":\"ready\"");
            assertThat(metric(gateway, "tidegate_acme_failures_total{name=\"nowhere.test\"}")).isEqualTo(1);
            assertThat(metric(gateway, "tidegate_acme_next_attempt_seconds{name=\"nowhere.test\"}"))
                    .isGreaterThan(Instant.now().getEpochSecond() + 120.0);
            assertThatThrownBy(() -> connect(gateway, Pebble.NOWHERE, server.trust()).close())
                    .hasStackTraceContaining("unrecognized_name");
            Await.until("the refusal to be counted", () -> metric(gateway,
                    "tidegate_tls_handshake_failures_total{reason=\"certificate_pending\"}") >= 1);
        }
    }

    @Test
    void twoGatewaysWithOneStoreMakeOneOrderAndBothServe() throws Exception {
        Path store = folder.resolve("store");
        try (RunningGateway one = start("a", "")) {
            Pebble server = pebbleFor(one);
            SSLContext trust = server.trust();
            String acme = acme(server, store, "", "one.test");
            // The authority comes to the first one, whichever of them asks.
            try (RunningGateway two = start("b", acme)) {
                write("a", acme);
                awaitServed(one, "one.test", trust);
                awaitServed(two, "one.test", trust);
            }
            assertThat(server.orders()).as(server.log()).isEqualTo(1);
        }
    }

    @Test
    void aStoredCertificateIsServedWhileTheAuthorityIsDown() throws Exception {
        Path store = folder.resolve("store");
        try (RunningGateway gateway = start("a", "")) {
            Pebble server = pebbleFor(gateway);
            SSLContext trust = server.trust();
            String acme = acme(server, store, "", "one.test");
            write("a", acme);
            awaitServed(gateway, "one.test", trust);
            server.close();
            pebble = null;
            try (RunningGateway other = start("b", acme)) {
                assertThat(serves(other, "one.test", trust)).isTrue();
                assertThat(ready(other)).contains("\"degraded\":[]");
            }
        }
    }
}
