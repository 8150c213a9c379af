package io.tidegate.policies.requestlimits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Decision;
import io.tidegate.api.Fault;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestLimitsPolicyTest {

    private static final ByteSize MESSAGE = ByteSize.parse("4MiB");
    private static final ByteSize LARGE = ByteSize.parse("10MiB");

    private static PolicyTester body(String maxBody) {
        return tester(new RequestLimitsConfig(ByteSize.parse(maxBody), MESSAGE, null, null, null, List.of(), List.of(),
                false));
    }

    private static PolicyTester counts(@Nullable Integer fields, @Nullable Integer parameters,
            @Nullable Integer segments) {
        return tester(
                new RequestLimitsConfig(LARGE, MESSAGE, fields, parameters, segments, List.of(), List.of(), false));
    }

    private static PolicyTester methods(String... methods) {
        return tester(new RequestLimitsConfig(LARGE, MESSAGE, null, null, null, List.of(methods), List.of(), false));
    }

    private static PolicyTester types(String... types) {
        return tester(new RequestLimitsConfig(LARGE, MESSAGE, null, null, null, List.of(), List.of(types), false));
    }

    private static PolicyTester tester(RequestLimitsConfig config) {
        return PolicyTester.of(new RequestLimitsFactory(), config);
    }

    @Test
    void letsThroughABodyOfTheLimit() {
        assertThat(body("4B").post("/").body("four").send().sent().text()).isEqualTo("four");
        assertThat(body("4B").post("/").body("four").chunked().send().sent().text()).isEqualTo("four");
        assertThat(body("0B").get("/").send().status()).isEqualTo(200);
    }

    @Test
    void refusesADeclaredBodyAtOnce() {
        TesterResult result = body("4B").post("/").body("fives").send();

        assertThat(result.status()).isEqualTo(413);
        assertThat(result.fault()).isEqualTo(Fault.BODY_TOO_LARGE);
        assertThat(result.steps()).first().extracting(TesterResult.Step::decision)
                .isEqualTo(Decision.fail(Fault.BODY_TOO_LARGE));
    }

    @Test
    void stopsABodyOfUnknownLengthAtTheLimit() {
        TesterResult result = body("4B").post("/").body("fives").chunked().send();

        assertThat(result.fault()).isEqualTo(Fault.BODY_TOO_LARGE);
        assertThat(result.steps()).first().extracting(TesterResult.Step::decision).isEqualTo(Decision.next());
    }

    @Test
    void liftsTheLimitOfAnEarlierPolicy() {
        PolicyTester tester = body("4B").then(new RequestLimitsFactory(),
                new RequestLimitsConfig(ByteSize.UNLIMITED, MESSAGE, null, null, null, List.of(), List.of(), false));

        assertThat(tester.post("/").body("fives").chunked().send().status()).isEqualTo(200);
    }

    @Test
    void refusesABodyWithoutADeclaredLengthWhereOneIsRequired() {
        PolicyTester tester = tester(
                new RequestLimitsConfig(LARGE, MESSAGE, null, null, null, List.of(), List.of(), true));

        assertThat(tester.post("/").body("x").chunked().send().fault()).isEqualTo(Fault.LENGTH_REQUIRED);
        assertThat(tester.post("/").body("x").chunked().send().status()).isEqualTo(411);
        assertThat(tester.post("/").body("x").send().status()).isEqualTo(200);
        assertThat(tester.get("/").send().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"2,200", "1,431"})
    void countsHeaderFields(int limit, int status) {
        // Host is one of them.
        TesterResult result = counts(limit, null, null).get("/").header("x-a", "1").send();

        assertThat(result.status()).isEqualTo(status);
        assertThat(result.fault()).isEqualTo(status == 431 ? Fault.HEADERS_TOO_MANY : null);
    }

    @ParameterizedTest
    @CsvSource({"/,0,200", "/?,0,200", "/?&&,0,200", "/?a,0,400", "/?a=1&b=2,2,200", "/?a=1&a=2&a=3,2,400",
        "/?a=1&&b=2&,2,200", "/?a;b;c,1,200"})
    void countsQueryParameters(String target, int limit, int status) {
        TesterResult result = counts(null, limit, null).get(target).send();

        assertThat(result.status()).isEqualTo(status);
        Fault fault = result.fault();
        assertThat(fault == null ? null : fault.code()).isEqualTo(status == 400 ? "limit.exceeded" : null);
    }

    @Test
    void saysWhichLimitItWas() {
        TesterResult parameters = counts(null, 1, 1).get("/a?b&c").send();
        TesterResult segments = counts(null, 1, 1).get("/a/b?c").send();

        assertThat(parameters.fault()).isEqualTo(new Fault("limit.exceeded", 400, "The query has too many parameters",
                Fault.Party.CLIENT));
        assertThat(segments.fault()).isEqualTo(new Fault("limit.exceeded", 400, "The path has too many segments",
                Fault.Party.CLIENT));
    }

    @ParameterizedTest
    @CsvSource({"/,0,200", "/a,0,400", "/a,1,200", "/a/,1,200", "/a/b,1,400", "//a///b,2,200", "/a/../b,1,200"})
    void countsPathSegments(String target, int limit, int status) {
        assertThat(counts(null, null, limit).get(target).send().status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"GET,200", "HEAD,200", "PATCH,200", "POST,405", "get,405", "OPTIONS,405"})
    void letsThroughMethodsOfItsList(String method, int status) {
        TesterResult result = methods("GET", "PATCH").request(method, "/").send();

        assertThat(result.status()).isEqualTo(status);
        assertThat(result.header("allow")).isEqualTo(status == 405 ? "GET, HEAD, PATCH" : null);
        assertThat(result.fault()).isEqualTo(status == 405 ? Fault.METHOD_NOT_ALLOWED : null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            application/json                 | 200
            Application/JSON ; charset=utf-8 | 200
            application/json;a="x,y"         | 200
            application/jsonx                | 415
            application/problem+json         | 415
            image/png                        | 200
            image/                           | 415
            imagex/png                       | 415
            text/plain                       | 415
            application/json, text/plain     | 415
            text/plain, application/json     | 415
            """)
    void letsThroughMediaTypesOfItsList(String contentType, int status) {
        TesterResult result = types("application/json", "image/*").post("/").header("content-type", contentType)
                .body("x").send();

        assertThat(result.status()).isEqualTo(status);
        assertThat(result.header("accept")).isEqualTo(status == 415 ? "application/json, image/*" : null);
    }

    @Test
    void asksForAMediaTypeOfBodiesOnly() {
        TesterRequest untyped = types("application/json").post("/").body("x");

        assertThat(untyped.send().fault()).isEqualTo(Fault.MEDIA_TYPE_UNSUPPORTED);
        assertThat(types("application/json").post("/").body("x").chunked().send().status()).isEqualTo(415);
        assertThat(types("application/json").get("/").header("content-type", "text/plain").send().status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "json", "a/b;c=d", "*/*", "a/b/c", "/json", "a/", "a/b,c/d", "*", "app*/json"})
    void refusesMediaTypesThatAreNone(String type) {
        assertThatThrownBy(() -> types(type)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'contentTypes'").hasMessageContaining("(was '" + type + "')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G T", "get", "Get"})
    void refusesMethodsThatAreNone(String method) {
        assertThatThrownBy(() -> methods(method)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'methods'").hasMessageContaining("(was '" + method + "')");
    }
}
