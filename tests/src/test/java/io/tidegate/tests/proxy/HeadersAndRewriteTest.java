package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the pages about `headers` and `rewrite` say, over real sockets.
class HeadersAndRewriteTest extends ProxyTest {

    private void route(String match, String policies) {
        gateway.apply(GatewayYaml.to(upstream).listener("trustedProxies: [127.0.0.1/32]")
                .route("encodedSlash: keep, match: [{ path: \"" + match + "\" }], policies: [" + policies + "]")
                .text());
    }

    private RawResponse ask(String target, String fields) {
        try (RawClient client = gateway.client()) {
            return client.exchange("GET " + target + " HTTP/1.1\r\nHost: Shop.Example:8080\r\n" + fields + "\r\n");
        }
    }

    private RawRequest sent(String target, String fields) {
        int before = upstream.requestCount();
        assertThat(ask(target, fields).status()).isEqualTo(200);
        return upstream.request(before);
    }

    @Test
    void fieldsOfRequestsAreSetAddedAndRemoved() {
        route("/orders/{id}",
                """
                        { headers: { request: {
                            set: { x-client-address: "{client.address}", x-order: "{path.id}", x-tenant: "{header.x-customer}" },
                            add: { x-tag: [gateway, "{route}"] },
                            remove: [x-customer, x-none] } } }""");

        RawRequest request = sent("/orders/7",
                "X-Client-Address: 1.2.3.4\r\nx-client-address: 5.6.7.8\r\nX-Customer: acme\r\nX-Tag: mine\r\n"
                        + "X-Forwarded-For: 10.0.0.9\r\n");

        assertThat(request.field("x-client-address")).isEqualTo("10.0.0.9");
        assertThat(request.count("x-client-address")).isEqualTo(1);
        assertThat(request.field("x-order")).isEqualTo("7");
        assertThat(request.field("x-tenant")).isEqualTo("acme");
        assertThat(request.field("x-tag")).isEqualTo("mine, gateway, all");
        assertThat(request.field("x-customer")).isNull();
    }

    @Test
    void fieldsOfResponsesAreSetAddedAndRemovedToo() {
        answers("HTTP/1.1 200 OK\r\nServer: s/1\r\nX-Powered-By: p\r\nx-powered-by: q\r\nX-Frame: a\r\n"
                + "Content-Length: 2\r\n\r\nok");
        route("/**", """
                { headers: { response: {
                    set: { strict-transport-security: max-age=31536000, x-request-id: "{request.id}", x-frame: b },
                    add: { x-frame: [c] },
                    remove: [server, x-powered-by] } } }""");

        RawResponse response = ask("/", "X-Request-Id: id-1\r\n");

        assertThat(response.field("strict-transport-security")).isEqualTo("max-age=31536000");
        assertThat(response.field("x-request-id")).isEqualTo("id-1");
        assertThat(response.field("x-frame")).isEqualTo("b, c");
        assertThat(response.field("server")).isNull();
        assertThat(response.field("x-powered-by")).isNull();
        assertThat(response.body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {client.address}              | 127.0.0.1
            {request.id}                  | id-1
            {request.host}                | shop.example
            {request.path}                | /a/b%20c
            {request.method}              | GET
            {request.scheme}              | http
            {route}                       | all
            {path.rest}                   | b c
            {path.none}                   | ''
            {header.x-two}                | 1, 2
            {header.x-none}               | ''
            a{{b}                         | a{b}
            {"group":"default"}           | {"group":"default"}
            {request.method}-{route}-{x y | GET-all-{x y
            """)
    void placeholdersStandForWhatIsKnown(String value, String expected) {
        boolean known = !value.equals("{path.none}");
        route("/a/{" + (known ? "rest" : "none") + "**}",
                "{ headers: { request: { set: { x-set: '" + value + "' } } } }");

        assertThat(sent(known ? "/a/./b%20c" : "/a", "X-Two: 1\r\nX-Two: 2\r\nX-Request-Id: id-1\r\n").field("x-set"))
                .isEqualTo(expected);
    }

    @Test
    void answersOfTheGatewaysOwnAreChangedToo() {
        upstream.kill();
        route("/**", "{ headers: { response: { set: { x-set: \"1\" }, remove: [retry-after] } } }");

        RawResponse response = ask("/", "");

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.field("x-set")).isEqualTo("1");
    }

    @Test
    void whatTheGatewaySaysOfTheClientCanBeReplaced() {
        route("/**", """
                { headers: { request: { set: { x-forwarded-for: "192.0.2.1", x-forwarded-proto: https,
                    x-forwarded-host: other.example, forwarded: "for=192.0.2.1" } } } }""");

        RawRequest request = sent("/", "X-Forwarded-For: 10.0.0.9\r\nForwarded: for=10.0.0.9\r\n");

        assertThat(request.field("x-forwarded-for")).isEqualTo("192.0.2.1");
        assertThat(request.field("x-forwarded-proto")).isEqualTo("https");
        assertThat(request.field("x-forwarded-host")).isEqualTo("other.example");
        assertThat(request.field("forwarded")).isEqualTo("for=192.0.2.1");
    }

    @Test
    void aValueOfARequestCannotBringAFieldOfItsOwn() {
        route("/a/{id}", "{ headers: { request: { set: { x-id: \"{path.id}\" } } } }");

        assertThat(ask("/a/b%0D%0Ax-evil:1", "").status()).isEqualTo(400);
        assertThat(upstream.requestCount()).isZero();
        assertThat(sent("/a/%C3%A9", "").field("x-id")).as("UTF-8").isEqualTo("\u00c3\u00a9");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/**           | stripPrefix: /api                            | /api/orders/7      | /orders/7
            /**               | stripPrefix: /api                            | /apix/1            | /apix/1
            /**               | stripPrefix: /api                            | /api               | /
            /api/**           | addPrefix: /v2                               | /api/orders/7      | /v2/api/orders/7
            /api/**           | stripPrefix: /api, addPrefix: /v2            | /api/orders/7?a=b  | /v2/orders/7?a=b
            /api/orders/{id}  | path: "/v2/items/{id}"                       | /api/orders/7      | /v2/items/7
            /api/orders/{id}  | path: "/v2/items/{id}"                       | /api/orders/a%3Fb  | /v2/items/a%3Fb
            /api/{rest**}     | path: "/v2/{rest**}"                         | /api/orders/7      | /v2/orders/7
            /**               | regex: "^/api/(\\\\w+)/(\\\\d+)$", replacement: "/$1;id=$2" | /api/orders/7 | /orders;id=7
            /**               | regex: "^/api/(\\\\w+)/(\\\\d+)$", replacement: "/$1;id=$2" | /api/orders/x | /api/orders/x
            /**               | regex: "a", replacement: "[$0$$]"            | /ba/a              | /b%5Ba$%5D/%5Ba$%5D
            /api/**           | stripPrefix: /api                            | /api/%61/./b//c    | /a/b/c
            /api/**           | stripPrefix: /api                            | /api/..%2Fadmin    | /..%2Fadmin
            /**               | query: { set: { source: gateway }, remove: [debug] } | /x?debug=1&a=%62&source=me&d%65bug | /x?a=%62&source=gateway
            /**               | query: { set: { who: "{header.x-who}" } }    | /x                 | /x?who=a%20b%26c%3Dd
            /**               | query: { remove: [a] }                       | /x?a=1             | /x
            """)
    void thePathAndTheQueryAreRewritten(String match, String keys, String target, String expected) {
        route(match, "{ rewrite: { " + keys + " } }");

        assertThat(sent(target, "X-Who: a b&c=d\r\n").target().replace("+", "%20")).isEqualTo(expected);
    }

    @Test
    void theHostIsTheOneThatIsSaid() {
        route("/**", "{ rewrite: { host: \"orders.internal:81\" } }");

        RawRequest request = sent("/", "");

        assertThat(request.field("host")).isEqualTo("orders.internal:81");
        assertThat(request.field("x-forwarded-host")).isEqualTo("Shop.Example:8080".toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void aPathThatIsBroughtToClimbIsRefused() {
        route("/**", "{ rewrite: { regex: \"^/x(.*)$\", replacement: \"/$1\" } }");

        for (String target : new String[]{"/x..", "/x../etc", "/x./a"}) {
            assertThat(ask(target, "").status()).as(target).isEqualTo(400);
        }
        assertThat(upstream.requestCount()).isZero();
        assertThat(sent("/xa/b", "").target()).isEqualTo("/a/b");
    }

    @Test
    void aParameterThatARequestDoesNotHaveIsA500() {
        gateway.apply(GatewayYaml.to(upstream).route("match: [{ path: \"/a/{id}\" }, { path: \"/b\" }],"
                + " policies: [{ rewrite: { path: \"/c/{id}\" } }]").text());

        assertThat(sent("/a/1", "").target()).isEqualTo("/c/1");
        RawResponse failed = ask("/b", "");
        assertThat(failed.status()).isEqualTo(500);
        assertThat(gateway.metric("tidegate_faults_total", "code=\"rewrite.no_parameter\"")).isEqualTo(1);
    }

    @Test
    void policiesBehindItSeeTheNewPathAndRoutesAreNotChosenAgain() {
        gateway.apply("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"] }
                routes:
                  old:
                    match: [{ path: "/old/**" }]
                    upstream: all
                    policies:
                      - rewrite: { stripPrefix: /old, addPrefix: /new }
                      - headers: { request: { set: { x-path: "{request.path}", x-route: "{route}" } } }
                  new: { match: [{ path: "/new/**" }], policies: [{ respond: { status: 418 } }] }
                telemetry: { accessLog: { to: none } }
                """.formatted(upstream.url()));

        RawRequest request = sent("/old/1", "");

        assertThat(request.target()).isEqualTo("/new/1");
        assertThat(request.field("x-path")).isEqualTo("/new/1");
        assertThat(request.field("x-route")).isEqualTo("old");
    }

    @Test
    void theServiceCanBeToldThePrefixThatIsGone() {
        route("/api/**", "{ headers: { request: { set: { x-forwarded-prefix: /api } } } },"
                + " { rewrite: { stripPrefix: /api } }");

        RawRequest request = sent("/api/x", "X-Forwarded-Prefix: /evil\r\n");

        assertThat(request.target()).isEqualTo("/x");
        assertThat(request.field("x-forwarded-prefix")).isEqualTo("/api");
    }
}
