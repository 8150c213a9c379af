package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.tls.Authority;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Consumers that show certificates.
class MtlsTest extends CertificatesFixture {

    private static final String CLAIMED = "X-Client: admin\r\n";

    @BeforeEach
    void begin() {
        start(consumers());
    }

    private GatewayYaml consumers() {
        return secured("mtls: { subjectHeader: X-Client }").with("""
                consumers:
                  orders: { identities: [{ certificate: { uri: "spiffe://example.org/orders" } }] }
                """);
    }

    @Test
    void aCertificateOfAConsumerLetsPassAndTheServiceIsToldWhoseItIs() {
        assertThat(sendShowing(clients.client("orders"), CLAIMED).status()).isEqualTo(200);

        assertThat(service.request(0).field("x-client")).isEqualTo("spiffe://example.org/orders");
    }

    @Test
    void othersAndThoseWithoutACertificateDoNotReachTheService() {
        assertThat(sendShowing(clients.client("payments"), CLAIMED).fault()).isEqualTo("auth.unknown_consumer");
        RawResponse missing = sendShowing(null, CLAIMED);
        assertThat(missing.status()).isEqualTo(401);
        assertThat(missing.fault()).isEqualTo("certificate.missing");
        assertThat(missing.field("www-authenticate")).isEqualTo("ClientCertificate");

        assertThat(service.requestCount()).isZero();
    }

    @Test
    void anotherAuthorityOfTheListenerDoesNotVouchForANameWithAnIssuer() {
        Authority partners = new Authority(folder, "Partners");
        String both = read(clients.ca("ca.pem")) + read(partners.ca("partners.pem"));
        String yaml = consumers().text().replace("spiffe://example.org/orders\" }",
                "spiffe://example.org/orders\", issuer: \"CN=Clients\" }");
        clients.replace("ca.pem", both);
        gateway.apply(yaml);

        assertThat(sendShowing(partners.client("orders"), "").fault()).isEqualTo("auth.unknown_consumer");
        assertThat(service.requestCount()).isZero();
        assertThat(sendShowing(clients.client("orders"), "").status()).isEqualTo(200);
    }

    @Test
    void theCertificateOfATrustedProxyIsNotThatOfItsClient() {
        gateway.apply(consumers().listener("trustedProxies: [127.0.0.0/8]").text());

        assertThat(sendShowing(clients.client("orders"), CLAIMED).fault()).isEqualTo("certificate.missing");
        assertThat(service.requestCount()).isZero();
    }
}
