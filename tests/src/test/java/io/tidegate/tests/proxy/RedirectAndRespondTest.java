package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the pages about `redirect` and `respond` say, over real sockets.
class RedirectAndRespondTest extends ProxyTest {

    private void policies(String policies) {
        gateway.apply(GatewayYaml.to(upstream).listener("trustedProxies: [127.0.0.1/32]")
                .route("match: [{ path: \"/articles/{id}\" }, { path: \"/**\" }], policies: [" + policies + "]")
                .text());
    }

    private RawResponse ask(String line, String fields) {
        try (RawClient client = gateway.client()) {
            return client.exchange(line + " HTTP/1.1\r\nHost: shop.example:8080\r\n" + fields + "\r\n");
        }
    }

    private String location(String target) {
        return String.valueOf(ask("GET " + target, "").field("location"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://www.example.com/stories/{path.id} | /articles/7         | https://www.example.com/stories/7
            https://www.example.com/stories/{path.id} | /articles/7?a=1&b   | https://www.example.com/stories/7?a=1&b
            https://www.example.com/stories/{path.id} | /articles/a%20b     | https://www.example.com/stories/a%20b
            https://www.example.com/stories/{path.id} | /articles/%3Fx      | https://www.example.com/stories/%3Fx
            https://www.example.com/s?from=old        | /x?a=1              | https://www.example.com/s?from=old&a=1
            https://www.example.com/s#part            | /x?a=1              | https://www.example.com/s?a=1#part
            https://www.example.com{request.path}     | /x/./y//z           | https://www.example.com/x/y/z
            /new{request.path}                        | /x?q                | /new/x?q
            {request.path}/                           | //evil.example/a/%2e%2e | /evil.example//
            http://{request.host}/there               | /x                  | http://shop.example/there
            """)
    void theTargetIsMadeOfTheRequest(String to, String target, String location) {
        policies("{ redirect: { to: \"" + to + "\" } }");

        RawResponse response = ask("POST " + target, "Content-Length: 0\r\n");

        assertThat(response.status()).as("the default").isEqualTo(307);
        assertThat(response.field("location")).isEqualTo(location);
        assertThat(upstream.requestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void theStatusIsTheOneThatIsSaid(int status) {
        policies("{ redirect: { to: /new, status: " + status + " } }");

        assertThat(ask("GET /x", "").status()).isEqualTo(status);
        assertThat(ask("HEAD /x", "").field("location")).isEqualTo("/new");
    }

    @Test
    void theQueryIsLeftBehindWhereThatIsSaid() {
        policies("{ redirect: { to: /new, keepQuery: false } }");

        assertThat(location("/x?a=1")).isEqualTo("/new");
    }

    @Test
    void plainHttpGoesOnAsHttpsOnTheSameHost() {
        policies("{ redirect: { scheme: https, status: 308 } }");
        assertThat(location("/x?a")).isEqualTo("https://shop.example/x?a");

        policies("{ redirect: { scheme: https, port: 8443 } }");
        assertThat(location("/x?a")).isEqualTo("https://shop.example:8443/x?a");
    }

    @Test
    void aRedirectToTheVeryAddressIsALoop() {
        policies("{ redirect: { to: /here } }");

        RawResponse loop = ask("GET /here", "");

        assertThat(loop.status()).isEqualTo(508);
        assertThat(loop.fault()).isEqualTo("redirect.loop");
        assertThat(location("/there")).isEqualTo("/here");
    }

    @Test
    void aRequestThatATrustedProxyGotOverTlsIsAtHttpsAlready() {
        policies("{ redirect: { to: \"https://{request.host}{request.path}\" } }");

        assertThat(ask("GET /x", "").status()).isEqualTo(307);
        try (RawClient client = gateway.client()) {
            RawResponse loop = client
                    .exchange("GET /x HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-Proto: https\r\n\r\n");
            assertThat(loop.fault()).isEqualTo("redirect.loop");
        }
    }

    @Test
    void onlySomeRequestsAreRedirectedWhereThereIsACondition() {
        policies("{ redirect: { to: /new }, when: 'request.path == \"/old\"' }");

        assertThat(ask("GET /old", "").status()).isEqualTo(307);
        assertThat(ask("GET /other", "").body()).isEqualTo("hello");
    }

    @Test
    void controlCharactersOfARequestAreEscapedInTheTarget() {
        policies("{ redirect: { to: \"/new/{path.id}\" } }");

        RawResponse response = ask("GET /articles/a%0D%0ASet-Cookie:%20x", "");

        assertThat(response.field("set-cookie")).isNull();
        assertThat(response.status() == 400 || String.valueOf(response.field("location")).contains("%0D%0A")).isTrue();
    }

    @Test
    void anAnswerIsWhatTheConfigurationSays() {
        policies("""
                { headers: { response: { set: { x-behind: "1" } } } },
                { respond: { status: 503, contentType: application/json,
                    body: '{"error":"closed","path":"{request.path}","id":"{request.id}"}',
                    headers: { retry-after: "3600", cache-control: no-store, x-echo: "{header.x-in}" } } },
                { headers: { response: { set: { x-never: "1" } } } }""");

        RawResponse response = ask("GET /a\"b".replace("\"", "%22"), "X-Request-Id: id-1\r\nX-In: v\r\n");

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("{\"error\":\"closed\",\"path\":\"/a%22b\",\"id\":\"id-1\"}");
        assertThat(response.field("content-type")).isEqualTo("application/json");
        assertThat(response.field("retry-after")).isEqualTo("3600");
        assertThat(response.field("cache-control")).isEqualTo("no-store");
        assertThat(response.field("x-echo")).isEqualTo("v");
        assertThat(response.field("x-behind")).as("set by a policy in front").isEqualTo("1");
        assertThat(response.field("x-never")).as("set by a policy behind").isNull();
        assertThat(upstream.requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            application/json         | a\\"b\\u003c
            application/problem+json | a\\"b\\u003c
            text/html                | a&quot;b&lt;
            application/xml          | a&quot;b&lt;
            text/plain               | a"b<
            """)
    void placeholdersAreEscapedAsTheMediaTypeAsks(String type, String escaped) {
        policies("{ respond: { contentType: " + type + ", body: 'x={header.x-in}' } }");

        assertThat(ask("GET /", "X-In: a\"b<\r\n").body()).isEqualTo("x=" + escaped);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 205, 304})
    void aStatusWithoutABodyHasNone(int status) {
        policies("{ respond: { status: " + status + " } }");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.get("/");
                assertThat(response.status()).isEqualTo(status);
                assertThat(response.body()).isEmpty();
            }
        }
    }

    @Test
    void headGetsTheHeadOfTheAnswer() {
        policies("{ respond: { body: hello there } }");
        try (RawClient client = gateway.client()) {
            RawResponse head = client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(head.field("content-length")).isEqualTo("11");
            assertThat(head.field("content-type")).isEqualTo("text/plain; charset=utf-8");
            assertThat(client.get("/").body()).isEqualTo("hello there");
            assertThat(client.exchange(HEAD + "Content-Length: 3\r\n\r\nabc").body()).isEqualTo("hello there");
            assertThat(client.exchange(HEAD + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").body())
                    .isEqualTo("hello there");
        }
    }

    @Test
    void aRouteThatAnswersItselfNeedsNoUpstream() {
        gateway.apply("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                routes:
                  robots:
                    match: [{ path: /robots.txt, methods: [GET] }]
                    policies:
                      - respond:
                          body: |
                            User-agent: *
                            Disallow: /
                telemetry: { accessLog: { to: none } }
                """);

        assertThat(ask("GET /robots.txt", "").body()).isEqualTo("User-agent: *\nDisallow: /\n");
        assertThat(ask("GET /other", "").status()).isEqualTo(404);
    }
}
