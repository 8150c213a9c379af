package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.H2Spec;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// HTTP/2 where it is agreed on in the handshake (RFC 9113 §3.2).
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class Http2OverTlsTest {

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    @TempDir
    private Path folder = Path.of("");

    private Authority authority;
    private String tls;
    private TestUpstream upstream;
    private TestGateway gateway;

    @BeforeEach
    void start() {
        authority = new Authority(folder, "Servers");
        tls = "tls: { certificates: [{ " + authority.write("api", authority.server(false, "api.test")) + " }] }";
        upstream = TestUpstream.echo();
        gateway = TestGateway.start(setup, GatewayYaml.to(upstream).listener(tls).text());
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private String agreed(String... protocols) {
        try (RawClient client = Authority.connect(gateway.address(), "api.test", authority.trust(null),
                parameters -> parameters.setApplicationProtocols(protocols))) {
            return client.protocol();
        }
    }

    @Test
    void carriesRequests() {
        String body = "0123456789abcdef".repeat(20_000);
        try (Http2Client client = Http2Client.secure(gateway.address(), authority.trust(null), "api.test")
                .host("api.test")) {
            int stream = client.request("POST", "/p", false);
            client.upload(stream, body);

            Http2Response response = client.response(stream);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(body);
            assertThat(upstream.request(0).field("x-forwarded-proto")).isEqualTo("https");
            assertThat(upstream.request(0).field("via")).isEqualTo("2 tidegate");
        }
    }

    @Test
    void isAgreedOnWhereBothSpeakIt() {
        assertThat(agreed("h2", "http/1.1")).isEqualTo("h2");
        assertThat(agreed("http/1.1", "h2")).isEqualTo("h2");
        assertThat(agreed("http/1.1")).isEqualTo("http/1.1");
        gateway.apply(GatewayYaml.to(upstream).listener(tls).listener("protocols: [http/1.1]").text());

        assertThat(agreed("h2", "http/1.1")).isEqualTo("http/1.1");
    }

    @Test
    void theSchemeIsThatOfTheConnection() {
        try (Http2Client client = Http2Client.secure(gateway.address(), authority.trust(null), "api.test")) {
            int stream = client.nextStream();
            client.headers(stream, true, ":method", "GET", ":scheme", "http", ":authority", "api.test", ":path", "/");

            assertThat(client.response(stream).reset()).isEqualTo(1);
        }
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void everyCaseOfH2specPasses() throws Exception {
        upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
        // It asks for the address, which is no name.
        gateway.apply(GatewayYaml.to(upstream).listener(tls.replace(" }] }", " }], unknownName: default }")).text());
        assertThat(H2Spec.run(folder, (InetSocketAddress) gateway.address(), "-t", "-k"))
                .contains("146 tests, 146 passed, 0 skipped, 0 failed");
    }
}
