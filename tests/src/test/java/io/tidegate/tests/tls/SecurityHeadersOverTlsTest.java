package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What `securityHeaders` says of transport: over TLS alone (RFC 6797 §7.2). One gateway, one route, a listener with
/// TLS and one without.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class SecurityHeadersOverTlsTest {

    private static final String HSTS = "strict-transport-security";

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    @TempDir
    private Path folder = Path.of("");

    private Authority authority;
    private TestUpstream upstream;
    private TestGateway gateway;

    @BeforeEach
    void start() {
        authority = new Authority(folder, "Servers");
        upstream = TestUpstream.hello();
        gateway = TestGateway.start(setup, yaml("{}"));
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private String yaml(String options) {
        return """
                listeners:
                  plain: { address: "127.0.0.1:0" }
                  secure: { address: "127.0.0.1:0", tls: { certificates: [{ %s }] } }
                upstreams: { all: { endpoints: ["%s"] } }
                routes: { all: { upstream: all } }
                policies: [{ securityHeaders: %s }]
                telemetry: { accessLog: { to: none } }
                """.formatted(authority.write("api", authority.server(false, "api.test")), upstream.url(), options);
    }

    private RawResponse plain() {
        try (RawClient client = RawClient.connect(gateway.address("plain"))) {
            return client.get("/");
        }
    }

    private RawResponse secure() {
        try (RawClient client = authority.connect(gateway.address("secure"), "api.test")) {
            return client.get("/");
        }
    }

    @Test
    void transportIsSpokenOfOverTlsAlone() {
        assertThat(plain().field(HSTS)).isNull();
        assertThat(secure().field(HSTS)).isEqualTo("max-age=31536000");
        assertThat(plain().field("x-frame-options")).isEqualTo("DENY");
        assertThat(secure().field("x-frame-options")).isEqualTo("DENY");
        assertThat(secure().body()).isEqualTo("hello");
    }

    @Test
    void transportIsSpokenOfOverHttp2() {
        try (Http2Client client = Http2Client.secure(gateway.address("secure"), authority.trust(null), "api.test")
                .host("api.test")) {
            assertThat(client.get("/").field(HSTS)).isEqualTo("max-age=31536000");
        }
    }

    @Test
    void theGatewaySpeaksOfTransportInPlaceOfTheService() {
        upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=9\r\n"
                + "strict-transport-security: max-age=8\r\nContent-Length: 2\r\n\r\nok"));

        assertThat(plain().field(HSTS)).isNull();
        assertThat(secure().field(HSTS)).isEqualTo("max-age=31536000");

        gateway.apply(yaml("{ strictTransportSecurity: false }"));

        assertThat(secure().field(HSTS)).isEqualTo("max-age=9, max-age=8");
    }

    @Test
    void errorsSpeakOfTransportToo() {
        gateway.apply(yaml("""
                { strictTransportSecurity: { maxAge: 730d, includeSubDomains: true, preload: true } }"""));
        upstream.kill();

        assertThat(secure().status()).isEqualTo(502);
        assertThat(secure().field(HSTS)).isEqualTo("max-age=63072000; includeSubDomains; preload");
        assertThat(plain().field(HSTS)).isNull();
    }
}
