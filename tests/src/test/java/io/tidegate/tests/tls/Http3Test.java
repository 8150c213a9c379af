package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests and responses that come by HTTP/3 and go on by HTTP/1.1.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class Http3Test {

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
        upstream = TestUpstream.echo();
        gateway = TestGateway.start(setup, GatewayYaml.to(upstream)
                .listener("tls: { certificates: [{ "
                        + authority.write("api", authority.server(false, "api.test")) + " }] }")
                .listener("protocols: [http/1.1, h2, h3]")
                .upstream("timeouts: { connect: 20s }").text());
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private Http3Client client() {
        return Http3Client.connect(gateway.address(), authority.identity(null), "api.test");
    }

    @Test
    void aRequestGoesOnAsTheSameRequestOfHttp11() {
        try (Http3Client client = client()) {
            Http2Response response = client.get("/p?q=1", "user-agent", "test", "x-a", "1");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.complete()).isTrue();
            RawRequest request = upstream.request(0);
            assertThat(request.line()).isEqualTo("GET /p?q=1 HTTP/1.1");
            assertThat(request.field("host")).isEqualTo("api.test");
            assertThat(request.field("x-a")).isEqualTo("1");
            assertThat(request.field("via")).isEqualTo("3 tidegate");
            assertThat(request.field("x-forwarded-proto")).isEqualTo("https");
            assertThat(request.field("transfer-encoding")).isNull();
        }
    }

    @Test
    void aBodyWithALengthGoesOnWithIt() {
        try (Http3Client client = client()) {
            int stream = client.request("POST", "/p", false, "content-length", "10");
            client.data(stream, "hello", false).data(stream, "world", true);

            assertThat(client.response(stream).body()).isEqualTo("helloworld");
            assertThat(upstream.request(0).field("content-length")).isEqualTo("10");
            assertThat(upstream.request(0).field("transfer-encoding")).isNull();
        }
    }

    @Test
    void aBodyWithoutALengthGoesOnInChunks() {
        try (Http3Client client = client()) {
            int stream = client.request("POST", "/p", false);
            client.data(stream, "hello", false).data(stream, "world", true);

            assertThat(client.response(stream).body()).isEqualTo("helloworld");
            assertThat(upstream.request(0).field("transfer-encoding")).isEqualTo("chunked");
        }
    }

    @Test
    void largeBodiesPassBothWays() {
        String body = "0123456789abcdef".repeat(100_000);
        try (Http3Client client = client()) {
            int stream = client.request("POST", "/p", false);
            client.upload(stream, body);

            Http2Response response = client.response(stream);

            assertThat(response.complete()).isTrue();
            assertThat(response.body()).isEqualTo(body);
        }
    }

    @Test
    void aHundredRequestsAreServedAtOnce() {
        try (Http3Client client = client()) {
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(client.request("POST", "/" + i, false));
            }
            for (int stream : all) {
                client.data(stream, "body " + stream, true);
            }
            for (int stream : all) {
                assertThat(client.response(stream).body()).isEqualTo("body " + stream);
            }
        }
    }
}
