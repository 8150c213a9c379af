package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawClient.Ending;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Requests that get no answer on purpose, with TLS and over HTTP/3.
@Tag("boringssl")
class InjectedResetsOverTlsTest extends Http3Fixture {

    private static final int INTERNAL_ERROR = 0x102;

    private void startBreaking() {
        startHttp3();
        gateway().apply(GatewayYaml.to(upstream)
                .listener("tls: { certificates: [" + certificate("api", "api.test") + "] }").listener(H3)
                .route("policies: [{ faultInjection: { abort: { reset: true } } }]").text());
    }

    @Test
    void byHttp3TheStreamIsResetAndTheOthersGoOn() {
        startBreaking();
        try (Http3Client client = http3()) {
            for (int i = 0; i < 20; i++) {
                Http2Response broken = client
                        .response(client.request("GET", "/", true, "x-inject-fault", "1"));
                assertThat(broken.reset()).isEqualTo(INTERNAL_ERROR);
                assertThat(broken.fields()).isEmpty();
                Http2Response call = client.response(client.request("POST", "/s/m", i % 2 == 0, "content-type",
                        "application/grpc", "te", "trailers", "x-inject-fault", "1"));
                assertThat(call.reset()).isEqualTo(INTERNAL_ERROR);
                assertThat(client.get("/").status()).isEqualTo(200);
            }
        }
        assertThat(upstream.requestCount()).isEqualTo(20);
    }

    @Test
    void aConnectionWithTlsEndsWithoutAWord() {
        startBreaking();
        try (RawClient client = client("api.test")) {
            assertThat(client.get("/").status()).isEqualTo(200);
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Inject-Fault: 1\r\n\r\n");
            assertThat(client.ending()).isIn(Ending.RESET, Ending.TRUNCATED);
        }
    }
}
