package io.tidegate.tests.grpcweb;

import static io.tidegate.tests.grpcweb.WebCall.base64;
import static io.tidegate.tests.grpcweb.WebCall.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.grpcweb.WebCall.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What the page about `grpcWeb` says, between clients as browsers are and a service of grpc-java.
class GrpcWebTest {

    private static final String SAY = "/test.Echo/Say";
    private static final String SPELL = "/test.Echo/Spell";
    private static final String BINARY = "application/grpc-web+proto";
    private static final String TEXT = "application/grpc-web-text";

    private final EchoServer service = EchoServer.start();
    private final TestGateway gateway = TestGateway.start(configuration(service.url()));

    private static String configuration(String url) {
        return GatewayYaml.to(url).upstream("protocol: h2c")
                .route("policies: [{ cors: { origins: [\"https://app.example.com\"] } }, { grpcWeb: {} }]").text();
    }

    @AfterEach
    void stop() {
        gateway.close();
        service.close();
    }

    private Answer say(WebCall by, String type, String message) {
        return by.send(gateway, SAY, type, type.startsWith(TEXT) ? base64(frame(message)) : frame(message),
                "origin", "https://app.example.com", "x-grpc-web", "1", "x-user-agent", "grpc-web-javascript/0.1");
    }

    @ParameterizedTest
    @CsvSource({"HTTP1, application/grpc-web+proto", "HTTP1, application/grpc-web-text",
        "HTTP2, application/grpc-web+proto", "HTTP2, application/grpc-web-text"})
    void aMessageComesBackWithItsStatus(WebCall by, String type) {
        Answer answer = say(by, type, "hello");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.type()).startsWith(type);
        assertThat(answer.origin()).isEqualTo("https://app.example.com");
        assertThat(answer.complete()).isTrue();
        assertThat(answer.frames()).hasSize(2).first().isEqualTo("0:hello");
        assertThat(answer.frames().getLast()).startsWith("128:").contains("grpc-status:0\r\n", "x-cost:3\r\n");
        assertThat(service.field("x-grpc-web")).isNull();
        assertThat(service.field("user-agent")).isEqualTo("grpc-web-javascript/0.1");
    }

    @ParameterizedTest
    @EnumSource
    void anErrorInPlaceOfAMessageIsTold(WebCall by) {
        Answer answer = say(by, BINARY, "fail");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.type()).isEqualTo(BINARY);
        assertThat(answer.frames()).singleElement().asString()
                .contains("grpc-status:5\r\n", "grpc-message:no such thing: %C3%BC\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void anErrorBehindAMessageIsTold(WebCall by) {
        Answer answer = say(by, TEXT, "late");

        assertThat(answer.frames()).hasSize(2).first().isEqualTo("0:late");
        assertThat(answer.frames().getLast()).contains("grpc-status:8\r\n", "grpc-message:enough\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void aMethodThatIsNotThereIsTold(WebCall by) {
        assertThat(by.send(gateway, "/test.Echo/Sing", BINARY, frame("x")).frames()).singleElement().asString()
                .contains("grpc-status:12\r\n");
    }

    @ParameterizedTest
    @CsvSource({"HTTP1, application/grpc-web+proto", "HTTP2, application/grpc-web-text"})
    void aLargeMessagePassesWhole(WebCall by, String type) {
        String large = "0123456789".repeat(50_000);

        assertThat(say(by, type, large).frames().getFirst()).isEqualTo("0:" + large);
    }

    @Test
    void aStreamFlowsMessageByMessageOverHttp1() throws IOException {
        String body = frame("abc");
        try (RawClient client = gateway.client()) {
            client.send("POST " + SPELL + " HTTP/1.1\r\nHost: a\r\nContent-Type: " + BINARY + "\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body);
            StringBuilder seen = new StringBuilder();
            byte[] buffer = new byte[4096];
            for (String letter : new String[]{"a", "b", "c"}) {
                service.permit(1);
                // The next one is not let go before this one has come all the way.
                while (!seen.toString().contains(frame(letter))) {
                    int count = client.input().read(buffer);
                    assertThat(count).isPositive();
                    seen.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                }
            }
            while (!seen.toString().endsWith("\r\n0\r\n\r\n")) {
                int count = client.input().read(buffer);
                assertThat(count).isPositive();
                seen.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
            }
            assertThat(seen.toString()).contains("grpc-status:0\r\n");
        }
    }

    @Test
    void aStreamFlowsMessageByMessageOverHttp2AsText() {
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int stream = client.request("POST", SPELL, false, "content-type", TEXT);
            client.data(stream, base64(frame("ab")), true);
            for (String letter : new String[]{"a", "b"}) {
                service.permit(1);
                while (!client.state(stream).body().contains(base64(frame(letter)))) {
                    assertThat(client.await(Http2Client.DATA, 0)).isNotNull();
                }
            }
            assertThat(new String(WebCall.decoded(client.response(stream).body()), StandardCharsets.ISO_8859_1))
                    .contains("grpc-status:0\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP1, application/grpc-web-text, not base64!", "HTTP2, application/grpc-web-text, AAAA=",
        "HTTP1, application/grpc-web-text, AAAAAAE", "HTTP2, application/grpc-web-text, AAAAAAX",
        "HTTP1, application/grpc-web, text", "HTTP2, application/grpc-web, oops"})
    void aBodyThatIsNoneOfACallIsRefusedInTheWayOfCalls(WebCall by, String type, String body) {
        Answer answer = by.send(gateway, SAY, type, body, "origin", "https://app.example.com");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.type()).isEqualTo(type);
        assertThat(answer.origin()).isEqualTo("https://app.example.com");
        assertThat(answer.frames()).singleElement().asString().startsWith("128:").contains("grpc-status:3\r\n");
        assertThat(say(by, BINARY, "still there").frames().getFirst()).isEqualTo("0:still there");
    }

    @ParameterizedTest
    @EnumSource
    void aLengthBeyondTheLimitIsRefusedBeforeTheMessageComes(WebCall by) {
        Answer answer = by.send(gateway, SAY, BINARY, "\0\u007F\u00FF\u00FF\u00FFabc");

        assertThat(answer.frames()).singleElement().asString().contains("grpc-status:8\r\n");
        assertThat(gateway.metric("tidegate_faults_total", "code=\"grpc.message_too_large\"")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aFrameThatIsCutOffIsRefused(WebCall by) {
        assertThat(by.send(gateway, SAY, BINARY, frame("hello").substring(0, 8)).frames()).singleElement().asString()
                .contains("grpc-status:3\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void aServiceThatIsGoneIsToldInTheWayOfCalls(WebCall by) {
        service.close();
        Await.until("the service to be gone", () -> say(by, BINARY, "x").frames().getLast()
                .contains("grpc-status:14\r\n"));
    }

    @Test
    void aCallOfGrpcItselfPassesUntouched() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(gateway.address()).usePlaintext().build();
        try {
            assertThat(ClientCalls.blockingUnaryCall(channel, EchoServer.method(MethodType.UNARY, "Say"),
                    CallOptions.DEFAULT, "plain")).isEqualTo("plain");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aPreflightIsAnsweredByCors() {
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("OPTIONS " + SAY + " HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com\r\n"
                    + "Access-Control-Request-Method: POST\r\n\r\n").status()).isEqualTo(204);
        }
    }
}
