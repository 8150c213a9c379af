package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServedFixture;
import io.tidegate.tests.tls.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Consumers that show certificates.
@SuppressWarnings("NullAway.Init")
class MtlsTest extends ServedFixture {

    @TempDir
    private Path folder;

    private Authority servers;
    private Authority clients;

    @BeforeEach
    void start() {
        servers = new Authority(folder, "Servers");
        clients = new Authority(folder, "Clients");
        run(TestGateway.start(yaml(serve(TestUpstream.hello()), "")));
    }

    private String yaml(TestUpstream service, String listener) {
        return GatewayYaml.to(service)
                .listener("tls: { clientAuth: { ca: " + clients.ca("ca.pem") + ", mode: optional }, certificates: [{ "
                        + servers.write("one", servers.server(false, "one.test")) + " }] }" + listener)
                .route("policies: [{ mtls: { subjectHeader: X-Client } }]").with("""
                        consumers:
                          orders: { identities: [{ certificate: { uri: "spiffe://example.org/orders" } }] }
                        """).text();
    }

    private RawResponse get(@Nullable X509Bundle shown) {
        try (RawClient client = RawClient.secure(gateway().address(), servers.trust(shown), "one.test", _ -> {})) {
            return client.exchange("GET / HTTP/1.1\r\nHost: one.test\r\nX-Client: admin\r\n\r\n");
        }
    }

    @Test
    void aCertificateOfAConsumerLetsPassAndTheServiceIsToldWhoseItIs() {
        assertThat(get(clients.client("orders")).status()).isEqualTo(200);

        assertThat(upstream().request(0).field("x-client")).isEqualTo("spiffe://example.org/orders");
    }

    @Test
    void othersAndThoseWithoutACertificateDoNotReachTheService() {
        assertThat(get(clients.client("payments")).fault()).isEqualTo("auth.unknown_consumer");
        RawResponse missing = get(null);
        assertThat(missing.status()).isEqualTo(401);
        assertThat(missing.fault()).isEqualTo("certificate.missing");
        assertThat(missing.field("www-authenticate")).isEqualTo("ClientCertificate");

        assertThat(upstream().requestCount()).isZero();
    }

    @Test
    void anotherAuthorityOfTheListenerDoesNotVouchForANameWithAnIssuer() {
        Authority partners = new Authority(folder, "Partners");
        String both = read(clients.ca("ca.pem")) + read(partners.ca("partners.pem"));
        String yaml = yaml(upstream(), "").replace("spiffe://example.org/orders\" }",
                "spiffe://example.org/orders\", issuer: \"CN=Clients\" }");
        clients.replace("ca.pem", both);
        gateway().apply(yaml);

        assertThat(get(partners.client("orders")).fault()).isEqualTo("auth.unknown_consumer");
        assertThat(upstream().requestCount()).isZero();
        assertThat(get(clients.client("orders")).status()).isEqualTo(200);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theCertificateOfATrustedProxyIsNotThatOfItsClient() {
        gateway().apply(yaml(upstream(), ", trustedProxies: [127.0.0.0/8]"));

        assertThat(get(clients.client("orders")).fault()).isEqualTo("certificate.missing");
        assertThat(upstream().requestCount()).isZero();
    }
}
