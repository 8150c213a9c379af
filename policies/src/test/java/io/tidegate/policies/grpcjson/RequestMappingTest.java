package io.tidegate.policies.grpcjson;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Fault;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestMappingTest {

    private final PolicyTester tester = Fixture.tester();

    private TesterResult post(String path, String json) {
        return tester.post(path).header("content-type", "application/json").body(json).send();
    }

    @Test
    void aRequestBecomesACall() {
        TesterResult.Sent sent = tester.request("PUT", "/query/7?i32=3").header("content-type", "application/json")
                .header("accept", "application/json").header("accept-encoding", "gzip").header("x-tenant", "a")
                .body("{\"count\":1}").send().sent();

        assertThat(sent.method()).isEqualTo("POST");
        assertThat(sent.path()).isEqualTo("/test.Echo/Query");
        assertThat(sent.query()).isNull();
        assertThat(sent.header("content-type")).isEqualTo("application/grpc");
        assertThat(sent.header("grpc-accept-encoding")).isEqualTo("identity");
        assertThat(sent.header("accept")).isNull();
        assertThat(sent.header("accept-encoding")).isNull();
        assertThat(sent.header("x-tenant")).isEqualTo("a");
        assertThat(sent.acceptsTrailers()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"text\":\"a\",\"i32\":-5,\"i64\":\"9007199254740993\"}",
        "{\"u64\":\"18446744073709551615\",\"number\":1.5,\"flag\":true}", "{\"data\":\"AQID\",\"mode\":\"FAST\"}",
        "{\"inner\":{\"id\":\"x\",\"inner\":{\"count\":2}},\"texts\":[\"a\",\"b\"],\"inners\":[{\"id\":\"y\"}]}",
        "{\"counts\":{\"a\":1},\"day\":\"2026-01-02T03:04:05Z\",\"span\":\"1.500s\",\"mask\":\"a,bC\"}",
        "{\"wrapped\":\"5\",\"structure\":{\"a\":[1.0,null,\"x\"]}}", "{\"right\":7,\"modes\":[\"FAST\",\"NONE\"]}",
        "{\"any\":{\"@type\":\"type.googleapis.com/test.Inner\",\"id\":\"z\"},\"snakeCase\":\"s\"}"})
    void aWholeBodyIsTheMessage(String json) {
        assertThat(Fixture.message(post("/whole", json))).isEqualTo(json);
    }

    @Test
    void namesOfTheProtoFileNumbersOfEnumsAndNumbersForTextsAreTaken() {
        assertThat(Fixture.message(post("/whole",
                "{\"snake_case\":\"s\",\"mode\":1,\"i64\":12,\"u64\":1e3,\"number\":\"NaN\"}")))
                .isEqualTo(
                        "{\"i64\":\"12\",\"u64\":\"1000\",\"number\":\"NaN\",\"mode\":\"FAST\",\"snakeCase\":\"s\"}");
    }

    @Test
    void anEmptyBodyIsAnEmptyMessage() {
        assertThat(Fixture.message(tester.post("/whole").send())).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"i32=5&text=a%20b+c | {\"text\":\"a b c\",\"i32\":5}",
        "i64=-9007199254740993&u64=18446744073709551615 | {\"i64\":\"-9007199254740993\",\"u64\":\"18446744073709551615\"}",
        "flag=true&number=2.5&mode=FAST | {\"number\":2.5,\"flag\":true,\"mode\":\"FAST\"}",
        "mode=1 | {\"mode\":\"FAST\"}",
        "texts=a&texts=b&modes=FAST&modes=0 | {\"texts\":[\"a\",\"b\"],\"modes\":[\"FAST\",\"NONE\"]}",
        "inner.id=x&inner.inner.count=3 | {\"inner\":{\"id\":\"x\",\"inner\":{\"count\":3}}}",
        "day=2026-01-02T03:04:05Z&span=3s&mask=a,b&wrapped=9 | {\"day\":\"2026-01-02T03:04:05Z\",\"span\":\"3s\",\"mask\":\"a,b\",\"wrapped\":\"9\"}",
        "snake_case=a | {\"snakeCase\":\"a\"}", "snakeCase=a | {\"snakeCase\":\"a\"}",
        "data=AQID | {\"data\":\"AQID\"}",
        "text | {}", "text=%22%7B%7D%5C | {\"text\":\"\\\"{}\\\\\"}", "&&i32=1& | {\"i32\":1}"})
    void parametersOfTheQueryAreFields(String query, String json) {
        assertThat(Fixture.message(tester.get("/query?" + query).send())).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing=1", "inner=x", "inners.id=x", "counts=1", "counts.a=1", "structure=1", "i32=x",
        "i32=99999999999", "flag=maybe", "mode=SLOW", "i32=1&i32=2", "snake_case=a&snakeCase=b", "day=yesterday",
        "text=%FF", "left=a&right=1", "inner.id.more=1", "text.x=1", "i64=1e99999999"})
    void aParameterThatDoesNotFitIsRefused(String query) {
        TesterResult result = tester.get("/query?" + query).send();

        assertThat(result.status()).isEqualTo(400);
        assertThat(result.text()).contains("urn:tidegate:grpc_json.request");
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void whatDoesNotFitIsNamedAndCannotLeaveItsText() {
        assertThat(post("/whole", "{\"naem\":1}").text()).contains("The request does not fit the method: ")
                .contains("naem");
        assertThat(tester.get("/query?%22,%22x%22:%22%0A%5C%C3%BC=1").send().text())
                .contains("no query parameter '','x':'?'?'\"");
    }

    @Test
    void unknownParametersAreLeftOutWhereThatIsAsked() {
        PolicyTester lenient = PolicyTester.of(new GrpcJsonFactory(), Fixture.config(false, true, false, false));

        assertThat(Fixture.message(lenient.get("/query?utm=1&i32=2").send())).isEqualTo("{\"i32\":2}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[]", "\"x\"", "null", "1", "{\"i32\":1}{}", "{\"i32\":1},\"text\":\"x\"",
        "{i32:1}", "{'i32':1}", "{\"i32\":1,}", "// c\n{}", "{\"unknown\":1}", "{\"i32\":\"x\"}", "{\"i32\":1.5}",
        "{\"text\":5.0e}", "{\"inner\":[]}", "{\"texts\":{}}", "{\"left\":\"a\",\"right\":1}", "{\"mode\":\"SLOW\"}",
        "{\"number\":NaN}", "{\"u64\":1e999999999}", "{\"u64\":-1}", "{\"any\":{\"@type\":\"x/y.Z\"}}"})
    void aBodyThatDoesNotFitIsRefused(String json) {
        TesterResult result = post("/whole", json.isEmpty() ? "\0" : json);

        assertThat(result.status()).as(result.text()).isEqualTo(400);
        assertThat(result.text()).contains("urn:tidegate:grpc_json.request");
    }

    @Test
    void aBodyThatNestsTooDeepIsRefused() {
        String deep = "{\"inner\":".repeat(150) + "{}" + "}".repeat(150);
        String deeper = "[".repeat(1000) + "]".repeat(1000);

        assertThat(PolicyTester.of(new GrpcJsonFactory(), Fixture.config()).post("/whole")
                .header("content-type", "application/json").body(deep).send().status()).isEqualTo(400);
        assertThat(post("/whole", deeper).status()).isEqualTo(400);
    }

    @Test
    void aBodyIsJsonAndOfBoundedLength() {
        assertThat(tester.post("/whole").header("content-type", "text/plain").body("{}").send().fault())
                .isEqualTo(Fault.MEDIA_TYPE_UNSUPPORTED);
        assertThat(tester.post("/whole").body("{}").send().fault()).isEqualTo(Fault.MEDIA_TYPE_UNSUPPORTED);
        assertThat(tester.post("/whole").header("content-type", "application/json").header("content-encoding", "gzip")
                .body("{}").send().fault()).isEqualTo(Fault.MEDIA_TYPE_UNSUPPORTED);
        assertThat(tester.post("/whole").header("content-type", "application/merge-patch+json; charset=utf-8")
                .body("{}").send().status()).isEqualTo(200);
        assertThat(post("/whole", "{\"text\":\"" + "x".repeat(2048) + "\"}").fault()).isEqualTo(Fault.BODY_TOO_LARGE);
    }

    @Test
    void aFieldIsTheBodyThePathGoesBeforeTheQueryAndBoth() {
        assertThat(
                Fixture.message(tester.request("PUT", "/query/path?text=q").header("content-type", "application/json")
                        .body("{\"id\":\"body\",\"count\":4}").send()))
                .isEqualTo("{\"text\":\"q\",\"inner\":{\"id\":\"path\",\"count\":4}}");
        assertThat(Fixture.message(tester.request("PATCH", "/query/FAST/2026-01-02T03:04:05Z")
                .header("content-type", "application/json").body("[\"a\",\"b\"]").send()))
                .isEqualTo("{\"mode\":\"FAST\",\"texts\":[\"a\",\"b\"],\"day\":\"2026-01-02T03:04:05Z\"}");
        assertThat(tester.request("PUT", "/query/1?inner.count=4").send().status()).isEqualTo(400);
        assertThat(tester.request("PATCH", "/query/FAST/2026-01-02T03:04:05Z").header("content-type",
                "application/json").body("[\"a\"],\"i32\":[1]").send().status()).isEqualTo(400);
        assertThat(tester.request("PUT", "/query/1").header("content-type", "application/json").body("[]").send()
                .status()).isEqualTo(400);
    }

    @Test
    void aPathVariableThatIsNoValueOfItsFieldIsRefused() {
        assertThat(Fixture.message(tester.request("DELETE", "/query/12").send())).isEqualTo("{\"i32\":12}");
        assertThat(tester.request("DELETE", "/query/twelve").send().status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"/files/a, a", "/files/a/b%20c/d, a/b c/d", "/files/x%25y/z, x%y/z"})
    void severalSegmentsAreOneValue(String path, String text) {
        assertThat(Fixture.message(tester.get(path).send())).isEqualTo("{\"text\":\"" + text + "\"}");
    }

    @Test
    void textsGoBeforeWildcardsAndVerbsBeforeBoth() {
        assertThat(Fixture.message(tester.get("/files/a/b/c/fixed").send())).isEqualTo("{\"text\":\"a/b/c\"}");
        assertThat(Fixture.message(tester.get("/files/a/b/d/fixed").send())).isEqualTo("{\"text\":\"a/b/d/fixed\"}");
        assertThat(Fixture.message(tester.get("/files/literal").send())).isEqualTo("{}");
        assertThat(Fixture.message(tester.get("/files").send())).isEqualTo("{}");
        assertThat(tester.post("/things/5:run").send().sent().path()).isEqualTo("/test.Echo/Verb");
        assertThat(Fixture.message(tester.post("/things/a:b:run").send())).isEqualTo("{\"text\":\"a:b\"}");
        assertThat(Fixture.message(tester.get("/things/5:other").send())).isEqualTo("{\"text\":\"5:other\"}");
    }

    @Test
    void whatNoMethodIsCalledByIsNotFound() {
        for (String path : new String[]{"/", "/nothing", "/query/1/2/3", "/whole/", "/things/", "/test.Echo/Plain",
            "/upload"}) {
            assertThat(tester.get(path).send().fault()).as(path).isEqualTo(Fault.GRPC_JSON_PATH);
        }
        TesterResult wrong = tester.get("/whole").send();
        assertThat(wrong.fault()).isEqualTo(Fault.METHOD_NOT_ALLOWED);
        assertThat(wrong.header("allow")).isEqualTo("POST");
        assertThat(tester.request("HEAD", "/query").send().fault()).isEqualTo(Fault.METHOD_NOT_ALLOWED);
    }

    @Test
    void methodsOfOnesOwnAndAllMethodsCanBeNamed() {
        assertThat(tester.request("PROPFIND", "/query").send().sent().path()).isEqualTo("/test.Echo/Query");
        assertThat(tester.request("PURGE", "/any?i32=1").send().sent().path()).isEqualTo("/test.Echo/Query");
    }

    @Test
    void methodsWithoutAnnotationAreCalledByNameWhereThatIsAsked() {
        PolicyTester all = PolicyTester.of(new GrpcJsonFactory(), Fixture.config(true, false, false, false));

        TesterResult result = all.post("/test.Echo/Plain").header("content-type", "application/json")
                .body("{\"i32\":4}").send();

        assertThat(Fixture.message(result)).isEqualTo("{\"i32\":4}");
        assertThat(result.sent().path()).isEqualTo("/test.Echo/Plain");
        assertThat(all.post("/test.Echo/Whole").send().fault()).isEqualTo(Fault.GRPC_JSON_PATH);
        assertThat(all.post("/test.Echo/Upload").send().fault()).isEqualTo(Fault.GRPC_JSON_PATH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc+proto", "application/grpc-web"})
    void callsOfGrpcPassUntouched(String type) {
        TesterResult result = tester.post("/test.Echo/Whole").header("content-type", type).body("x")
                .upstream(Fixture.messages("{}")).upstreamTrailer("grpc-status", "0").send();

        assertThat(result.sent().text()).isEqualTo("x");
        assertThat(result.sent().path()).isEqualTo("/test.Echo/Whole");
        assertThat(result.header("content-type")).isEqualTo("application/grpc");
        assertThat(result.trailers()).hasSize(1);
    }
}
