package io.tidegate.policies.headers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import io.tidegate.policies.headers.HeadersConfig.Changes;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersPolicyTest {

    private static final Changes NONE = new Changes(Map.of(), Map.of(), List.of());

    private static Changes set(String name, String value) {
        return new Changes(Map.of(name, value), Map.of(), List.of());
    }

    private static Changes remove(String... names) {
        return new Changes(Map.of(), Map.of(), List.of(names));
    }

    private static PolicyTester onRequest(Changes changes) {
        return PolicyTester.of(new HeadersFactory(), new HeadersConfig(changes, NONE));
    }

    private static PolicyTester onResponse(Changes changes) {
        return PolicyTester.of(new HeadersFactory(), new HeadersConfig(NONE, changes));
    }

    @Test
    void setsAFieldInPlaceOfEveryValueItHad() {
        TesterResult result = onRequest(set("X-Team", "shop")).get("/").header("x-team", "a").header("X-TEAM", "b")
                .header("x-other", "c").send();

        assertThat(result.sent().headers()).containsExactly(new Field("x-other", "c"), new Field("X-Team", "shop"));
    }

    @Test
    void addsValuesBesideThoseThatAreThere() {
        Changes changes = new Changes(Map.of(), Map.of("x-tag", List.of("b", "c")), List.of());

        TesterResult result = onRequest(changes).get("/").header("x-tag", "a").send();

        assertThat(result.sent().header("x-tag")).isEqualTo("a, b, c");
    }

    @Test
    void removesEveryValueOfAField() {
        TesterResult result = onRequest(remove("X-Debug")).get("/").header("x-debug", "1").header("x-debug", "2")
                .header("x-kept", "3").send();

        assertThat(result.sent().headers()).containsExactly(new Field("x-kept", "3"));
    }

    @Test
    void changesResponsesOnlyWhereToldSo() {
        Changes changes = new Changes(Map.of("cache-control", "no-store"), Map.of("set-cookie", List.of("a=1")),
                List.of("server"));

        TesterResult result = onResponse(changes).get("/").header("server", "stays").upstream(Reply.of(200)
                .withHeader("server", "inner/1.0").withHeader("cache-control", "public")
                .withHeader("set-cookie", "b=2")).send();

        assertThat(result.sent().header("server")).isEqualTo("stays");
        assertThat(result.headers()).containsExactly(new Field("set-cookie", "b=2"),
                new Field("cache-control", "no-store"), new Field("set-cookie", "a=1"));
    }

    @Test
    void changesAnswersOfTheGatewayToo() {
        PolicyTester tester = onResponse(set("x-frame-options", "DENY"))
                .then(new io.tidegate.policies.FailingPolicy(Fault.LIMIT_EXCEEDED));

        TesterResult result = tester.get("/").send();

        assertThat(result.status()).isEqualTo(400);
        assertThat(result.header("x-frame-options")).isEqualTo("DENY");
    }

    @Test
    void renamesAField() {
        Changes changes = new Changes(Map.of("x-new", "{header.x-old}"), Map.of(), List.of("x-old"));

        TesterResult result = onRequest(changes).get("/").header("x-old", "v").send();

        assertThat(result.sent().headers()).containsExactly(new Field("x-new", "v"));
    }

    @Test
    void makesValuesOfWhatIsKnownOfTheRequest() {
        Map<String, String> set = new LinkedHashMap<>();
        set.put("x-all",
                "{client.address} {request.id} {request.host} {request.path} {request.method} {request.scheme} {route}");
        set.put("x-two", "<{path.id}|{header.User-Agent}|{{x}|{header.none}{path.none}>");
        TesterResult result = onRequest(new Changes(set, Map.of(), List.of())).get("/orders/7").id("id-1")
                .route("orders").authority("api.test:8443").from("2001:db8::1").secure().pathParameter("id", "7")
                .header("user-agent", "curl/8").send();

        assertThat(result.sent().header("x-all"))
                .isEqualTo("2001:db8::1 id-1 api.test /orders/7 GET https orders");
        assertThat(result.sent().header("x-two")).isEqualTo("<7|curl/8|{x}|>");
    }

    @Test
    void takesPlaceholdersOfTheRequestForResponses() {
        TesterResult result = onResponse(set("x-request-id", "{request.id}")).get("/").id("id-2").send();

        assertThat(result.header("x-request-id")).isEqualTo("id-2");
    }

    @Test
    void refusesARequestThatWouldSplitAHeader() {
        TesterResult result = onRequest(set("x-id", "{path.id}")).get("/a%0D%0Ax").pathParameter("id", "a\r\nx: y")
                .send();

        assertThat(result.fault()).isEqualTo(Fault.EMIT_CTL);
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void writesOtherThanAsciiAsUtf8() {
        TesterResult result = onRequest(set("x-name", "{path.name}")).get("/").pathParameter("name", "\u00e9\u6f22")
                .send();

        assertThat(result.sent().header("x-name")).isEqualTo("\u00c3\u00a9\u00e6\u00bc\u00a2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"group\":\"default\"}", "{", "a{1}", "{ x }", "}{", "{}"})
    void takesBracesThatNameNothingAsTheyAre(String value) {
        assertThat(onRequest(set("x-a", value)).get("/").send().sent().header("x-a")).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Connection        | it belongs to one connection
            te                | it belongs to one connection
            Keep-Alive        | it belongs to one connection
            Transfer-Encoding | writes it from the length
            content-length    | writes it from the length
            HOST              | of a 'rewrite' policy
            bad name          | must be a token
            x:                | must be a token
            """)
    void refusesFieldsThatAreNotItsToChange(String name, String message) {
        assertThatThrownBy(() -> set(name, "x")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'").hasMessageContaining(message);
        assertThatThrownBy(() -> new Changes(Map.of(), Map.of(name, List.of("x")), List.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
        assertThatThrownBy(() -> remove(name)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "x-forwarded-proto", "x-forwarded-host", "Forwarded"})
    void replacesButNeitherAddsToNorRemovesWhatTheGatewaySaysOfTheClient(String name) {
        Changes addition = new Changes(Map.of(), Map.of(name, List.of("x")), List.of());

        assertThat(onRequest(set(name, "x")).get("/").send().sent().header(name)).isEqualTo("x");
        assertThatThrownBy(() -> new HeadersConfig(remove(name), NONE)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "' can only be replaced by 'set'");
        assertThatThrownBy(() -> new HeadersConfig(addition, NONE)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new HeadersConfig(NONE, addition)).isNotNull();
    }

    @Test
    void keepsTheIdOfTheRequestTheGateways() {
        assertThatThrownBy(() -> new HeadersConfig(set("X-Request-Id", "x"), NONE))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("trustedProxies");
        assertThatThrownBy(() -> new HeadersConfig(remove("x-request-id"), NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new HeadersConfig(NONE, set("x-request-id", "x"))).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {request.pth}   | did you mean '{request.path}'
            {requestId}     | did you mean '{request.id}'
            {client.adress} | did you mean '{client.address}'
            {headers.x-a}   | did you mean '{header.x-a}'
            {header.}       | unknown placeholder
            {request.id     | must have a closing brace
            """)
    void refusesPlaceholdersThatThereAreNot(String value, String message) {
        assertThatThrownBy(() -> set("x-a", value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x-a'").hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\u0000b", "\u4e2d", " a", "a\t"})
    void refusesValuesThatCanNotBe(String value) {
        assertThatThrownBy(() -> set("x-a", value)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesChangesThatUndoEachOther() {
        assertThatThrownBy(() -> new Changes(Map.of("x-a", "1"), Map.of(), List.of("X-A")))
                .hasMessageContaining("both given a value and removed");
        assertThatThrownBy(() -> new Changes(Map.of(), Map.of("x-a", List.of("1")), List.of("X-A")))
                .hasMessageContaining("both given a value and removed");
        assertThatThrownBy(() -> new Changes(Map.of("x-a", "1", "X-A", "2"), Map.of(), List.of()))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> remove("x-a", "X-A")).hasMessageContaining("twice");
        assertThatThrownBy(() -> new Changes(Map.of(), Map.of("x-a", List.of()), List.of()))
                .hasMessageContaining("at least one value");
    }

    @Test
    void refusesToDoNothing() {
        assertThatThrownBy(() -> new HeadersConfig(NONE, NONE)).hasMessageContaining("must change something");
    }
}
