package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests over TLS.
class TlsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#all")
    void carriesRequests(TestGateway.Setup setup) {
        Authority authority = new Authority(folder, "Servers");
        String certificate = authority.write("api", authority.server(false, "api.test"));
        try (TestUpstream upstream = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(setup, GatewayYaml.to(upstream)
                        .listener("tls: { certificates: [{ " + certificate + " }] }").text());
                RawClient client = authority.connect(gateway.address(), "api.test")) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: api.test\r\nContent-Length: 3\r\n\r\nabc").body())
                        .isEqualTo("hello");
            }
            assertThat(client.session().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(upstream.request(0).body()).isEqualTo("abc");
            assertThat(upstream.request(0).field("x-forwarded-proto")).isEqualTo("https");
            assertThat(upstream.request(0).field("forwarded")).isEqualTo("for=127.0.0.1;proto=https");
            assertThat(gateway.metric("tidegate_tls_handshakes_total", "version=\"TLSv1.3\"")).isEqualTo(1);
        }
    }
}
