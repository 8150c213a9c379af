package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.RawClient;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which certificate is shown to whom.
class ServerNamesTest extends TlsFixture {

    private String shown(@Nullable String name) {
        try (RawClient client = RawClient.secure(gateway().address(), servers.trust(null), name, parameters -> {})) {
            return ((X509Certificate) client.session().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertRefused(@Nullable String name) {
        Assertions.assertThatThrownBy(() -> shown(name)).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("unrecognized_name");
    }

    @Test
    void anExactNameComesBeforeAWildcardAndAWildcardStandsForOneLabel() {
        start("certificates: [" + certificate("one", "one.test") + ", " + certificate("star", "*.test", "*.b.test")
                + ", " + certificate("two", "two.test") + "]");

        assertThat(shown("one.test")).isEqualTo("CN=one.test");
        assertThat(shown("two.test")).isEqualTo("CN=two.test");
        assertThat(shown("ONE.test")).isEqualTo("CN=one.test");
        assertThat(shown("other.test")).isEqualTo("CN=any.test");
        assertThat(shown("a.b.test")).isEqualTo("CN=any.test");
        assertRefused("a.c.test");
        assertRefused("a.one.test");
        assertRefused("other.example");
        assertFailed("unknown_name", 3);
    }

    @Test
    void anUnknownNameGetsTheFirstCertificateWhereThatIsAskedFor() {
        start("unknownName: default, certificates: [" + certificate("one", "one.test") + ", "
                + certificate("two", "two.test") + "]");

        assertThat(shown("two.test")).isEqualTo("CN=two.test");
        assertThat(shown("other.example")).isEqualTo("CN=one.test");
        assertThat(shown(null)).isEqualTo("CN=one.test");
    }

    @Test
    void whoAsksForNoNameGetsTheCertificateOfTheAddress() {
        start("certificates: [" + certificate("one", "one.test") + ", " + certificate("ip", "127.0.0.1") + "]");

        assertThat(shown(null)).isEqualTo("CN=127.0.0.1");
    }

    @Test
    void whoAsksForNoNameIsRefusedWhereNothingIsForTheAddress() {
        start("certificates: [" + certificate("one", "one.test") + "]");

        assertRefused(null);
    }

    @Test
    void ownNamesStandInPlaceOfThoseInTheCertificate() {
        start("certificates: [{ " + servers.write("one", servers.server(false, "one.test", "*.more.test"))
                + ", names: [a.more.test] }]");

        assertThat(shown("a.more.test")).isEqualTo("CN=one.test");
        assertRefused("one.test");
    }

    @Test
    void aClientGetsTheKindOfKeyThatItCanCheck() {
        X509Bundle elliptic = servers.server(false, "one.test");
        X509Bundle rsa = servers.server(true, "one.test");
        start("certificates: [{ " + servers.write("rsa", rsa) + " }, { " + servers.write("ec", elliptic) + " }]");

        assertThat(key(parameters -> {})).isEqualTo("EC");
        assertThat(key(parameters -> parameters.setProtocols(new String[]{"TLSv1.2"}))).isEqualTo("EC");
        assertThat(key(parameters -> {
            parameters.setProtocols(new String[]{"TLSv1.2"});
            parameters.setCipherSuites(new String[]{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
        })).isEqualTo("RSA");
    }

    private String key(java.util.function.Consumer<javax.net.ssl.SSLParameters> settings) {
        try (RawClient client = RawClient.secure(gateway().address(), servers.trust(null), "one.test", settings)) {
            assertThat(client.get("/").status()).isEqualTo(200);
            return client.session().getPeerCertificates()[0].getPublicKey().getAlgorithm();
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException(e);
        }
    }
}
