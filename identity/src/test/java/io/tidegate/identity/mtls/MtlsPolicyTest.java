package io.tidegate.identity.mtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ClientCertificate;
import io.tidegate.api.ConfigException;
import io.tidegate.api.TlsClient;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.IdentityConfig;
import io.tidegate.config.IdentityConfig.CertificateIdentityConfig;
import io.tidegate.engine.consumer.DeclaredConsumers;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.mtls.MtlsConfig.By;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MtlsPolicyTest {

    private static final String HASH = "ab".repeat(32);
    private static final String SPIFFE = "spiffe://example.org/orders";
    private static final List<By> ALL = List.of(By.SHA256, By.URI, By.DNS, By.SUBJECT);

    private @Nullable PolicyTester opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private static ConsumerConfig consumer(CertificateIdentityConfig certificate) {
        return new ConsumerConfig(List.of(new IdentityConfig(null, certificate, null)), List.of(), null, List.of(),
                List.of(),
                Set.of("services"), null);
    }

    private static DeclaredConsumers consumers() {
        Map<String, ConsumerConfig> declared = new HashMap<>();
        declared.put("by-uri", consumer(new CertificateIdentityConfig(SPIFFE, null, null, null, null)));
        declared.put("by-dns", consumer(new CertificateIdentityConfig(null, "Orders.Internal", null, null, null)));
        declared.put("by-dns-2", consumer(new CertificateIdentityConfig(null, "payments.internal", null, null, null)));
        declared.put("by-subject", consumer(new CertificateIdentityConfig(null, null, "CN=orders,O=Shop", null, null)));
        declared.put("by-hash", consumer(new CertificateIdentityConfig(null, null, null, HASH, null)));
        return new DeclaredConsumers(declared);
    }

    private PolicyTester tester(MtlsConfig config) {
        opened = PolicyTester.at(InstantSource.system()).knowing(consumers()).then(new MtlsFactory(), config);
        return opened;
    }

    private static MtlsConfig config(List<By> by, Set<String> domains, List<String> allowed) {
        return new MtlsConfig(by, UnknownConsumer.REFUSE, domains, allowed, false, "X-Client", false);
    }

    private static ClientCertificate certificate(String subject, String sha256, List<String> dns, List<String> uris) {
        return new ClientCertificate(subject, "CN=Clients", "3e9", sha256, dns, uris);
    }

    private static TesterRequest get(PolicyTester tester, @Nullable ClientCertificate certificate) {
        return tester.get("/").tls(new TlsClient("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null, certificate));
    }

    private static String name(TesterResult result) {
        return Objects.requireNonNull(result.principal()).name();
    }

    @Test
    void theOrderOfNamesDecidesWhichConsumerItIs() {
        ClientCertificate all = certificate("CN=orders,O=Shop", HASH, List.of("ORDERS.internal"), List.of(SPIFFE));

        assertThat(name(get(tester(config(ALL, Set.of(), List.of())), all).send())).isEqualTo("by-hash");
        assertThat(name(get(tester(config(List.of(By.URI, By.SHA256), Set.of(), List.of())), all).send()))
                .isEqualTo("by-uri");
        assertThat(name(get(tester(config(List.of(By.DNS), Set.of(), List.of())), all).send()))
                .isEqualTo("by-dns");
        assertThat(name(get(tester(config(List.of(By.SUBJECT), Set.of(), List.of())), all).send()))
                .isEqualTo("by-subject");
    }

    @Test
    void whatTheCertificateSaysIsKnownToWhatFollows() {
        TesterResult result = get(tester(config(ALL, Set.of(), List.of())),
                certificate("CN=x", "00", List.of("a"), List.of(SPIFFE))).send();

        assertThat(result.principal()).satisfies(principal -> {
            assertThat(principal.method()).isEqualTo("mtls");
            assertThat(principal.subject()).isEqualTo(SPIFFE);
            assertThat(principal.issuer()).isEqualTo("CN=Clients");
            assertThat(principal.groups()).containsExactly("services");
            assertThat(principal.claims()).containsEntry("spiffeId", SPIFFE).containsEntry("subject", "CN=x")
                    .containsEntry("sha256", "00").containsEntry("serialNumber", "3e9")
                    .containsEntry("dnsNames", List.of("a"));
        });
        assertThat(result.sent().header("x-client")).isEqualTo(SPIFFE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CN=Clients,O=Shop     | shop
            CN=Clients,O=Partner  | anybody
            CN=clients,O=Shop     | anybody
            CN=Clients            | anybody
            ''                    | anybody""")
    void anIssuerThatIsNamedVouchesForItsOwnAndNoOtherDoes(String issuer, String consumer) {
        DeclaredConsumers declared = new DeclaredConsumers(Map.of(
                "shop", consumer(new CertificateIdentityConfig(SPIFFE, null, null, null, "CN=Clients, O=Shop")),
                "anybody", consumer(new CertificateIdentityConfig(SPIFFE, null, null, null, null)),
                "one", consumer(new CertificateIdentityConfig(null, "a.internal", null, null, "CN=Clients,O=Shop"))));
        PolicyTester tester = PolicyTester.at(InstantSource.system()).knowing(declared).then(new MtlsFactory(),
                config(ALL, Set.of(), List.of()));
        opened = tester;

        assertThat(name(get(tester, new ClientCertificate("CN=x", issuer, "1", "00", List.of(), List.of(SPIFFE)))
                .send())).isEqualTo(consumer);
        TesterResult host = get(tester, new ClientCertificate("CN=x", issuer, "1", "00", List.of("a.internal"),
                List.of())).send();
        assertThat(host.fault()).isEqualTo("shop".equals(consumer) ? null : AccessFaults.UNKNOWN_CONSUMER);
    }

    @Test
    void namesThatLeadToTwoConsumersLeadToNone() {
        ClientCertificate two = certificate("CN=x", "00", List.of("orders.internal", "payments.internal"), List.of());

        assertThat(get(tester(config(ALL, Set.of(), List.of())), two).send().fault())
                .isEqualTo(AccessFaults.UNKNOWN_CONSUMER);
    }

    @Test
    void aSpiffeIdBesideAnotherUriIsNone() {
        ClientCertificate two = certificate("CN=x", "00", List.of(), List.of(SPIFFE, "https://example.org"));

        assertThat(get(tester(config(ALL, Set.of(), List.of())), two).send().fault())
                .isEqualTo(AccessFaults.UNKNOWN_CONSUMER);
        assertThat(get(tester(config(ALL, Set.of("example.org"), List.of())), two).send().fault())
                .isEqualTo(AccessFaults.DENIED);
    }

    @ParameterizedTest
    @CsvSource({"spiffe://example.org/orders, true", "spiffe://example.org.evil/orders, false",
        "spiffe://evil/example.org, false", "https://example.org/orders, false", "spiffe://EXAMPLE.org/orders, false"})
    void trustDomainsAreComparedAsAWhole(String uri, boolean passes) {
        MtlsConfig config = new MtlsConfig(ALL, UnknownConsumer.ALLOW, Set.of("example.org"), List.of(), false, null,
                false);

        TesterResult result = get(tester(config), certificate("CN=x", "00", List.of(), List.of(uri))).send();

        assertThat(result.reachedUpstream()).isEqualTo(passes);
    }

    @ParameterizedTest
    @CsvSource({"spiffe://example.org/*, true", "spiffe://example.org/orders, true",
        "spiffe://example.org/order, false",
        "orders.internal, true", "'CN=orders,O=Shop', true", "'CN=orders', false", "'CN=*', true", "x.*, false"})
    void namesThatAreAllowedAreComparedAsAWholeUnlessTheyEndInAStar(String pattern, boolean passes) {
        TesterResult result = get(tester(config(ALL, Set.of(), List.of(pattern))),
                certificate("CN=orders,O=Shop", "00", List.of("orders.internal"), List.of(SPIFFE))).send();

        assertThat(result.reachedUpstream()).isEqualTo(passes);
        if (!passes) {
            assertThat(result.fault()).isEqualTo(AccessFaults.DENIED);
        }
    }

    @Test
    void withoutACertificateOrTlsNobodyIsFound() {
        PolicyTester tester = tester(config(ALL, Set.of(), List.of()));

        assertThat(tester.get("/").send().fault()).isEqualTo(AccessFaults.CERTIFICATE_MISSING);
        assertThat(get(tester, null).send().fault()).isEqualTo(AccessFaults.CERTIFICATE_MISSING);
    }

    @Test
    void behindATrustedProxyTheCertificateIsTheProxysAndCountsOnlyWhereThatIsMeant() {
        ClientCertificate certificate = certificate("CN=x", "00", List.of(), List.of(SPIFFE));
        MtlsConfig accepting = new MtlsConfig(ALL, UnknownConsumer.REFUSE, Set.of(), List.of(), true, null, false);

        assertThat(get(tester(config(ALL, Set.of(), List.of())), certificate).through("10.0.0.1").send().fault())
                .isEqualTo(AccessFaults.CERTIFICATE_MISSING);
        assertThat(name(get(tester(accepting), certificate).through("10.0.0.1").send()))
                .isEqualTo("by-uri");
    }

    @Test
    void aStrangerPassesWhereThatIsAllowedWithANameThatCanStandInAField() {
        MtlsConfig config = new MtlsConfig(ALL, UnknownConsumer.ALLOW, Set.of(), List.of(), false, "X-Client", true);

        TesterResult result = get(tester(config), certificate("CN=Zo\u00eb\r\n%", "00", List.of(), List.of())).send();

        assertThat(Objects.requireNonNull(result.principal()).consumer()).isNull();
        assertThat(result.sent().header("x-client")).isEqualTo("CN=Zo%C3%AB%0D%0A%25");
        assertThat(tester(config).get("/").send().principal()).isNull();
        assertThat(new MtlsFactory().ownHeaders(config)).containsExactly("X-Client");
    }

    @Test
    void whatCanNotBeMeantIsRefusedAtLoad() {
        assertThatThrownBy(() -> config(ALL, Set.of("spiffe://example.org"), List.of()))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> config(ALL, Set.of(), List.of("*"))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> config(ALL, Set.of(), List.of("a*b"))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> config(List.of(By.URI, By.URI), Set.of(), List.of()))
                .isInstanceOf(ConfigException.class);
    }
}
