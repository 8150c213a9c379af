package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What the page about `securityHeaders` says, over real sockets without TLS.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class SecurityHeadersTest extends ProxyTest {

    private static final String HSTS = "strict-transport-security";

    @Override
    GatewayYaml configuration() {
        return policies("{ securityHeaders: {} }");
    }

    private GatewayYaml policies(String policies) {
        return GatewayYaml.to(upstream).route("policies: [" + policies + "]");
    }

    private RawResponse ask(String fields) {
        try (RawClient client = gateway.client()) {
            return client.exchange("GET /p HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
        }
    }

    private static void assertMarked(RawResponse response) {
        assertThat(response.field("x-content-type-options")).isEqualTo("nosniff");
        assertThat(response.field("referrer-policy")).isEqualTo("strict-origin-when-cross-origin");
        assertThat(response.field("x-frame-options")).isEqualTo("DENY");
        assertThat(response.field("cross-origin-opener-policy")).isEqualTo("same-origin");
    }

    @Test
    void browsersAreToldToBeCarefulButNotOfTransport() {
        RawResponse response = ask("");

        assertMarked(response);
        assertThat(response.field(HSTS)).isNull();
        assertThat(response.body()).isEqualTo("hello");
    }

    @Test
    void http2TellsTheSame() {
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            Http2Response response = client.get("/p");

            assertThat(response.field("x-frame-options")).isEqualTo("DENY");
            assertThat(response.field(HSTS)).isNull();
            assertThat(response.body()).isEqualTo("hello");
        }
    }

    @Test
    void whatTheServiceSaysStaysAndWhatTellsOfItGoes() {
        answers("HTTP/1.1 200 OK\r\nServer: s/1\r\nX-Powered-By: p\r\nx-powered-by: q\r\nX-Frame-Options: SAMEORIGIN\r\n"
                + "Content-Security-Policy: a\r\nContent-Security-Policy: b\r\nStrict-Transport-Security: max-age=9\r\n"
                + "X-Content-Type-Options: sniff\r\nContent-Length: 2\r\n\r\nok");

        RawResponse response = ask("");

        assertThat(response.field("server")).isNull();
        assertThat(response.field("x-powered-by")).isNull();
        assertThat(response.field("x-frame-options")).isEqualTo("SAMEORIGIN");
        assertThat(response.field("content-security-policy")).isEqualTo("a, b");
        assertThat(response.field(HSTS)).as("in the clear").isNull();
        assertThat(response.field("x-content-type-options")).isEqualTo("nosniff");
        assertThat(response.body()).isEqualTo("ok");
    }

    @Test
    void whatTheServiceSaysIsReplacedWhereThatIsAskedFor() {
        gateway.apply(policies("""
                { securityHeaders: { contentSecurityPolicy: "default-src 'self'", remove: [], override: true } }""")
                .text());
        answers("HTTP/1.1 200 OK\r\nServer: s/1\r\nX-Frame-Options: SAMEORIGIN\r\nContent-Security-Policy: a\r\n"
                + "Content-Security-Policy: b\r\nContent-Length: 2\r\n\r\nok");

        RawResponse response = ask("");

        assertThat(response.field("server")).isEqualTo("s/1");
        assertThat(response.field("x-frame-options")).isEqualTo("DENY");
        assertThat(response.field("content-security-policy")).isEqualTo("default-src 'self'");
    }

    @Test
    void answersOfTheGatewaysOwnAreMarkedToo() {
        gateway.apply(policies("""
                { securityHeaders: {} }, { redirect: { to: /elsewhere }, when: "'x-move' in request.headers" }""")
                .text());
        RawResponse moved = ask("X-Move: 1\r\n");
        upstream.kill();
        RawResponse failed = ask("");

        assertThat(moved.status()).isEqualTo(307);
        assertMarked(moved);
        assertThat(failed.status()).isEqualTo(502);
        assertMarked(failed);
    }

    @Test
    void transportIsSpokenOfWhereATrustedProxySaysHttps() {
        gateway.apply(configuration().listener("trustedProxies: [127.0.0.1/32]").text());

        assertThat(ask("X-Forwarded-Proto: https\r\n").field(HSTS)).isEqualTo("max-age=31536000");
        assertThat(ask("X-Forwarded-Proto: http\r\n").field(HSTS)).isNull();
        assertThat(ask("").field(HSTS)).isNull();

        gateway.apply(configuration().text());

        assertThat(ask("X-Forwarded-Proto: https\r\n").field(HSTS)).as("of a stranger").isNull();
    }

    @Test
    void observingChangesNothingAndCounts() {
        gateway.apply(policies("{ securityHeaders: {}, mode: observe }").text());

        assertThat(ask("").field("x-frame-options")).isNull();
        assertThat(gateway.metric("tidegate_policy_observed_total", "policy=\"routes.all.policies[0]\"")).isEqualTo(1);
    }
}
