package io.tidegate.policies.grpcjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Reply;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseMappingTest {

    private final PolicyTester tester = Fixture.tester();

    private static TesterResult ok(TesterRequest request, String... messages) {
        return request.upstream(Fixture.messages(messages)).upstreamTrailer("grpc-status", "0").send();
    }

    @Test
    void aMessageIsTheBody() {
        TesterResult result = tester.get("/query")
                .upstream(Fixture.messages("{\"text\":\"ü\",\"i64\":\"5\",\"snakeCase\":\"s\"}")
                        .withHeader("grpc-accept-encoding", "gzip").withHeader("x-more", "kept"))
                .upstreamTrailer("grpc-status", "0").upstreamTrailer("x-cost", "1").send();

        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("content-type")).isEqualTo("application/json");
        assertThat(result.header("grpc-accept-encoding")).isNull();
        assertThat(result.header("x-more")).isEqualTo("kept");
        assertThat(result.text()).isEqualTo("{\"text\":\"ü\",\"i64\":\"5\",\"snakeCase\":\"s\"}");
        assertThat(result.trailers()).isEmpty();
    }

    @Test
    void aFieldIsTheBodyWhereTheAnnotationSaysSo() {
        assertThat(ok(tester.get("/files/literal"), "{\"inner\":{\"id\":\"x\"},\"i32\":1}").text())
                .isEqualTo("{\"id\":\"x\"}");
        assertThat(ok(tester.get("/files/literal"), "{}").text()).isEqualTo("{}");
        assertThat(ok(tester.get("/things/1"), "{\"texts\":[\"a\"]}").text()).isEqualTo("[\"a\"]");
        assertThat(ok(tester.get("/things/1"), "{}").text()).isEqualTo("[]");
    }

    @Test
    void namesAndDefaultsAreAsAskedFor() {
        PolicyTester named = PolicyTester.of(new GrpcJsonFactory(), Fixture.config(false, false, true, false));
        PolicyTester full = PolicyTester.of(new GrpcJsonFactory(), Fixture.config(false, false, false, true));

        assertThat(ok(named.get("/query"), "{\"snakeCase\":\"s\"}").text()).isEqualTo("{\"snake_case\":\"s\"}");
        assertThat(ok(full.get("/query"), "{}").text()).contains("\"text\":\"\"", "\"i64\":\"0\"", "\"texts\":[]",
                "\"snakeCase\":\"\"");
    }

    @ParameterizedTest
    @EnumSource(value = GrpcStatus.class, names = "OK", mode = EnumSource.Mode.EXCLUDE)
    void aStatusBehindTheBodyDecidesTheStatusOfHttp(GrpcStatus status) {
        TesterResult result = tester.get("/query")
                .upstream(Reply.of(200).withHeader("content-type", "application/grpc"))
                .upstreamStreams().upstreamTrailer("grpc-status", Integer.toString(status.code()))
                .upstreamTrailer("grpc-message", "not %C3%BC %22now%22").send();

        assertThat(result.status()).isEqualTo(status.http());
        assertThat(result.header("content-type")).isEqualTo("application/json");
        assertThat(result.text()).isEqualTo(
                "{\"code\":" + status.code() + ",\"message\":\"not ü \\\"now\\\"\",\"details\":[]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/query", "/stream"})
    void aStatusInTheHeadDecidesItToo(String path) {
        TesterResult result = tester.get(path).upstream(Reply.of(200).withHeader("content-type", "application/grpc")
                .withHeader("grpc-status", "5").withHeader("grpc-message", "gone")).send();

        assertThat(result.status()).isEqualTo(404);
        assertThat(result.header("content-type")).isEqualTo("application/json");
        assertThat(result.header("grpc-status")).isNull();
        assertThat(result.header("grpc-message")).isNull();
        assertThat(result.text()).isEqualTo("{\"code\":5,\"message\":\"gone\",\"details\":[]}");
    }

    @Test
    void detailsAreShownWhereTheirTypeIsDeclared() {
        ByteString inner = UnknownFieldSet.newBuilder()
                .addField(1,
                        UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8("x")).build())
                .build().toByteString();
        String details = details("type.googleapis.com/test.Inner", inner)
                + details("type.googleapis.com/test.Secret", inner);
        UnknownFieldSet.Builder status = UnknownFieldSet.newBuilder();
        for (String each : details.split(";", -1)) {
            if (!each.isEmpty()) {
                status.mergeField(3, UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFrom(Base64.getDecoder().decode(each))).build());
            }
        }

        TesterResult result = failing(Base64.getEncoder().withoutPadding()
                .encodeToString(status.build().toByteArray()));
        TesterResult broken = failing("AAAA");

        assertThat(result.text()).isEqualTo("{\"code\":9,\"message\":\"\",\"details\":"
                + "[{\"@type\":\"type.googleapis.com/test.Inner\",\"id\":\"x\"}]}");
        assertThat(broken.text()).isEqualTo("{\"code\":9,\"message\":\"\",\"details\":[]}");
    }

    private TesterResult failing(String details) {
        return tester.get("/query").upstream(Reply.of(200).withHeader("content-type", "application/grpc")
                .withHeader("grpc-status", "9").withHeader("grpc-status-details-bin", details)).send();
    }

    private static String details(String url, ByteString value) {
        return Base64.getEncoder().encodeToString(UnknownFieldSet.newBuilder()
                .addField(1,
                        UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(url)).build())
                .addField(2, UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build()).build()
                .toByteArray()) + ";";
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 6, 1000})
    void aStreamIsAnArrayHoweverItIsCut(int pieces) {
        TesterResult result = ok(tester.get("/stream").chunksOf(pieces), "{\"i32\":1}", "{}", "{\"text\":\"x\"}");

        assertThat(result.header("content-type")).isEqualTo("application/json");
        assertThat(result.text()).isEqualTo("[{\"i32\":1},{},{\"text\":\"x\"}]");
    }

    @Test
    void aStreamIsLinesForThoseWhoAcceptThem() {
        TesterResult result = ok(tester.get("/stream").header("accept", "application/x-ndjson, */*"), "{\"i32\":1}",
                "{\"i32\":2}");

        assertThat(result.header("content-type")).isEqualTo("application/x-ndjson");
        assertThat(result.text()).isEqualTo("{\"i32\":1}\n{\"i32\":2}\n");
    }

    @Test
    void aStreamWithoutMessagesIsAnEmptyArray() {
        assertThat(tester.get("/stream").upstream(Reply.of(200).withHeader("content-type", "application/grpc"))
                .upstreamStreams().upstreamTrailer("grpc-status", "0").send().text()).isEqualTo("[]");
    }

    @Test
    void aStreamThatFailsSaysSoInItsLastElement() {
        TesterResult array = tester.get("/stream").upstream(Fixture.messages("{\"i32\":1}"))
                .upstreamTrailer("grpc-status", "8").upstreamTrailer("grpc-message", "enough").send();
        TesterResult lines = tester.get("/stream").header("accept", "application/x-ndjson")
                .upstream(Fixture.messages("{\"i32\":1}")).send();

        assertThat(array.text()).isEqualTo(
                "[{\"i32\":1},{\"error\":{\"code\":8,\"message\":\"enough\",\"details\":[]}}]");
        assertThat(lines.text()).endsWith("}\n{\"error\":{\"code\":2,\"message\":\"\",\"details\":[]}}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "0000000001", "01000000020801", "00000000020801ff", "0000000002ffff",
        "00ffffffff", "0000001000"})
    void aResponseThatIsNoMessageIsTheServicesFault(String hex) {
        byte[] body = java.util.HexFormat.of().parseHex(hex);
        TesterResult result = tester.get("/query").upstream(Reply.of(200).withBody("application/grpc", body))
                .upstreamTrailer("grpc-status", "0").send();

        assertThat(result.fault()).isEqualTo(UpstreamFaults.INVALID);
        assertThat(result.status()).isEqualTo(502);
    }

    @Test
    void aStreamThatIsCutWithinAMessageBreaks() {
        assertThat(tester.get("/stream").upstream(Reply.of(200).withBody("application/grpc", new byte[]{0, 0, 0, 0, 9}))
                .upstreamTrailer("grpc-status", "0").send().fault()).isEqualTo(UpstreamFaults.INVALID);
    }

    @Test
    void whatSpeaksNoGrpcIsReadableAsItIs() {
        TesterResult result = tester.get("/query").upstream(Reply.of(503).withBody("text/plain", "later")).send();

        assertThat(result.status()).isEqualTo(503);
        assertThat(result.text()).isEqualTo("later");
    }
}
