package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.TestGateway;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sessions that clients go on with.
class SessionsTest extends TlsFixture {

    private boolean passes(SSLContext sessions, String version) {
        return passes(() -> Authority.connect(gateway().address(), "one.test", sessions,
                parameters -> parameters.setProtocols(new String[]{version})));
    }

    private double resumed(TestGateway of) {
        return of.metric("tidegate_tls_handshakes_total", "resumed=\"true\"");
    }

    private static String key(int fill) {
        byte[] key = new byte[48];
        java.util.Arrays.fill(key, (byte) fill);
        return Base64.getEncoder().encodeToString(key) + "\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void areResumedWithTheClientsCertificate(String version) {
        X509Bundle shown = clients.client("orders");
        start("forwardClientCertificate: true, clientAuth: { ca: " + clients.ca("ca.pem") + " }, certificates: ["
                + certificate("one", "one.test") + "]");
        SSLContext sessions = servers.trust(shown);

        assertThat(passes(sessions, version)).isTrue();
        assertThat(resumed(gateway())).isZero();
        assertThat(passes(sessions, version)).isTrue();

        assertThat(resumed(gateway())).isEqualTo(1);
        assertThat(upstream.request(1).field("x-forwarded-client-cert")).isNotNull()
                .isEqualTo(upstream.request(0).field("x-forwarded-client-cert"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    @Tag("boringssl")
    void outliveAReloadAndARenewedCertificate(String version) {
        String tls = "certificates: [" + certificate("one", "one.test") + "]";
        start(tls);
        SSLContext sessions = servers.trust(null);
        assertThat(passes(sessions, version)).isTrue();
        servers.write("one", servers.server(false, "one.test"));
        gateway().apply(yaml(tls));

        assertThat(passes(sessions, version)).isTrue();
        assertThat(resumed(gateway())).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    @Tag("boringssl")
    void areSharedByGatewaysWithTheSameKeysUntilAKeyIsGone(String version) {
        servers.replace("tickets.key", key(1));
        String tls = "tickets: { keys: " + folder.resolve("tickets.key") + " }, certificates: ["
                + certificate("one", "one.test") + "]";
        start(tls);
        SSLContext sessions = servers.trust(null);
        assertThat(passes(sessions, version)).isTrue();

        try (TestGateway second = TestGateway.start(yaml(tls))) {
            assertThat(passes(() -> Authority.connect(second.address(), "one.test", sessions,
                    parameters -> parameters.setProtocols(new String[]{version})))).isTrue();
            assertThat(resumed(second)).as("resumed at the second gateway").isEqualTo(1);
        }
        servers.replace("tickets.key", key(2) + key(1));
        gateway().apply(yaml(tls));
        assertThat(passes(sessions, version)).isTrue();
        assertThat(resumed(gateway())).as("with a key that decrypts only").isEqualTo(1);

        servers.replace("tickets.key", key(3));
        gateway().apply(yaml(tls));
        assertThat(passes(sessions, version)).isTrue();
        assertThat(resumed(gateway())).as("with a key that is gone").isEqualTo(1);
    }

    @Test
    void areNoneOfAnotherProcess() {
        String tls = "certificates: [" + certificate("one", "one.test") + "]";
        start(tls);
        SSLContext sessions = servers.trust(null);
        assertThat(passes(sessions, "TLSv1.3")).isTrue();

        try (TestGateway second = TestGateway.start(yaml(tls))) {
            assertThat(passes(() -> Authority.connect(second.address(), "one.test", sessions, p -> {}))).isTrue();
            assertThat(resumed(second)).isZero();
        }
    }
}
