package io.tidegate.policies.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcWebPolicyTest {

    private static final String PATH = "/test.Echo/Say";

    private final PolicyTester tester = PolicyTester.of(new GrpcWebFactory(),
            new GrpcWebConfig(ByteSize.parse("1KiB")));

    private static byte[] frame(int flags, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + bytes.length).put((byte) flags).putInt(bytes.length).put(bytes).array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] base64(byte[] bytes) {
        return Base64.getEncoder().encode(bytes);
    }

    /// Decodes texts that stand one behind the other, as a browser has to.
    private static byte[] decoded(byte[] text) {
        ByteBuffer bytes = new Base64Stream().decode(ByteBuffer.wrap(text));
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private TesterRequest call(String type, byte[] body) {
        return tester.post(PATH).header("content-type", type).body(body);
    }

    private static Reply grpc(byte[] body) {
        return Reply.of(200).withBody("application/grpc+proto", body);
    }

    @Test
    void aBinaryCallBecomesOneOfGrpc() {
        byte[] body = frame(0, "hello");

        TesterResult.Sent sent = call("application/grpc-web+proto", body).header("x-grpc-web", "1")
                .header("x-user-agent", "grpc-web-javascript/0.1").header("user-agent", "Browser/1")
                .header("accept", "application/grpc-web+proto").send().sent();

        assertThat(sent.header("content-type")).isEqualTo("application/grpc+proto");
        assertThat(sent.header("user-agent")).isEqualTo("grpc-web-javascript/0.1");
        assertThat(sent.header("x-grpc-web")).isNull();
        assertThat(sent.header("x-user-agent")).isNull();
        assertThat(sent.header("accept")).isNull();
        assertThat(sent.acceptsTrailers()).isTrue();
        assertThat(sent.body()).isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({"application/grpc-web, application/grpc", "application/grpc-web+json, application/grpc+json",
        "Application/GRPC-Web-Text+proto; charset=x, application/grpc+proto"})
    void theFormatOfTheMessagesIsKept(String web, String grpc) {
        assertThat(call(web, new byte[0]).send().sent().header("content-type")).isEqualTo(grpc);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc+proto", "application/json", "application/grpc-webby",
        "application/grpc-web-textual", "text/plain"})
    void anythingElsePassesUntouched(String type) {
        TesterResult result = tester.post(PATH).header("content-type", type).body("%%%")
                .upstream(grpc(frame(0, "x"))).upstreamTrailer("grpc-status", "0").send();

        assertThat(result.sent().header("content-type")).isEqualTo(type);
        assertThat(result.sent().text()).isEqualTo("%%%");
        assertThat(result.sent().acceptsTrailers()).isFalse();
        assertThat(result.header("content-type")).isEqualTo("application/grpc+proto");
        assertThat(result.trailers()).hasSize(1);
    }

    @Test
    void onlyAPostIsACall() {
        assertThat(tester.get(PATH).header("content-type", "application/grpc-web").send().sent().acceptsTrailers())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 1000})
    void textIsDecodedHoweverItIsCut(int pieces) {
        byte[] first = frame(0, "a");
        byte[] second = frame(0, "four");
        byte[] third = frame(1, "sixsix");

        TesterResult.Sent sent = call("application/grpc-web-text",
                join(base64(first), base64(second), base64(third))).chunksOf(pieces).send().sent();

        assertThat(sent.body()).isEqualTo(join(first, second, third));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAAA", "AAAAAAE", "====", "A===", "AAAAA=A=", "AAAA AAB", "AAAAAAEx\r\n", "AAAAAA-_"})
    void textThatIsNoBase64OrEndsTooEarlyIsRefused(String text) {
        TesterResult result = call("application/grpc-web-text", text.getBytes(StandardCharsets.ISO_8859_1)).send();

        assertThat(result.fault()).isIn(Fault.GRPC_WEB_TEXT, Fault.GRPC_FRAME);
        assertThat(result.status()).isEqualTo(200);
        assertThat(decoded(result.body())[0]).isEqualTo((byte) 0x80);
        assertThat(new String(decoded(result.body()), StandardCharsets.ISO_8859_1)).contains("grpc-status:3\r\n");
    }

    @Test
    void aBodyThatIsNoMessageIsRefused() {
        byte[][] bodies = {{0}, {0, 0, 0, 0}, {0, 0, 0, 0, 2, 'a'}, frame(0x80, "grpc-status:0\r\n"), frame(2, "x"),
            join(frame(0, "whole"), new byte[]{0, 0})};
        for (byte[] body : bodies) {
            assertThat(call("application/grpc-web", body).send().fault()).isEqualTo(Fault.GRPC_FRAME);
        }
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedByItsLengthAlone() {
        assertThat(call("application/grpc-web", frame(0, "x".repeat(1024))).send().fault()).isNull();
        assertThat(call("application/grpc-web", new byte[]{0, 0, 0, 4, 1}).send().fault())
                .isEqualTo(Fault.GRPC_MESSAGE_TOO_LARGE);
        assertThat(call("application/grpc-web", new byte[]{0, -1, -1, -1, -1}).send().fault())
                .isEqualTo(Fault.GRPC_MESSAGE_TOO_LARGE);
    }

    @Test
    void trailersBecomeTheLastFrame() {
        byte[] message = frame(0, "reply");

        TesterResult result = call("application/grpc-web+proto", frame(0, "x")).upstream(grpc(message))
                .upstreamTrailer("grpc-status", "0").upstreamTrailer("X-Cost", "3").send();

        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("content-type")).isEqualTo("application/grpc-web+proto");
        assertThat(result.body()).isEqualTo(join(message, frame(0x80, "grpc-status:0\r\nx-cost:3\r\n")));
        assertThat(result.trailers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 100})
    void textIsEncodedPieceByPiece(int pieces) {
        byte[] messages = join(frame(0, "one"), frame(0, "two"));

        TesterResult result = call("application/grpc-web-text", base64(frame(0, "x"))).chunksOf(pieces)
                .upstream(grpc(messages)).upstreamTrailer("grpc-status", "0").send();

        assertThat(result.header("content-type")).isEqualTo("application/grpc-web-text+proto");
        assertThat(decoded(result.body())).isEqualTo(join(messages, frame(0x80, "grpc-status:0\r\n")));
    }

    @Test
    void acceptDecidesWhetherTheAnswerIsText() {
        TesterResult text = call("application/grpc-web", frame(0, "x")).header("accept", "application/grpc-web-text")
                .upstream(grpc(frame(0, "y"))).upstreamTrailer("grpc-status", "0").send();
        TesterResult binary = call("application/grpc-web-text", base64(frame(0, "x")))
                .header("accept", "application/grpc-web+proto").upstream(grpc(frame(0, "y")))
                .upstreamTrailer("grpc-status", "0").send();

        assertThat(text.header("content-type")).isEqualTo("application/grpc-web-text+proto");
        assertThat(binary.header("content-type")).isEqualTo("application/grpc-web+proto");
        assertThat(binary.body()).startsWith(frame(0, "y"));
    }

    @Test
    void aCallThatEndsWithItsHeadGetsItsFrameToo() {
        TesterResult result = call("application/grpc-web", frame(0, "x"))
                .upstream(Reply.of(200).withHeader("content-type", "application/grpc").withHeader("grpc-status", "5")
                        .withHeader("grpc-message", "no such book").withHeader("x-more", "kept"))
                .send();

        assertThat(result.body()).isEqualTo(frame(0x80, "grpc-status:5\r\ngrpc-message:no such book\r\n"));
        assertThat(result.header("grpc-status")).isNull();
        assertThat(result.header("x-more")).isEqualTo("kept");
    }

    @Test
    void aServiceThatSendsNoStatusIsReported() {
        TesterResult result = call("application/grpc-web", frame(0, "x")).upstream(grpc(frame(0, "y"))).send();

        assertThat(new String(result.body(), StandardCharsets.ISO_8859_1)).contains("grpc-status:2\r\ngrpc-message:");
    }

    @ParameterizedTest
    @CsvSource({"400, 13", "401, 16", "403, 7", "404, 12", "429, 14", "500, 2", "503, 14", "200, 2"})
    void whatSpeaksNoGrpcIsTold(int status, int expected) {
        TesterResult result = call("application/grpc-web", frame(0, "x"))
                .upstream(Reply.of(status).withHeader("content-encoding", "gzip").withBody("text/html", "<h1>No</h1>"))
                .send();

        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("content-type")).isEqualTo("application/grpc-web");
        assertThat(result.header("content-encoding")).isNull();
        assertThat(new String(result.body(), StandardCharsets.ISO_8859_1)).startsWith("\u0080")
                .contains("grpc-status:" + expected + "\r\n").doesNotContain("<h1>");
    }

    @ParameterizedTest
    @CsvSource({"400, 3", "401, 16", "403, 7", "413, 8", "429, 14", "500, 13", "503, 14", "504, 4"})
    void anAnswerOfTheGatewayIsTold(int status, int expected) {
        Fault fault = new Fault("test.fault", status, "Not now", Fault.Party.CLIENT);
        TesterResult result = PolicyTester.of(new GrpcWebFactory(), new GrpcWebConfig(ByteSize.UNLIMITED))
                .then(new Policy() {
                    @Override
                    public Decision onRequest(Exchange exchange) {
                        return Decision.fail(fault);
                    }
                }).post(PATH).header("content-type", "application/grpc-web-text").body(base64(frame(0, "x"))).send();

        assertThat(result.reachedUpstream()).isFalse();
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("content-type")).isEqualTo("application/grpc-web-text");
        assertThat(new String(decoded(result.body()), StandardCharsets.ISO_8859_1))
                .contains("grpc-status:" + expected + "\r\n");
    }

    @Test
    void everyStatusIsReadAsItIsWritten() {
        for (GrpcStatus status : GrpcStatus.values()) {
            assertThat(GrpcStatus.parse(Integer.toString(status.code()))).isEqualTo(status);
        }
        assertThat(GrpcStatus.parse("17")).isEqualTo(GrpcStatus.UNKNOWN);
        assertThat(GrpcStatus.parse("-1")).isEqualTo(GrpcStatus.UNKNOWN);
        assertThat(GrpcStatus.parse(null)).isEqualTo(GrpcStatus.UNKNOWN);
        assertThat(GrpcStatus.decoded(GrpcStatus.encoded("100 % ünfair\n"))).isEqualTo("100 % ünfair\n");
        assertThat(GrpcStatus.encoded("ü%\n")).isEqualTo("%C3%BC%25%0A");
        assertThat(GrpcStatus.decoded("50% of %zz")).isEqualTo("50% of %zz");
    }
}
