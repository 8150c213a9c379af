package io.tidegate.policies.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Fault;
import io.tidegate.policies.rewrite.RewriteConfig.QueryChanges;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RewritePolicyTest {

    private static final QueryChanges NO_QUERY = new QueryChanges(Map.of(), List.of());

    private static PolicyTester tester(RewriteConfig config) {
        return PolicyTester.of(new RewriteFactory(), config);
    }

    private static RewriteConfig path(String path) {
        return new RewriteConfig(path, null, null, null, null, NO_QUERY, null);
    }

    private static RewriteConfig prefix(@Nullable String strip, @Nullable String add) {
        return new RewriteConfig(null, strip, add, null, null, NO_QUERY, null);
    }

    private static RewriteConfig regex(@Nullable String regex, @Nullable String replacement) {
        return new RewriteConfig(null, null, null, regex, replacement, NO_QUERY, null);
    }

    private static RewriteConfig query(Map<String, String> set, String... remove) {
        return new RewriteConfig(null, null, null, null, null, new QueryChanges(set, List.of(remove)), null);
    }

    private static RewriteConfig host(String host) {
        return new RewriteConfig(null, null, null, null, null, NO_QUERY, host);
    }

    @ParameterizedTest
    @CsvSource({"/api,,/api/orders,/orders", "/api,,/api,/", "/api,,/api/,/", "/api,,/apix/orders,/apix/orders",
        "/api,,/orders,/orders", "/api,,/x/api/orders,/x/api/orders", "/api/v1,,/api/v1/a/,/a/",
        ",/v2,/orders,/v2/orders", ",/v2,/,/v2/", "/api,/v2,/api/orders,/v2/orders", "/api,/v2,/api,/v2",
        "/api,/v2,/api/,/v2/", "/api,/v2,/other,/other", "/a b,/c d,/a%20b/e,/c%20d/e", "/%7Ea,,/~a/b,/b"})
    void stripsAndAddsWholeSegments(String strip, String add, String asked, String sent) {
        assertThat(tester(prefix(strip, add)).get(asked).send().sent().path()).isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource({"/api/../api/admin,/admin", "/x/../api/admin,/admin", "/%61pi/admin,/admin", "//api//admin,/admin"})
    void seesTheCanonicalPathOnly(String asked, String sent) {
        assertThat(tester(prefix("/api", null)).get(asked).send().sent().path()).isEqualTo(sent);
    }

    @Test
    void neverTurnsAnEncodedSlashIntoASeparator() {
        TesterResult result = tester(prefix("/api", "/public")).get("/api/..%2Fadmin%2F..%5Cx").send();

        assertThat(result.sent().path()).isEqualTo("/public/..%2Fadmin%2F..%5Cx");
    }

    @Test
    void makesAPathOfTheParametersOfTheRoute() {
        TesterResult result = tester(path("/v2/users/{user}/orders/{id}")).get("/orders/7/of/x%20y")
                .pathParameter("id", "7").pathParameter("user", "x y").send();

        assertThat(result.sent().path()).isEqualTo("/v2/users/x%20y/orders/7");
    }

    @Test
    void keepsAPathWithoutParametersAsItIs() {
        assertThat(tester(path("/fixed/\u00e9")).get("/any?x=1").send().sent().path()).isEqualTo("/fixed/%C3%A9");
        assertThat(tester(path("/fixed")).get("/any?x=1").send().sent().query()).isEqualTo("x=1");
    }

    @ParameterizedTest
    @CsvSource({"/files/a/b,a/b,/data/a/b", "/files/a%20b/,a b/,/data/a%20b/", "/files/,'',/data/",
        "/files/a%2Fb,a/b,/data/a%2Fb", "/files/..%2F..%2Fadmin,../../admin,/data/..%2F..%2Fadmin",
        "/files/%E6%BC%A2+x,\u6f22+x,/data/%E6%BC%A2+x"})
    void keepsTheEscapesOfARest(String asked, String rest, String sent) {
        TesterResult result = tester(path("/data/{rest**}")).get(asked).pathParameter("rest", rest).send();

        assertThat(result.sent().path()).isEqualTo(sent);
    }

    @Test
    void keepsASegmentASegment() {
        assertThat(tester(path("/data/{id}")).get("/x").pathParameter("id", "../../admin").send().sent().path())
                .isEqualTo("/data/..%2F..%2Fadmin");
        assertThat(tester(path("/data/{id}")).get("/x").pathParameter("id", "a?b#c").send().sent().path())
                .isEqualTo("/data/a%3Fb%23c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "."})
    void refusesADotSegmentFromAParameter(String value) {
        TesterResult result = tester(path("/data/{id}/x")).get("/x").pathParameter("id", value).send();

        assertThat(result.fault()).isEqualTo(Fault.PATH_ABOVE_ROOT);
        assertThat(result.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../admin", "a/../../b", "/evil", "a//b", "a\\b"})
    void refusesARestThatCanBeMistaken(String rest) {
        TesterRequest request = tester(path("/data/{rest**}")).get("/rewritten/before").pathParameter("rest", rest);

        assertThat(request.send().fault()).isEqualTo(Fault.PATH_ENC_SLASH);
    }

    @Test
    void escapesARestAnewWhereAnEarlierRewriteTookItAway() {
        TesterResult result = PolicyTester.of(new RewriteFactory(), path("/elsewhere"))
                .then(new RewriteFactory(), path("/data/{rest**}")).get("/files/a%20b/c")
                .pathParameter("rest", "a b/c").send();

        assertThat(result.sent().path()).isEqualTo("/data/a%20b/c");
    }

    @Test
    void failsForAParameterThatTheRouteDoesNotHave() {
        TesterResult result = tester(path("/data/{id}")).get("/x").send();

        assertThat(result.fault()).isEqualTo(PathTemplate.NO_PARAMETER);
        assertThat(result.status()).isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource({"^/v1/(.*)$,/$1,/v1/a/b,/a/b", "^/v1,'',/v1/a,/a", "^/v1,'',/v1,/", "^/v1,'',/v1a,/a",
        "/(\\d+),/n-$1,/a/1/b/22,/a/n-1/b/n-22", "(b)|(c),$1-$2$0$$,/b,/b-b$"})
    void replacesWhatARegularExpressionFinds(String regex, String replacement, String asked, String sent) {
        assertThat(tester(regex(regex, replacement)).get(asked).send().sent().path()).isEqualTo(sent);
    }

    @Test
    void leavesAPathWithoutAMatch() {
        assertThat(tester(regex("^/v1/", "/")).get("/v2/a").send().sent().path()).isEqualTo("/v2/a");
    }

    @ParameterizedTest
    @CsvSource({"-,'',/a/.-./.-./admin", "-,'',/a/b/.-./admin", "25-,'',/a/%25-2e%25-2e/admin", "x,..,/a/x/admin"})
    void refusesARegularExpressionThatMakesDotSegments(String regex, String replacement, String asked) {
        TesterResult result = tester(regex(regex, replacement)).get(asked).send();

        assertThat(result.status()).isEqualTo(400);
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void matchesInLinearTimeWhateverTheInput() {
        String path = "/" + "a".repeat(5000) + "!";

        assertThat(tester(regex("(a+)+$", "b")).get(path).send().sent().path()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({"a=1&b=2,a=1", "b=2,", "b,", "%62=2&c=3,c=3", "a=1&&b=2&,a=1", "ab=1&b=2&b=3,ab=1", "a=b,a=b",
        "a=1;b=2,a=1;b=2", "a=%zz&b=1,a=%zz"})
    void removesQueryParametersHoweverTheyAreWritten(String asked, @Nullable String sent) {
        assertThat(tester(query(Map.of(), "b")).get("/?" + asked).send().sent().query()).isEqualTo(sent);
    }

    @Test
    void leavesAQueryWithoutTheParameterByteForByte() {
        assertThat(tester(query(Map.of(), "b")).get("/?x=%41&&y=|").send().sent().query()).isEqualTo("x=%41&&y=|");
        assertThat(tester(query(Map.of(), "b")).get("/").send().sent().query()).isNull();
        assertThat(tester(query(Map.of(), "a b")).get("/?a+b=1&a%20b=2&a%2Bb=3").send().sent().query())
                .isEqualTo("a%2Bb=3");
    }

    @Test
    void setsQueryParametersAndEscapesTheirValues() {
        Map<String, String> set = new LinkedHashMap<>();
        set.put("tenant id", "a&b=c {{d}");
        set.put("ip", "{client.address}/{header.x-a}");
        TesterResult result = tester(query(set, "debug")).get("/?debug=1&q=2&ip=spoofed&%69p=too").from("2001:db8::1")
                .header("x-a", "1&admin=true#").send();

        assertThat(result.sent().query())
                .isEqualTo("q=2&tenant%20id=a%26b%3Dc%20%7Bd%7D&ip=2001%3Adb8%3A%3A1%2F1%26admin%3Dtrue%23");
    }

    @Test
    void setsAQueryWhereThereIsNone() {
        assertThat(tester(query(Map.of("v", "2"))).get("/").send().sent().query()).isEqualTo("v=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders.internal", "orders.internal:8080", "10.0.0.1:80", "[::1]:8080", "a_b"})
    void setsTheHostThatGoesUpstream(String host) {
        assertThat(tester(host(host)).get("/").send().sent().authority()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "http://a", "a:0", "a:99999", "a:b", "a b", "user@a", "-a", "a..b",
        "{header.x}"})
    void refusesAHostThatIsNone(String host) {
        assertThatThrownBy(() -> host(host)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'host' must be a host");
    }

    @Test
    void refusesMoreThanOneWayAndNone() {
        assertThatThrownBy(() -> new RewriteConfig("/a", "/b", null, null, null, NO_QUERY, null))
                .hasMessageContaining("in one way");
        assertThatThrownBy(() -> new RewriteConfig("/a", null, null, "b", "c", NO_QUERY, null))
                .hasMessageContaining("in one way");
        assertThatThrownBy(() -> new RewriteConfig(null, null, "/a", "b", "c", NO_QUERY, null))
                .hasMessageContaining("in one way");
        assertThatThrownBy(() -> new RewriteConfig(null, null, null, null, null, NO_QUERY, null))
                .hasMessageContaining("must change something");
        assertThatThrownBy(() -> regex("a", null)).hasMessageContaining("both 'regex' and 'replacement'");
        assertThatThrownBy(() -> regex(null, "a")).hasMessageContaining("both 'regex' and 'replacement'");
    }

    @ParameterizedTest
    @CsvSource({"a,begin with a slash", "/a?b,changes the query", "/a/../b,dot segment", "/./a,dot segment",
        "/a//b,empty", "/a%2Fb,escaped slash or dot", "/%2e%2E/a,escaped slash or dot", "/a%zz,malformed",
        "/{a,path parameter such as", "/{a-b},path parameter such as", "/{},path parameter such as",
        "/a}b,cannot hold", "/a#b,cannot hold", "/a\\b,cannot hold", "/a\u0001b,cannot hold"})
    void refusesAPathThatIsNone(String path, String message) {
        assertThatThrownBy(() -> path(path)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "api", "/api/", "/a//b", "/a/../b", "/a?b", "/a%2Fb"})
    void refusesAPrefixThatIsNone(String prefix) {
        assertThatThrownBy(() -> prefix(prefix, null)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'stripPrefix'");
        assertThatThrownBy(() -> prefix(null, prefix)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'addPrefix'");
    }

    @ParameterizedTest
    @CsvSource({"(,x,must be a regular expression", "a,$1,has 0 groups", "(a),$2,has 1 group", "a,$x,behind each '$'",
        "a,b$,behind each '$'", "a,b?c,cannot hold"})
    void refusesAReplacementThatIsNone(String regex, String replacement, String message) {
        assertThatThrownBy(() -> regex(regex, replacement)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesQueryChangesThatCanNotBe() {
        assertThatThrownBy(() -> query(Map.of("a", "1"), "a")).hasMessageContaining("both set and removed");
        assertThatThrownBy(() -> query(Map.of("", "1"))).hasMessageContaining("must have a name");
        assertThatThrownBy(() -> query(Map.of("a", "{request.di}"))).hasMessageContaining("did you mean");
    }
}
