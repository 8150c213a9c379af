package io.tidegate.policies.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Fault;
import io.tidegate.policies.redirect.RedirectConfig.Scheme;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectPolicyTest {

    private static RedirectConfig to(String to) {
        return new RedirectConfig(to, null, null, 307, true);
    }

    private static RedirectConfig https() {
        return new RedirectConfig(null, Scheme.HTTPS, null, 308, true);
    }

    private static PolicyTester tester(RedirectConfig config) {
        return PolicyTester.of(new RedirectFactory(), config);
    }

    @Test
    void answersWithoutAnUpstream() {
        TesterResult result = tester(to("https://www.example.com/")).get("/old").send();

        assertThat(result.status()).isEqualTo(307);
        assertThat(result.header("location")).isEqualTo("https://www.example.com/");
        assertThat(result.text()).isEmpty();
        assertThat(result.reachedUpstream()).isFalse();
        assertThat(new RedirectFactory().answers()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void answersWithTheStatusOfTheConfiguration(int status) {
        TesterResult result = tester(new RedirectConfig("/new", null, null, status, true)).get("/").send();

        assertThat(result.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"/new,/old,/new", "/new,/old?a=1,/new?a=1", "/new?b=2,/old?a=1,/new?b=2&a=1",
        "/new#top,/old?a=1,/new?a=1#top",
        "{request.path},/a/b?x,", "/v2{request.path},/a/b,/v2/a/b",
        "https://www.example.com{request.path},/a%20b?q=1,https://www.example.com/a%20b?q=1",
        "https://www.example.com:8443/x,/,https://www.example.com:8443/x",
        "https://www.example.com,/?a,https://www.example.com?a",
        "http://[::1]:80/,/,http://[::1]:80/", "/new,'/old?a=\"<{|}>\"',/new?a=%22%3C%7B%7C%7D%3E%22"})
    void putsTheTargetTogether(String to, String asked, String location) {
        TesterResult result = tester(to(to)).get(asked).send();

        if (location == null) {
            assertThat(result.fault()).isEqualTo(RedirectPolicy.LOOP);
        } else {
            assertThat(result.header("location")).isEqualTo(location);
        }
    }

    @Test
    void leavesTheQueryBehindWhereToldSo() {
        TesterResult result = tester(new RedirectConfig("/new?b=2", null, null, 302, false)).get("/old?a=1").send();

        assertThat(result.header("location")).isEqualTo("/new?b=2");
    }

    @Test
    void goesOnWithHttpsOnTheSameHost() {
        TesterResult result = tester(https()).get("/a?b=c").authority("API.example.com:8080").send();

        assertThat(result.status()).isEqualTo(308);
        assertThat(result.header("location")).isEqualTo("https://api.example.com/a?b=c");
    }

    @ParameterizedTest
    @CsvSource({"443,https://gateway.test/a", "8443,https://gateway.test:8443/a"})
    void goesOnWithHttpsOnAnotherPort(int port, String location) {
        TesterResult result = tester(new RedirectConfig(null, Scheme.HTTPS, port, 308, true)).get("/a").send();

        assertThat(result.header("location")).isEqualTo(location);
    }

    @Test
    void refusesARequestWithoutAHostWhereTheHostIsNeeded() {
        TesterResult result = tester(https()).get("/a").authority("").send();

        assertThat(result.fault()).isEqualTo(Fault.HOST_MISSING);
    }

    @ParameterizedTest
    @CsvSource({"/a?b=1,gateway.test", "/a?b=1,gateway.test:443"})
    void saysSoInsteadOfSendingTheClientRoundInCircles(String asked, String authority) {
        TesterResult result = tester(https()).get(asked).secure().authority(authority).send();

        assertThat(result.status()).isEqualTo(508);
        assertThat(result.fault()).isEqualTo(RedirectPolicy.LOOP);
        assertThat(tester(to("/a")).get(asked).send().status()).isEqualTo(508);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /{path.rest}             | /evil.test/x    | /evil.test/x
            /{path.rest}             | //evil.test     | /evil.test
            /{path.rest}             | \\evil.test     | /%5Cevil.test
            /{path.rest}             | a?b#c@d:e       | /a%3Fb%23c@d:e
            /x?next={path.rest}      | a&admin=1       | /x?next=a&admin=1
            /x?next={header.x-next}  | a               | /x?next=https%3A%2F%2Fevil.test%2F%26a%3D1
            {request.path}{path.rest} | /../y          | /asked/../y
            """)
    void neverLetsARequestChooseTheHost(String to, String rest, String location) {
        TesterResult result = tester(to(to)).get("/asked").pathParameter("rest", rest)
                .header("x-next", "https://evil.test/&a=1").send();

        assertThat(result.header("location")).isEqualTo(location).doesNotStartWith("//").startsWith("/");
    }

    @Test
    void keepsControlCharactersOutOfTheLocation() {
        TesterResult result = tester(to("/{path.id}/{header.x-a}")).get("/").pathParameter("id", "a\r\nset-cookie: b")
                .header("x-a", "\t\u00e9").send();

        assertThat(result.header("location")).isEqualTo("/a%0D%0Aset-cookie:%20b/%09%C3%A9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://{header.x-host}/", "https://{path.tenant}.example.com/",
        "https://www.example.com{path.rest}", "https://www.example.com{header.x}/", "https://{request.host}.evil.test/",
        "https://user@www.example.com/", "https:///x", "https://www.example.com:x/", "https://www{request.id}/"})
    void refusesATargetWhoseHostIsNotFixed(String to) {
        assertThatThrownBy(() -> to(to)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fixed host or {request.host}");
    }

    @Test
    void takesTheHostOfTheRequestWhereToldSo() {
        TesterResult result = tester(to("http://{request.host}:8080/x")).get("/").authority("a.test:99").send();

        assertThat(result.header("location")).isEqualTo("http://a.test:8080/x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "new", "//evil.test/", "javascript:alert(1)", "ftp://example.com/", "{header.referer}",
        "{path.rest}"})
    void refusesATargetThatIsNeitherUrlNorPath(String to) {
        assertThatThrownBy(() -> to(to)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'to' must be a URL such as");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a b", "/\u00e9", "/\"", "/a\\b", "/a\nb"})
    void refusesATargetWithCharactersThatAUrlCannotHold(String to) {
        assertThatThrownBy(() -> to(to)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a URL cannot hold");
    }

    @Test
    void refusesWhatCanNotBe() {
        assertThatThrownBy(() -> new RedirectConfig(null, null, null, 307, true))
                .hasMessageContaining("exactly one of 'to' and 'scheme'");
        assertThatThrownBy(() -> new RedirectConfig("/a", Scheme.HTTPS, null, 307, true))
                .hasMessageContaining("exactly one of 'to' and 'scheme'");
        assertThatThrownBy(() -> new RedirectConfig("/a", null, 8443, 307, true)).hasMessageContaining("'port'");
        assertThatThrownBy(() -> new RedirectConfig("/a", null, null, 304, true))
                .hasMessageContaining("must be 301, 302, 303, 307 or 308 (was 304)");
        assertThatThrownBy(() -> to("/{request.pth}")).hasMessageContaining("did you mean '{request.path}'");
    }
}
