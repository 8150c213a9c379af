package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GrpcMethods;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that a service of Envoy's interface decides on: a real server of gRPC, whose messages protobuf's own code
/// reads and writes.
class ExtAuthzTest extends AccessFixture {

    private static final String OK = "status { code: 0 }";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Server> servers = new ArrayList<>();

    @AfterEach
    void stopServers() {
        servers.forEach(Server::shutdownNow);
    }

    /// A server that answers so; null for never.
    private int server(int port, Function<String, byte @Nullable []> answer) {
        MethodDescriptor<byte[], byte[]> check = GrpcMethods.of(MethodDescriptor.MethodType.UNARY,
                "envoy.service.auth.v3.Authorization/Check");
        ServerCallHandler<byte[], byte[]> handler = (call, _) -> {
            call.request(2);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] message) {
                    String question = CheckMessages.request(message);
                    asked.add(question);
                    byte[] said = answer.apply(question);
                    if (said != null && said.length == 0) {
                        call.close(Status.INTERNAL.withDescription("broken"), new Metadata());
                    } else if (said != null) {
                        call.sendHeaders(new Metadata());
                        call.sendMessage(said);
                        call.close(Status.OK, new Metadata());
                    }
                }
            };
        };
        try {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                    .addService(ServerServiceDefinition.builder("envoy.service.auth.v3.Authorization")
                            .addMethod(check, handler).build())
                    .build().start();
            servers.add(server);
            return server.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String policy(int port, String more) {
        return "{ extAuthz: { url: \"http://127.0.0.1:" + port + "\", requestHeaders: [X-User]" + more + " } }";
    }

    private static final String PATIENT = ", http: { timeout: 20s, connectTimeout: 20s }";

    @Test
    void theServiceIsToldOfTheRequestAndMayChangeIt() {
        int port = server(0, _ -> CheckMessages.response(OK + " ok_response {"
                + " headers { header { key: 'X-User' value: 'ann' } append_action: 2 }"
                + " headers { header { key: 'X-User' raw_value: 'bob' } }"
                + " headers { header { key: 'X-Root' value: 'yes' } }"
                + " headers_to_remove: 'Authorization' headers_to_remove: 'Host' headers_to_remove: ':path' }"));
        start(policy(port, ", contextExtensions: { env: prod }" + PATIENT));
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange(request("/a/b?c=d", "Authorization: Bearer x\r\nX-User: root\r\n"
                    + "X-Forwarded-For: 6.6.6.6\r\nAccept: a\r\nAccept: b\r\nConnection: keep-alive\r\n"));
            assertThat(response.status()).as("%s", response).isEqualTo(200);
        }
        assertThat(asked.getFirst()).contains("address: \"127.0.0.1\"", "port_value: ", "method: \"GET\"",
                "path: \"/a/b?c=d\"", "host: \"shop\"", "scheme: \"http\"",
                "headers { key: \"accept\" value: \"a,b\" }", "headers { key: \"authorization\" value: \"Bearer x\" }",
                "context_extensions { key: \"env\" value: \"prod\" }")
                .doesNotContain("x-forwarded-for", "connection", "root");
        assertThat(service.request(0).fields().stream().filter(field -> field.name().equalsIgnoreCase("x-user"))
                .map(field -> field.value())).containsExactly("ann", "bob");
        assertThat(service.request(0).field("x-root")).isNull();
        assertThat(service.request(0).field("authorization")).isNull();
        assertThat(service.request(0).field("host")).isEqualTo("shop");
    }

    @Test
    void theServiceMayRefuseAsItLikes() {
        int port = server(0, question -> CheckMessages.response(question.contains("path: \"/login\"")
                ? "status { code: 16 } denied_response { status { code: 302 }"
                        + " headers { header { key: 'Location' value: '/in' } }"
                        + " headers { header { key: 'X-Secret' value: 's' } } body: 'go there' }"
                : question.contains("path: \"/401\"")
                        ? "status { code: 16 } denied_response { status { code: 401 }"
                                + " headers { header { key: 'WWW-Authenticate' value: 'Bearer' } } }"
                        : "status { code: 7 message: 'no' }"));
        start(policy(port, PATIENT));
        try (RawClient client = gateway.client()) {
            RawResponse login = client.exchange(request("/login", ""));
            assertThat(login.status()).isEqualTo(302);
            assertThat(login.field("location")).isEqualTo("/in");
            assertThat(login.field("x-secret")).isNull();
            assertThat(login.body()).isEqualTo("go there");
            RawResponse unknown = client.exchange(request("/401", ""));
            assertThat(unknown.status()).isEqualTo(401);
            assertThat(unknown.field("www-authenticate")).isEqualTo("Bearer");
            assertThat(client.exchange(request("/", "")).fault()).isEqualTo("access.denied");
        }
        assertThat(service.requestCount()).isZero();
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"denied\"")).isEqualTo(3);
    }

    private void assertUndecided() {
        RawResponse response = get();
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.fault()).isEqualTo("access.unavailable");
        assertThat(response.field("Retry-After")).isEqualTo("1");
        assertThat(service.requestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"status { code: 0 } denied_response { status { code: 403 } }",
        "status { code: 7 } ok_response { }", "status { code: 7 } denied_response { status { code: 200 } }",
        "status { code: 7 } denied_response { status { code: 99 } }",
        "status { code: 0 } ok_response { headers { header { key: 'X-User' value: 'a\\r\\nb' } } }",
        "status { code: 0 } ok_response { headers { header { key: 'a b' value: 'c' } } }"})
    void anAnswerThatSaysTwoThingsOrNoneDecidesNothing(String answer) {
        int port = server(0, _ -> CheckMessages.response(answer));

        start(policy(port, PATIENT));
        assertUndecided();
    }

    @Test
    void whatIsNoMessageAndTooLargeAMessageDecideNothing() {
        byte[][] said = {{(byte) 0xFF, 1, 2}};
        int port = server(0, _ -> said[0]);
        start(policy(port, ", http: { timeout: 20s, maxBody: 1KiB }"));
        assertUndecided();
        said[0] = CheckMessages.response("status { message: '" + "x".repeat(2000) + "' }");
        assertUndecided();
        said[0] = new byte[0];
        assertUndecided();
        said[0] = new byte[]{(byte) 0x1A, 0x7F, 1};
        assertUndecided();
        // What a service of health checks says: SERVING.
        said[0] = new byte[]{8, 1};
        assertUndecided();
    }

    @Test
    void aServiceThatIsSilentHoldsNoMoreThanItMayAndOneThatComesBackIsFound() {
        int port = server(0, _ -> null);
        start(policy(port, ", http: { timeout: 1s, maxCalls: 4 }"));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(gateway.client().send(request("/", "")));
        }
        for (RawClient client : clients) {
            RawResponse response = client.receive();
            assertThat(response.fault()).isEqualTo("access.unavailable");
            client.close();
        }
        assertThat(asked.size()).isBetween(1, 8);
        assertThat(service.requestCount()).isZero();
        servers.getFirst().shutdownNow();
        assertUndecided();

        server(port, _ -> CheckMessages.response(OK));

        Await.until("the service to be found", () -> get().status() == 200);
    }

    @Test
    void onlyWhereItIsAskedForByNameRequestsPassWithoutADecision() {
        int port = server(0, _ -> new byte[0]);
        start(policy(port, ", onFailure: allow" + PATIENT));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/", "X-User: root\r\n")).status()).isEqualTo(200);
        }
        assertThat(service.request(0).field("x-user")).isNull();
    }

    @Test
    void aBodyGoesAlongWhereThatIsDeclared() {
        int port = server(0, _ -> CheckMessages.response(OK));
        start(policy(port, ", includeBody: 16B, headers: [X-A]" + PATIENT));
        try (RawClient client = gateway.client()) {
            String head = "POST / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: ";
            assertThat(client.exchange(head + "4\r\n\r\nbody").status()).isEqualTo(200);
            assertThat(client.exchange(head + "17\r\n\r\n" + "x".repeat(17)).status()).isEqualTo(413);
        }
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst()).contains("size: 4", "body: \"body\"", "key: \"x-a\"").doesNotContain("x-b");
        assertThat(service.request(0).body()).isEqualTo("body");
    }

    @Test
    void whoOnlyObservesRefusesNobody() {
        int port = server(0, _ -> CheckMessages.response("status { code: 7 }"));
        start(policy(port, PATIENT).replace("{ ext", "{ mode: observe, ext"));

        assertThat(get().status()).isEqualTo(200);

        assertThat(asked).hasSize(1);
        assertThat(service.requestCount()).isEqualTo(1);
    }
}
