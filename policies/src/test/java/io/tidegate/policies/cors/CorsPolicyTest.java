package io.tidegate.policies.cors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Fault;
import io.tidegate.api.PolicyFactory.Trait;
import io.tidegate.api.Reply;
import io.tidegate.policies.FailingPolicy;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorsPolicyTest {

    private static final String SHOP = "https://shop.example.com";

    /// A configuration in the making.
    private static final class Setup {

        private final List<OriginConfig> origins = new ArrayList<>();
        private List<String> methods = List.of("GET", "HEAD", "POST");
        private List<String> requestHeaders = List.of();
        private List<String> exposeHeaders = List.of();
        private boolean credentials;
        private Duration maxAge = Duration.ofMinutes(10);
        private boolean privateNetwork;
        private boolean refuseOthers;

        static Setup origins(String... origins) {
            Setup setup = new Setup();
            for (String origin : origins) {
                setup.origins.add(OriginConfig.of(origin));
            }
            return setup;
        }

        Setup regex(String regex) {
            origins.add(new OriginConfig(null, regex));
            return this;
        }

        Setup methods(String... names) {
            methods = List.of(names);
            return this;
        }

        Setup requestHeaders(String... names) {
            requestHeaders = List.of(names);
            return this;
        }

        Setup exposeHeaders(String... names) {
            exposeHeaders = List.of(names);
            return this;
        }

        Setup credentials() {
            credentials = true;
            return this;
        }

        Setup maxAge(Duration duration) {
            maxAge = duration;
            return this;
        }

        Setup privateNetwork() {
            privateNetwork = true;
            return this;
        }

        Setup refuseOthers() {
            refuseOthers = true;
            return this;
        }

        CorsConfig config() {
            return new CorsConfig(List.copyOf(origins), methods, requestHeaders, exposeHeaders, credentials, maxAge,
                    privateNetwork, refuseOthers);
        }

        PolicyTester tester() {
            return PolicyTester.of(new CorsFactory(), config());
        }
    }

    private static TesterRequest preflight(PolicyTester tester, String origin) {
        return tester.request("OPTIONS", "/orders").header("origin", origin).header("access-control-request-method",
                "PUT");
    }

    @Test
    void answersAPreflight() {
        TesterResult result = preflight(Setup.origins(SHOP).methods("GET", "PUT").requestHeaders("x-a", "authorization")
                .tester(), SHOP).send();

        assertThat(result.status()).isEqualTo(204);
        assertThat(result.reachedUpstream()).isFalse();
        assertThat(result.header("access-control-allow-origin")).isEqualTo(SHOP);
        assertThat(result.header("access-control-allow-methods")).isEqualTo("GET, PUT");
        assertThat(result.header("access-control-allow-headers")).isEqualTo("x-a, authorization");
        assertThat(result.header("access-control-max-age")).isEqualTo("600");
        assertThat(result.header("access-control-allow-credentials")).isNull();
        assertThat(result.header("access-control-expose-headers")).isNull();
        assertThat(result.headerValues("vary")).containsExactly("Origin");
        assertThat(result.body()).isEmpty();
    }

    @Test
    void answersAPreflightFromAnywhere() {
        TesterResult result = preflight(Setup.origins("*").methods("*").requestHeaders("*", "authorization")
                .maxAge(Duration.ZERO).tester(), "null").send();

        assertThat(result.header("access-control-allow-origin")).isEqualTo("*");
        assertThat(result.header("access-control-allow-methods")).isEqualTo("*");
        assertThat(result.header("access-control-allow-headers")).isEqualTo("*, authorization");
        assertThat(result.header("access-control-max-age")).isEqualTo("0");
        assertThat(result.header("vary")).isNull();
    }

    @Test
    void givesNoLeaveToAPreflightFromElsewhere() {
        TesterResult result = preflight(Setup.origins(SHOP).credentials().tester(), "https://evil.test").send();

        assertThat(result.status()).isEqualTo(204);
        assertThat(result.reachedUpstream()).isFalse();
        assertThat(result.headers()).extracting("name").containsExactly("vary");
    }

    @Test
    void lettsCredentialsThrough() {
        PolicyTester tester = Setup.origins(SHOP).credentials().tester();

        assertThat(preflight(tester, SHOP).send().header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(tester.get("/").header("origin", SHOP).send().header("access-control-allow-credentials"))
                .isEqualTo("true");
        assertThat(tester.get("/").header("origin", "https://evil.test").send()
                .header("access-control-allow-credentials")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"true,true,true", "true,,", "false,true,"})
    void letsPrivateNetworksBeCalledWhereToldSo(boolean configured, String asked, String answered) {
        Setup setup = configured ? Setup.origins(SHOP).privateNetwork() : Setup.origins(SHOP);
        TesterRequest request = preflight(setup.tester(), SHOP);
        if (asked != null) {
            request.header("access-control-request-private-network", asked);
        }

        assertThat(request.send().header("access-control-allow-private-network")).isEqualTo(answered);
    }

    @Test
    void leavesAnOptionsRequestThatIsNoPreflight() {
        PolicyTester tester = Setup.origins(SHOP).tester();

        assertThat(tester.request("OPTIONS", "/").header("origin", SHOP).send().reachedUpstream()).isTrue();
        assertThat(tester.request("OPTIONS", "/").header("access-control-request-method", "PUT").send()
                .reachedUpstream()).isTrue();
        assertThat(tester.get("/").header("origin", SHOP).header("access-control-request-method", "PUT").send()
                .reachedUpstream()).isTrue();
    }

    @Test
    void marksResponses() {
        TesterResult result = Setup.origins(SHOP).exposeHeaders("x-total", "link").tester().get("/")
                .header("origin", SHOP).send();

        assertThat(result.reachedUpstream()).isTrue();
        assertThat(result.header("access-control-allow-origin")).isEqualTo(SHOP);
        assertThat(result.header("access-control-expose-headers")).isEqualTo("x-total, link");
        assertThat(result.header("vary")).isEqualTo("Origin");
    }

    @Test
    void replacesWhatTheUpstreamSaysOfIt() {
        Reply reply = Reply.of(200).withHeader("Access-Control-Allow-Origin", "*")
                .withHeader("access-control-allow-credentials", "true")
                .withHeader("access-control-expose-headers", "x-inner").withHeader("vary", "accept-encoding");
        PolicyTester tester = Setup.origins(SHOP).tester();

        TesterResult allowed = tester.get("/").header("origin", SHOP).upstream(reply).send();
        TesterResult other = tester.get("/").header("origin", "https://evil.test").upstream(reply).send();
        TesterResult none = tester.get("/").upstream(reply).send();

        assertThat(allowed.headerValues("access-control-allow-origin")).containsExactly(SHOP);
        assertThat(allowed.headers()).extracting("name").containsExactly("vary", "access-control-allow-origin", "vary");
        assertThat(other.headers()).extracting("name").containsExactly("vary", "vary");
        assertThat(none.headers()).extracting("name").containsExactly("vary", "vary");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            accept-encoding         | accept-encoding, Origin
            Accept, origin          | Accept, origin
            ORIGIN                  | ORIGIN
            *                       | *
            x-origin                | x-origin, Origin
            origin-x , accept       | origin-x , accept, Origin
            """)
    void addsOriginToVaryOnce(String vary, String expected) {
        TesterResult result = Setup.origins(SHOP).tester().get("/").upstream(Reply.of(200).withHeader("vary", vary))
                .send();

        assertThat(result.header("vary")).isEqualTo(expected);
    }

    @Test
    void marksEveryResponseAlikeWhereEveryOriginMayCall() {
        PolicyTester tester = Setup.origins("*").tester();

        TesterResult with = tester.get("/").header("origin", "https://any.test").send();
        TesterResult without = tester.get("/").send();

        assertThat(with.headers()).isEqualTo(without.headers());
        assertThat(with.header("access-control-allow-origin")).isEqualTo("*");
    }

    @Test
    void marksTheRefusalsOfLaterPolicies() {
        TesterResult result = Setup.origins(SHOP).tester().then(new FailingPolicy(Fault.LIMIT_EXCEEDED)).get("/")
                .header("origin", SHOP).send();

        assertThat(result.status()).isEqualTo(400);
        assertThat(result.header("access-control-allow-origin")).isEqualTo(SHOP);
    }

    @ParameterizedTest
    @CsvSource({"https://shop.example.com,true", "http://shop.example.com,false", "https://shop.example.com:8443,false",
        "https://SHOP.example.com,false", "https://shop.example.com.evil.test,false", "null,false", "'',false",
        "https://a.example.org:8443,true", "https://a.b.example.org:8443,true", "https://example.org:8443,false",
        "https://.example.org:8443,false", "https://a..example.org:8443,false",
        "https://evil.test/.example.org:8443,false", "https://evil.test:1.example.org:8443,false",
        "https://evilexample.org:8443,false", "https://a.example.org,false", "https://dev-12.test,true",
        "https://dev-12.test.evil.test,false", "xhttps://dev-12.test,false", "http://[::1]:3000,true",
        "app+x://local,true"})
    void knowsOriginsApart(String origin, boolean allowed) {
        PolicyTester tester = Setup.origins("HTTPS://Shop.Example.com:443", "https://*.example.org:8443",
                "http://[::1]:3000", "app+x://local").regex("https://dev-\\d+\\.test").tester();

        TesterResult result = tester.get("/").header("origin", origin).send();

        assertThat(result.header("access-control-allow-origin")).isEqualTo(allowed ? origin : null);
    }

    @Test
    void letsANullOriginThroughOnlyWhereItIsNamed() {
        assertThat(Setup.origins("null").tester().get("/").header("origin", "null").send()
                .header("access-control-allow-origin")).isEqualTo("null");
        assertThat(Setup.origins(SHOP).regex(".*").tester().get("/").header("origin", "null").send()
                .header("access-control-allow-origin")).isNull();
    }

    @Test
    void givesNoLeaveToTwoOriginsAtOnce() {
        TesterResult result = Setup.origins(SHOP).tester().get("/").header("origin", SHOP)
                .header("origin", "https://evil.test").send();

        assertThat(result.header("access-control-allow-origin")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"https://evil.test,403", "null,403", "https://shop.example.com,200", "http://gateway.test,200",
        "http://gateway.test:8080,403", "https://gateway.test,403", ",200"})
    void refusesOtherOriginsWhereToldSo(String origin, int status) {
        TesterRequest request = Setup.origins(SHOP).refuseOthers().tester().post("/").body("x");
        if (origin != null) {
            request.header("origin", origin);
        }

        TesterResult result = request.send();

        assertThat(result.status()).isEqualTo(status);
        assertThat(result.fault()).isEqualTo(status == 403 ? Fault.CORS_REFUSED : null);
    }

    @Test
    void remembersTheOriginWhereALaterPolicyTakesItAway() {
        PolicyTester tester = Setup.origins(SHOP).tester().then(new OriginRemover());

        TesterResult result = tester.get("/").header("origin", SHOP).send();

        assertThat(result.sent().header("origin")).isNull();
        assertThat(result.header("access-control-allow-origin")).isEqualTo(SHOP);
    }

    /// Hides from the upstream where a request comes from.
    private record OriginRemover() implements io.tidegate.api.Policy {

        @Override
        public io.tidegate.api.Decision onRequest(io.tidegate.api.Exchange exchange) {
            exchange.request().headers().remove("origin");
            return io.tidegate.api.Decision.next();
        }
    }

    @Test
    void standsBeforeWhatAuthenticates() {
        assertThat(new CorsFactory().precedes()).containsExactly(Trait.CONSUMER);
    }

    @Test
    void refusesAsterisksBesideCredentials() {
        assertThatThrownBy(() -> Setup.origins("*").credentials().config()).hasMessageContaining("'origins'");
        assertThatThrownBy(() -> Setup.origins(SHOP).methods("*").credentials().config())
                .hasMessageContaining("'methods'");
        assertThatThrownBy(() -> Setup.origins(SHOP).requestHeaders("*").credentials().config())
                .hasMessageContaining("'requestHeaders'");
        assertThatThrownBy(() -> Setup.origins(SHOP).exposeHeaders("*").credentials().config())
                .hasMessageContaining("'exposeHeaders'");
    }

    @Test
    void refusesWhatCanNotBe() {
        assertThatThrownBy(() -> Setup.origins("*", SHOP).config()).hasMessageContaining("nothing else");
        assertThatThrownBy(() -> Setup.origins(SHOP).methods("G T").config()).hasMessageContaining("'methods'");
        assertThatThrownBy(() -> Setup.origins(SHOP).requestHeaders("x y").config())
                .hasMessageContaining("'requestHeaders'");
        assertThatThrownBy(() -> Setup.origins(SHOP).exposeHeaders("").config())
                .hasMessageContaining("'exposeHeaders'");
        assertThatThrownBy(() -> Setup.origins(SHOP).maxAge(Duration.ofSeconds(-1)).config())
                .hasMessageContaining("'maxAge'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "shop.example.com", "https://shop.example.com/", "https://shop.example.com/x",
        "https://*", "https://shop.*.com", "https://sho*.example.com", "*.example.com", "https://a b", "https://a:x",
        "https://u@a.test", "https://\u00e9.test"})
    void refusesOriginsThatNoBrowserSends(String origin) {
        assertThatThrownBy(() -> OriginConfig.of(origin)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("as browsers send it").hasMessageContaining("(was '" + origin + "')");
    }

    @Test
    void refusesAnOriginThatIsNeitherOrBoth() {
        assertThatThrownBy(() -> new OriginConfig(null, null)).hasMessageContaining("exactly one of");
        assertThatThrownBy(() -> new OriginConfig(SHOP, ".*")).hasMessageContaining("exactly one of");
        assertThatThrownBy(() -> new OriginConfig(null, "(")).hasMessageContaining("must be a regular expression");
    }
}
