package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.config.ChallengeTarget;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What listeners show authorities that look whether a name leads here, and certificates that come from a store.
class AcmeListenersTest {

    private static final String TOKEN = "/.well-known/acme-challenge/token-1";

    @TempDir
    private Path folder;

    private Authority servers;
    private TestUpstream upstream;
    private @Nullable TestGateway gateway;
    private @Nullable ChallengeTarget challenges;

    @BeforeEach
    void startService() {
        servers = new Authority(folder, "Servers");
        upstream = TestUpstream.hello();
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
    }

    private String yaml(String challenge, String tls) {
        return """
                listeners:
                  plain: { address: "127.0.0.1:0" }
                  redirecting: { address: "127.0.0.1:0", redirectToHttps: true }
                  secure:
                    address: "127.0.0.1:0"
                    tls: { acme: { names: [one.test, two.test], agreeToTerms: true, store: %s, challenge: %s }, %s }
                upstreams: { all: { endpoints: ["%s"] } }
                routes: { all: { upstream: all } }
                telemetry: { accessLog: { to: none } }
                """.formatted(folder.resolve("store"), challenge, tls, upstream.url());
    }

    private TestGateway start(String challenge, String tls) {
        TestGateway started = TestGateway.start(TestGateway.Setup.PLAIN, options -> {
            challenges = options.challenges();
            return options;
        }, yaml(challenge, tls));
        gateway = started;
        return started;
    }

    private void show(Map<String, String> texts, Map<String, X509Bundle> proofs) {
        Map<String, ChallengeTarget.Proof> shown = new java.util.HashMap<>();
        proofs.forEach((name, bundle) -> shown.put(name,
                new ChallengeTarget.Proof(bundle.getCertificate(), bundle.getKeyPair().getPrivate())));
        Objects.requireNonNull(challenges).show(texts, shown);
    }

    private String certificate(String name) {
        return "certificates: [{ " + servers.write(name, servers.server(false, name)) + " }]";
    }

    private Path stored(String name) throws IOException {
        Path at = folder.resolve("store").resolve(
                URLEncoder.encode("acme-v02.api.letsencrypt.org/directory", StandardCharsets.UTF_8));
        return Files.createDirectories(at).resolve(name + ".pem");
    }

    private void store(String name, X509Bundle bundle) throws IOException {
        Files.writeString(stored(name), bundle.getCertificatePathPEM() + bundle.getPrivateKeyPEM());
    }

    private static RawResponse ask(TestGateway gateway, String listener, String request) {
        try (RawClient client = RawClient.connect(gateway.address(listener))) {
            return client.exchange(request + " HTTP/1.1\r\nHost: one.test\r\nContent-Length: 0\r\n\r\n");
        }
    }

    @Test
    void aTokenIsAnsweredWithoutTlsWhileItIsLookedForAndNothingElse() {
        TestGateway started = start("http-01", certificate("own.test"));
        assertThat(ask(started, "plain", "GET " + TOKEN).body()).isEqualTo("hello");
        assertThat(ask(started, "redirecting", "GET " + TOKEN).status()).isEqualTo(308);

        show(Map.of("token-1", "token-1.print"), Map.of());
        for (String listener : new String[]{"plain", "redirecting"}) {
            RawResponse answer = ask(started, listener, "GET " + TOKEN);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("token-1.print");
            assertThat(answer.field("content-type")).isEqualTo("application/octet-stream");
        }
        assertThat(ask(started, "plain", "GET " + TOKEN + "2").body()).isEqualTo("hello");
        assertThat(ask(started, "plain", "POST " + TOKEN).body()).isEqualTo("hello");
        assertThat(ask(started, "plain", "GET /token-1").body()).isEqualTo("hello");
        try (RawClient client = servers.connect(started.address("secure"), "own.test")) {
            assertThat(client.get(TOKEN).body()).isEqualTo("hello");
        }
        // It goes on over a reload.
        started.apply(yaml("http-01", certificate("own.test") + ", minVersion: \"1.3\""));
        assertThat(ask(started, "plain", "GET " + TOKEN).body()).isEqualTo("token-1.print");

        show(Map.of(), Map.of());
        assertThat(ask(started, "plain", "GET " + TOKEN).body()).isEqualTo("hello");
        assertThat(ask(started, "redirecting", "GET " + TOKEN).status()).isEqualTo(308);
    }

    private static SSLContext trusting(X509Bundle shown) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("proof", shown.getRootCertificate());
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RawClient connect(TestGateway gateway, X509Bundle trusted, String name, String... protocols) {
        return RawClient.secure(gateway.address("secure"), trusting(trusted), name,
                parameters -> parameters.setApplicationProtocols(protocols));
    }

    @Test
    void aProofIsShownToWhoAsksForNothingElseUnderTheNameThatIsLookedAt() throws Exception {
        TestGateway started = start("tls-alpn-01", certificate("own.test"));
        X509Bundle other = new Authority(folder, "Proofs").server(false, "one.test");
        assertThatThrownBy(() -> connect(started, other, "one.test", "acme-tls/1").close())
                .hasMessageContaining("no_application_protocol");

        show(Map.of(), Map.of("one.test", other));
        for (String version : new String[]{"TLSv1.2", "TLSv1.3"}) {
            try (RawClient client = RawClient.secure(started.address("secure"), trusting(other), "ONE.test",
                    parameters -> {
                        parameters.setApplicationProtocols(new String[]{"acme-tls/1"});
                        parameters.setProtocols(new String[]{version});
                    })) {
                assertThat(client.session().getPeerCertificates()[0]).isEqualTo(other.getCertificate());
                assertThat(client.protocol()).isEqualTo("acme-tls/1");
                assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
            }
        }
        // For nobody else: neither for another name, nor for who would take HTTP too, nor for who asks for nothing.
        assertThatThrownBy(() -> connect(started, other, "own.test", "acme-tls/1").close())
                .hasMessageContaining("no_application_protocol");
        assertThatThrownBy(() -> connect(started, other, "one.test", "acme-tls/1", "http/1.1").close())
                .hasMessageContaining("unrecognized_name");
        assertThatThrownBy(() -> connect(started, other, "one.test").close())
                .hasMessageContaining("unrecognized_name");
        try (RawClient client = servers.connect(started.address("secure"), "own.test")) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }

        show(Map.of(), Map.of());
        assertThatThrownBy(() -> connect(started, other, "one.test", "acme-tls/1").close())
                .hasMessageContaining("no_application_protocol");
    }

    @Test
    void aNameWithoutACertificateIsRefusedUntilItHasOne() throws IOException {
        TestGateway started = start("tls-alpn-01", "unknownName: default, " + certificate("own.test"));
        assertThatThrownBy(() -> servers.connect(started.address("secure"), "one.test").close())
                .hasMessageContaining("unrecognized_name");
        assertThat(started.metric("tidegate_tls_handshake_failures_total", "reason=\"certificate_pending\""))
                .isEqualTo(1);
        assertThat(started.metric("tidegate_tls_certificate_expiry_seconds", "name=\"one.test\"")).isZero();

        try (RawClient open = servers.connect(started.address("secure"), "own.test")) {
            assertThat(open.get("/").status()).isEqualTo(200);
            store("one.test", servers.server(false, "one.test"));
            Files.writeString(stored("two.test"), "damaged");
            started.apply(yaml("tls-alpn-01", "unknownName: default, " + certificate("own.test")));
            try (RawClient client = servers.connect(started.address("secure"), "one.test")) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(open.get("/").status()).isEqualTo(200);
        }
        assertThat(started.metric("tidegate_tls_certificate_expiry_seconds", "name=\"one.test\"")).isPositive();
        assertThatThrownBy(() -> servers.connect(started.address("secure"), "two.test").close())
                .hasMessageContaining("unrecognized_name");
    }

    @Test
    void aNameWithoutACertificateIsRefusedOverQuicToo() throws IOException {
        // The client would be content with the first certificate, which is not declared for this name.
        String tls = "unknownName: default, certificates: [{ "
                + servers.write("own.test", servers.server(false, "own.test", "one.test")) + ", names: [own.test] }]";
        TestGateway started = start("tls-alpn-01", tls);
        String http3 = yaml("tls-alpn-01", tls).replace("  secure:\n", "  secure:\n    protocols: [http/1.1, h3]\n");
        started.apply(http3);
        assertThatThrownBy(() -> Http3Client.connect(started.address("secure"), servers.identity(null), "one.test"))
                .isInstanceOf(UncheckedIOException.class);
        try (Http3Client client = Http3Client.connect(started.address("secure"), servers.identity(null),
                "own.test")) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        store("one.test", servers.server(false, "one.test"));
        started.apply(http3);
        try (Http3Client client = Http3Client.connect(started.address("secure"), servers.identity(null),
                "one.test")) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aListenerNeedsNoOtherCertificateAndAWildcardServesMeanwhile() throws IOException {
        TestGateway started = start("tls-alpn-01", "minVersion: \"1.3\"");
        assertThatThrownBy(() -> servers.connect(started.address("secure"), "one.test").close())
                .hasMessageContaining("unrecognized_name");
        assertThatThrownBy(() -> servers.connect(started.address("secure"), "other.test").close())
                .hasMessageContaining("unrecognized_name");

        started.apply(yaml("tls-alpn-01", "certificates: [{ " + servers.write("star", servers.server(false, "*.test"))
                + " }]"));
        try (RawClient client = servers.connect(started.address("secure"), "one.test")) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }
}
