package io.tidegate.policies.respond;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Decision;
import io.tidegate.api.Fault;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RespondPolicyTest {

    private static final String TEXT = "text/plain; charset=utf-8";

    private static PolicyTester tester(RespondConfig config) {
        return PolicyTester.of(new RespondFactory(), config);
    }

    private static TesterResult answer(String body, String contentType) {
        return tester(new RespondConfig(200, body, contentType, Map.of())).get("/orders/x")
                .pathParameter("p", "<a href=\"x\">'&\\\n\u0001\u6f22</a>").send();
    }

    @Test
    void answersWithoutAnUpstream() {
        TesterResult result = tester(
                new RespondConfig(503, "Back at \u6f22 noon.\n", TEXT, Map.of("Retry-After", "3600"))).post("/x")
                .body("ignored").send();

        assertThat(result.status()).isEqualTo(503);
        assertThat(result.text()).isEqualTo("Back at \u6f22 noon.\n");
        assertThat(result.header("content-type")).isEqualTo(TEXT);
        assertThat(result.header("retry-after")).isEqualTo("3600");
        assertThat(result.reachedUpstream()).isFalse();
        assertThat(result.fault()).isNull();
        assertThat(new RespondFactory().answers()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 205, 304, 404})
    void answersWithoutABody(int status) {
        TesterResult result = tester(new RespondConfig(status, "", TEXT, Map.of())).get("/").send();

        assertThat(result.status()).isEqualTo(status);
        assertThat(result.body()).isEmpty();
        assertThat(result.header("content-type")).isNull();
    }

    @Test
    void makesAConstantAnswerOnce() {
        PolicyTester tester = tester(new RespondConfig(200, "{\"ok\":true}", "application/json", Map.of("x-a", "1")));

        Decision first = tester.get("/").send().steps().getFirst().decision();
        Decision second = tester.get("/").send().steps().getFirst().decision();

        assertThat(first).isSameAs(second);
    }

    @Test
    void putsWhatIsKnownOfTheRequestIntoTheAnswer() {
        TesterResult result = tester(
                new RespondConfig(404, "{request.method} {request.path} is not here ({request.id})",
                        TEXT, Map.of("x-route", "{route}", "x-fixed", "1")))
                .get("/a").id("id-1").route("gone").send();

        assertThat(result.text()).isEqualTo("GET /a is not here (id-1)");
        assertThat(result.header("x-route")).isEqualTo("gone");
        assertThat(result.header("x-fixed")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/problem+json; charset=utf-8", "Application/JSON"})
    void escapesForJson(String contentType) {
        assertThat(answer("{\"path\":\"{path.p}\",\"n\":{\"a\":{}}}", contentType).text()).isEqualTo(
                "{\"path\":\"\\u003ca href=\\\"x\\\">'&\\\\\\u000a\\u0001\u6f22\\u003c/a>\",\"n\":{\"a\":{}}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html; charset=utf-8", "TEXT/HTML", "application/xml", "image/svg+xml"})
    void escapesForMarkup(String contentType) {
        assertThat(answer("<p title='{path.p}'>", contentType).text()).isEqualTo(
                "<p title='&lt;a href=&quot;x&quot;&gt;&#39;&amp;\\\n\uFFFD\u6f22&lt;/a&gt;'>");
    }

    @Test
    void escapesNothingInPlainText() {
        assertThat(answer("{path.p}", TEXT).text()).isEqualTo("<a href=\"x\">'&\\\n\u0001\u6f22</a>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/javascript", "text/css", "text/csv", "application/octet-stream"})
    void refusesPlaceholdersWhereTheyCanNotBeMadeSafe(String contentType) {
        assertThatThrownBy(() -> new RespondConfig(200, "x({path.p})", contentType, Map.of()))
                .hasMessageContaining("can only be made safe in").hasMessageContaining(contentType);
        assertThat(answer("body{color:red}", contentType).text()).isEqualTo("body{color:red}");
    }

    @Test
    void refusesARequestThatWouldSplitAHeader() {
        TesterResult result = tester(new RespondConfig(200, "", TEXT, Map.of("x-a", "{path.p}"))).get("/")
                .pathParameter("p", "a\r\nb: c").send();

        assertThat(result.fault()).isEqualTo(Fault.EMIT_CTL);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 205, 304})
    void refusesABodyWhereNoneMayBe(int status) {
        assertThatThrownBy(() -> new RespondConfig(status, "x", TEXT, Map.of()))
                .hasMessageContaining("a " + status + " has none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "json", "a/b/c", "text/", "/plain", "te xt/plain", "text/plain\r\nx: y", "a/b,c/d"})
    void refusesAContentTypeThatIsNone(String contentType) {
        assertThatThrownBy(() -> new RespondConfig(200, "x", contentType, Map.of()))
                .hasMessageContaining("must be a media type");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Content-Type   | is written from 'contentType'
            Content-Length | writes it from the length
            Connection     | belongs to one connection
            bad name       | must be a token
            """)
    void refusesFieldsThatAreNotItsToWrite(String name, String message) {
        assertThatThrownBy(() -> new RespondConfig(200, "", TEXT, Map.of(name, "x"))).hasMessageContaining(message);
    }

    @Test
    void refusesPlaceholdersThatThereAreNot() {
        assertThatThrownBy(() -> new RespondConfig(200, "{request.ip}", TEXT, Map.of()))
                .hasMessageContaining("'body': unknown placeholder '{request.ip}'");
        assertThatThrownBy(() -> new RespondConfig(200, "", TEXT, Map.of("x-a", "{request.ip}")))
                .hasMessageContaining("'x-a': unknown placeholder");
    }
}
