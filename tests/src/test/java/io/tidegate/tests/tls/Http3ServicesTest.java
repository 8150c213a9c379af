package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients of HTTP/3 in front of services of which more is asked than requests of HTTP/1.1: calls of gRPC, and the
/// PROXY protocol.
class Http3ServicesTest {

    private static final String MESSAGE = "\0\0\0\0\5hello";
    private static final int CANCELLED = 0x10c;

    @TempDir
    private Path folder = Path.of("");

    private final List<Request> calls = new CopyOnWriteArrayList<>();
    private Authority authority;
    private TestUpstream upstream;
    private @Nullable TestGateway gateway;

    @BeforeEach
    void startService() {
        authority = new Authority(folder, "Servers");
        upstream = TestUpstream.hello();
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
    }

    private TestGateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    private void start(String upstreamKeys, TestUpstream.Script script) {
        upstream.script(script);
        gateway = TestGateway.start(GatewayYaml.to(upstream)
                .listener("tls: { certificates: [{ "
                        + authority.write("api", authority.server(false, "api.test")) + " }] }")
                .listener("protocols: [http/1.1, h3]").upstream(upstreamKeys).text());
    }

    private Http3Client client() {
        return Http3Client.connect(gateway().address(), authority.identity(null), "api.test");
    }

    private static int call(Http3Client client, String... more) {
        String[] fields = new String[4 + more.length];
        System.arraycopy(new String[]{"content-type", "application/grpc+proto", "te", "trailers"}, 0, fields, 0, 4);
        System.arraycopy(more, 0, fields, 4, more.length);
        return client.request("POST", "/shop.Orders/Get", false, fields);
    }

    @Test
    void aCallGoesThroughWithItsMessagesAndTheFieldsBehindThem() {
        start("protocol: h2c", Http2Service.serving((service, request) -> {
            calls.add(request);
            service.headers(request.stream(), false, ":status", "200", "content-type", "application/grpc");
            service.data(request.stream(), MESSAGE, false);
            service.data(request.stream(), MESSAGE, false);
            service.headers(request.stream(), true, "grpc-status", "5", "grpc-message", "no such order", "x-cost", "3");
        }));
        try (Http3Client client = client()) {
            int stream = call(client);
            Http2Response response = client.data(stream, MESSAGE, false).data(stream, MESSAGE, true).response(stream);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(MESSAGE + MESSAGE);
            assertThat(response.trailers()).containsExactly(new RawField("grpc-status", "5"),
                    new RawField("grpc-message", "no such order"), new RawField("x-cost", "3"));
            assertThat(response.complete()).isTrue();
            assertThat(calls.getFirst().body()).isEqualTo(MESSAGE + MESSAGE);
            assertThat(calls.getFirst().field("te")).isEqualTo("trailers");
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "grpc_status=\"NOT_FOUND\"")).isEqualTo(1);
    }

    @Test
    void messagesGoBothWaysForAsLongAsACallLasts() {
        start("protocol: h2c", connection -> {
            Http2Service service = Http2Service.accept(connection);
            Request request = Objects.requireNonNull(service.head());
            for (int i = 1; i <= 3; i++) {
                assertThat(service.awaitBody(request.stream(), i * MESSAGE.length())).isTrue();
                if (i == 1) {
                    service.headers(request.stream(), false, ":status", "200", "content-type", "application/grpc");
                }
                service.data(request.stream(), MESSAGE, false);
            }
            service.headers(request.stream(), true, "grpc-status", "0");
            service.awaitEnd();
        });
        try (Http3Client client = client()) {
            int stream = call(client);
            for (int i = 1; i <= 3; i++) {
                int length = i * MESSAGE.length();
                client.data(stream, MESSAGE, false);
                Await.until("message " + i + " to come back",
                        () -> client.state(stream).body().length() == length);
            }
            Http2Response response = client.data(stream, "", true).response(stream);
            assertThat(response.trailers()).containsExactly(new RawField("grpc-status", "0"));
        }
    }

    @Test
    void aCallThatFailsHereIsAnsweredAsACall() {
        start("protocol: h2c", connection -> {});
        upstream.close();
        try (Http3Client client = client()) {
            int stream = call(client);
            Http2Response response = client.data(stream, MESSAGE, true).response(stream);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.field("grpc-status")).isEqualTo("14");
            assertThat(response.field("content-length")).isNull();
            assertThat(response.body()).isEmpty();
            assertThat(response.complete()).isTrue();
        }
    }

    @Test
    void aCallThatItsClientGivesUpIsGivenUpAtTheService() throws Exception {
        TestUpstream.Gate gone = new TestUpstream.Gate();
        start("protocol: h2c", connection -> {
            Http2Service service = Http2Service.accept(connection);
            Request request = Objects.requireNonNull(service.head());
            calls.add(request);
            service.awaitReset(request.stream());
            gone.open();
        });
        try (Http3Client client = client()) {
            int stream = call(client);
            client.data(stream, MESSAGE, false);
            Await.until("the call to come", () -> !calls.isEmpty());
            client.reset(stream, CANCELLED);
            gone.pass();
        }
        Await.until("the call to be counted", () -> gateway().metric("tidegate_grpc_calls_total",
                "grpc_status=\"CANCELLED\"") == 1);
    }

    @Test
    void aServiceIsToldOfEachClientAndServesItByConnectionsOfItsOwn() {
        start("proxyProtocol: v1", connection -> {
            StringBuilder line = new StringBuilder();
            while (line.indexOf("\r\n") < 0) {
                line.append((char) connection.input().read());
            }
            while (connection.request() != null) {
                connection.answer(line.toString().trim());
            }
        });
        String pattern = "PROXY TCP4 127.0.0.1 127.0.0.1 \\d+ "
                + ((InetSocketAddress) gateway().address()).getPort();
        try (Http3Client one = client(); Http3Client other = client()) {
            String first = one.get("/").body();
            String second = other.get("/").body();

            assertThat(first).matches(pattern);
            assertThat(second).matches(pattern).isNotEqualTo(first);
            assertThat(one.get("/").body()).isEqualTo(first);
            assertThat(upstream.connections()).isEqualTo(2);
        }
        Await.until("the connections to end with their clients", () -> upstream.open() == 0);
    }
}
