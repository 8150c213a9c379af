package io.tidegate.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {

    private static final String CONFIGURATION = """
            listeners:
              public: { address: ":8080" }
              inner: { address: ":8081" }
            upstreams:
              blue:
                endpoints: [http://10.0.0.1:80, { url: http://10.0.0.2:80, weight: 2 }]
                timeouts: { response: 5s }
              green:
                endpoints: [http://10.0.0.3:80]
            routes:
              orders:
                match:
                  - { hosts: [api.example.com], path: "/orders/**", methods: [GET] }
                upstreams: { blue: 2, green: 1 }
                timeouts: { request: 10s }
                policies:
                  - cors: { origins: [https://shop.example.com] }
                  - headers: { request: { set: { x-key: "${file:SECRET}" } } }
              canary:
                match:
                  - { path: "/orders/**", headers: { x-canary: "true" } }
                upstream: green
            policies:
              - requestLimits: { maxBody: 1MiB }
              - cors: { origins: [https://www.example.com] }
            """;

    private static final String BY_CALLER = """
            upstreams:
              service: { endpoints: [http://10.0.0.1:80] }
            routes:
              all:
                match: [{ path: "/**" }]
                upstream: service
                policies: [{ mtls: { subjectHeader: X-Client-Name } }]
              admin:
                match: [{ path: "/**", headers: { x-client-name: admin } }]
                precedence: 1
                upstream: service
              debug:
                match: [{ path: "/**", headers: { x-debug: "1" } }]
                upstream: service
            """;

    private static final String SIDES = """
            upstreams:
              blue: { endpoints: [http://10.0.0.1:80], loadBalancing: { ringHash: { key: consumer } } }
              green: { endpoints: [http://10.0.0.2:80] }
            routes:
              a:
                match: [{ path: /a }]
                upstreams: { blue: 3, green: { when: '"beta" in consumer.groups' } }
                splitBy: { cookie: tg, ttl: 30d }
              b:
                match: [{ path: /b }]
                policies: [{ apiKey: {} }]
                upstreams: { blue: 3, green: { weight: 1 } }
                splitBy: { key: claim.org, cookie: tg }
              c: { match: [{ path: /c }], upstreams: { blue: 3, green: 1 }, splitBy: query.side, policies: [{ apiKey: {} }] }
            """;

    @TempDir
    private Path folder;

    private String file;

    private record Ended(int status, String out, String err) {
    }

    @BeforeEach
    void write() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "correct-horse-battery");
        file = Files.writeString(folder.resolve("tidegate.yaml"), CONFIGURATION.replace("SECRET", secret.toString()))
                .toString();
    }

    private Ended explain(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("explain", file));
        all.addAll(List.of(arguments));
        int status = CommandLines.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
        return new Ended(status, out.toString(), err.toString());
    }

    @Test
    void noRouteIsFoundByAFieldThatOnlyPoliciesWrite() throws IOException {
        Files.writeString(Path.of(file), BY_CALLER);

        assertThat(explain("http://localhost/a", "-H", "x-client-name: admin", "--json").out())
                .contains("\"route\":{\"name\":\"all\"}");
        assertThat(explain("http://localhost/a", "-H", "X-Client-Name: admin", "-H", "x-debug: 1", "--json").out())
                .contains("\"route\":{\"name\":\"debug\"}");
    }

    @Test
    void tellsTheRouteAndWhyItWon() {
        Ended ended = explain("GET https://API.example.com:8080/orders/./1?x=y#z");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(ended.out()).startsWith("""
                request   GET /orders/1?x=y
                host      api.example.com
                listener  public
                outcome   a route serves it: routes.orders

                matches, best first
                  won   routes.orders.match[0]  matches api.example.com, /orders/**
                  lost  routes.canary.match[0]  header x-canary is missing

                policies, in their order
                """).endsWith("\nNothing was sent.\n");
    }

    @Test
    void tellsEveryPolicyWithItsValuesAndItsPlace() {
        assertThat(explain("https://api.example.com/orders/1").out())
                .contains("  1.  requestLimits  policies[0]  " + file + ":24:5\n        maxBody: 1MiB\n")
                .contains("  2.  cors           routes.orders.policies[0]  " + file + ":17:9\n"
                        + "        origins: [{ origin: https://shop.example.com }]\n")
                .contains("  3.  headers        routes.orders.policies[1]  " + file + ":18:9\n")
                .contains("policies that are left out\n  cors  policies[1]  " + file
                        + ":25:5  replaced by routes.orders.policies[0]\n");
    }

    @Test
    void tellsUpstreamsWithTheirSharesAndTimeOutsWithTheirOrigins() {
        assertThat(explain("https://api.example.com/orders/1").out()).contains("""
                upstreams, by share
                  blue  66.67%  leastRequests
                        http://10.0.0.1:80
                        http://10.0.0.2:80 weight 2
                      healthCheck       none
                      outlierDetection  5 errors in a row; out for 10s, 5m at most, and no more than 50%
                      panicThreshold    50%
                      circuitBreaker    none
                      maxConcurrency    adaptive, 3 to 10000; others wait for 100ms, 1000 of them at most
                      fallback          none
                      fallbackResponse  none
                      stickySession     none
                      slowStart         none
                      zonePreference    none: gateway.zone is not said
                      subset            none
                  green  33.33%  leastRequests
                        http://10.0.0.3:80
                      healthCheck       none
                      outlierDetection  5 errors in a row; out for 10s, 5m at most, and no more than 50%
                      panicThreshold    50%
                      circuitBreaker    none
                      maxConcurrency    adaptive, 3 to 10000; others wait for 100ms, 1000 of them at most
                      fallback          none
                      fallbackResponse  none
                      stickySession     none
                      slowStart         none
                      zonePreference    none: gateway.zone is not said
                      subset            none

                time-outs
                  request   10s     routes.orders.timeouts.request
                  perTry    none    routes.orders.timeouts.perTry
                  connect   2s      upstreams.blue.timeouts.connect
                  response  5s      upstreams.blue.timeouts.response
                """);
    }

    @Test
    void tellsWhoGoesWhereWhateverTheSharesAndWhatKeepsThemThere() throws IOException {
        Files.writeString(Path.of(file), SIDES);

        assertThat(explain("http://localhost/a").out()).contains("""
                upstreams: the first whose condition holds, else by share
                  blue  100%  leastRequests: no policy here finds out who calls, so that there is no consumer
                        http://10.0.0.1:80
                """).contains("""
                  green  0%  leastRequests
                      when              "beta" in consumer.groups
                        http://10.0.0.2:80
                """).contains("      splitBy           by cookie tg for 30d, path /, httpOnly, sameSite lax\n");
        assertThat(explain("http://localhost/b").out()).contains("\nupstreams, by share\n")
                .contains("  blue  75%  ringHash by consumer, 1.25 of its share at most; without it leastRequests\n")
                .contains("      splitBy           claim.org; without it by cookie tg until the browser is closed");
        assertThat(explain("http://localhost/b?org=1", "-H", "Cookie: x=y; tg=abc").out())
                .doesNotContain("belongs here");
        assertThat(explain("http://localhost/c?side=1").out())
                .containsOnlyOnce("      splitBy           query.side; this request, as it comes in, belongs here");
        assertThat(explain("http://localhost/c").out()).doesNotContain("belongs here");
        assertThat(explain("http://localhost/a", "--json").out())
                .contains("\"upstream\":\"green\",\"share\":0.0,\"when\":\"\\\"beta\\\" in consumer.groups\"");
    }

    @Test
    void tellsWhatTheRouteIsUnderOverload() {
        assertThat(explain("https://api.example.com/orders/1").out())
                .contains("\nunder overload\n  criticality  normal\n");
        assertThat(explain("https://api.example.com/orders/1", "--json").out())
                .contains("\"criticality\":\"normal\",\"criticalityByConsumer\":[]");
    }

    @Test
    void tellsWhatConsumersMakeOfIt() throws IOException {
        Files.writeString(Path.of(file), BY_CALLER + """
                consumers:
                  vip: { criticality: critical }
                  batch: { criticality: low }
                """);
        assertThat(explain("https://api.example.com/").out())
                .contains("\n  criticality  normal; for some consumers critical or low\n");
        assertThat(explain("https://api.example.com/", "--json").out())
                .contains("\"criticality\":\"normal\",\"criticalityByConsumer\":[\"critical\",\"low\"]");
        assertThat(explain("https://api.example.com/", "-H", "x-debug: 1").out())
                .contains("\n  criticality  normal\n");
    }

    @Test
    void keepsSecretsToItself() {
        assertThat(explain("https://api.example.com/orders/1").out()).contains("x-key: ***")
                .doesNotContain("correct-horse");
        assertThat(explain("https://api.example.com/orders/1", "--json").out()).contains("\"x-key\":\"***\"")
                .doesNotContain("correct-horse");
    }

    @Test
    void mindsTheHeadersAndTheListener() {
        Ended ended = explain("-H", "X-Canary: true", "--listener=inner", "POST http://other.example.com/orders/1");

        assertThat(ended.out()).contains("listener  inner\n").contains("routes.canary\n")
                .contains("  lost  routes.orders.match[0]  host other.example.com is not api.example.com\n")
                .contains("upstream\n  green  100%  leastRequests\n");
        assertThat(explain("/orders", "--listener", "outer").err()).contains("no listener is named 'outer'");
    }

    @Test
    void endsWellWhereNoRouteServesTheRequest() {
        Ended none = explain("/nowhere");
        Ended method = explain("DELETE https://api.example.com/orders/1");
        Ended refused = explain("https://api.example.com/orders/%zz");

        assertThat(none.status()).isZero();
        assertThat(none.out()).contains("no route matches").contains("answer    404 route.not_found: ")
                .contains("path /nowhere is not /orders/**").doesNotContain("time-outs");
        assertThat(method.status()).isZero();
        assertThat(method.out()).contains("answer    405 route.method_not_allowed: ")
                .contains("method DELETE is not one of GET");
        assertThat(refused.status()).isZero();
        assertThat(refused.out()).contains("refused before a route is looked for")
                .contains("answer    400 path.escape: ");
    }

    @Test
    void writesOneObjectForMachines() {
        String json = explain("https://api.example.com/orders/1?a=b", "--json").out();

        assertThat(json).startsWith("{\"request\":{\"listener\":\"public\",\"method\":\"GET\",\"host\":"
                + "\"api.example.com\",\"path\":\"/orders/1\",\"query\":\"a=b\"},\"outcome\":\"found\",\"fault\":null,"
                + "\"route\":{\"name\":\"orders\"},\"rivals\":[{\"route\":\"orders\",\"match\":0,")
                .contains("{\"type\":\"requestLimits\",\"config\":{\"maxBody\":\"1MiB\",")
                .contains("\"from\":{\"path\":\"routes.orders.policies[0]\",\"file\":\"" + file
                        + "\",\"line\":17,\"column\":9}")
                .contains("\"reason\":\"replaced by routes.orders.policies[0]\"")
                .contains("\"request\":{\"value\":\"10s\",\"from\":\"routes.orders.timeouts.request\"}");
        assertThat(json.lines()).hasSize(1);
        assertThat(explain("/nowhere", "--json").out()).contains(
                "\"fault\":{\"code\":\"route.not_found\",\"status\":404,\"title\":").contains("\"route\":null");
    }

    @Test
    void refusesWhatIsNoRequest() {
        assertThat(explain("GET nowhere")).satisfies(ended -> {
            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.err()).contains("must be a URL such as").contains("(was 'nowhere')");
        });
        assertThat(explain("GET / HTTP/1.1").status()).isEqualTo(1);
        assertThat(explain("/", "-H", "nothing").err()).contains("must be written 'name: value' (was 'nothing')");
    }

    @Test
    void tellsWhatIsWrongWithTheFile() throws IOException {
        Files.writeString(Path.of(file), "routes: 7\n");

        Ended ended = explain("/");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains(file + ":1:");
    }

    @Test
    void wantsARequest() {
        Ended ended = explain();

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("REQUEST is missing");
    }
}
