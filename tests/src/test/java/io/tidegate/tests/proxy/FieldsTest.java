package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What the gateway does to header fields.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class FieldsTest extends ProxyTest {

    private static final String TRUSTED = "trustedProxies: [127.0.0.0/8]";

    private RawRequest forwarded(String fields) {
        int before = upstream.requests().size();
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("GET /p HTTP/1.1\r\nHost: api.example:8080\r\n" + fields + "\r\n").status())
                    .isEqualTo(200);
        }
        return upstream.request(before);
    }

    @Test
    void theServiceLearnsWhoAskedAndHow() {
        RawRequest request = forwarded("");

        assertThat(request.field("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(request.field("x-forwarded-proto")).isEqualTo("http");
        assertThat(request.field("x-forwarded-host")).isEqualTo("api.example:8080");
        assertThat(request.field("forwarded")).isEqualTo("for=127.0.0.1;proto=http");
        assertThat(request.field("via")).isEqualTo("1.1 tidegate");
        assertThat(request.field("x-request-id")).matches("[0-9a-f]{32}");
        assertThat(request.field("host")).isEqualTo("api.example:8080");
        assertThat(request.field("connection")).isNull();
    }

    @Test
    void everyRequestHasAnIdOfItsOwn() {
        assertThat(forwarded("").field("x-request-id")).isNotEqualTo(forwarded("").field("x-request-id"));
    }

    @Test
    void aStrangersRequestIdIsReplaced() {
        assertThat(forwarded("X-Request-Id: mine\r\n").field("x-request-id")).matches("[0-9a-f]{32}");
    }

    @Test
    void aTrustedProxysRequestIdIsKept() {
        gateway.apply(GatewayYaml.to(upstream).listener(TRUSTED).text());

        assertThat(forwarded("X-Request-Id: mine-1\r\n").field("x-request-id")).isEqualTo("mine-1");
    }

    @Test
    void aTrustedProxysChainIsContinued() {
        gateway.apply(GatewayYaml.to(upstream).listener(TRUSTED).text());

        RawRequest request = forwarded("X-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: shop.example\r\n");

        assertThat(request.field("x-forwarded-for")).isEqualTo("10.1.2.3, 127.0.0.1");
        assertThat(request.field("x-forwarded-proto")).isEqualTo("https");
        assertThat(request.field("x-forwarded-host")).isEqualTo("shop.example");
    }

    @Test
    void aProxyThatIsNotAmongTheTrustedNetworksIsAStranger() {
        gateway.apply(GatewayYaml.to(upstream).listener("trustedProxies: [10.0.0.0/8]").text());

        assertThat(forwarded("X-Forwarded-For: 10.1.2.3\r\n").field("x-forwarded-for")).isEqualTo("127.0.0.1");
    }

    @Test
    void viaIsAddedToWhatIsThere() {
        assertThat(forwarded("Via: 1.0 fred\r\n").field("via")).isEqualTo("1.0 fred, 1.1 tidegate");
    }

    @Test
    void viaHasTheNameThatIsConfigured() {
        gateway.apply(GatewayYaml.to(upstream).listener("via: edge-1").text());

        assertThat(forwarded("").field("via")).isEqualTo("1.1 edge-1");
    }

    @Test
    void theHostOfTheEndpointIsSentWhereTheClientsIsNotToBeKept() {
        gateway.apply(GatewayYaml.to(upstream).route("preserveHost: false").text());

        RawRequest request = forwarded("");

        assertThat(request.field("host")).isEqualTo("127.0.0.1:" + upstream.port());
        assertThat(request.field("x-forwarded-host")).isEqualTo("api.example:8080");
    }

    @Test
    void hopByHopFieldsEndHereAndOthersPassInTheirOrder() {
        RawRequest request = forwarded("X-A: 1\r\nConnection: x-b, keep-alive\r\nX-B: 2\r\nKeep-Alive: timeout=5\r\n"
                + "TE: trailers\r\nX-C: 3\r\nx-a: 4\r\n");

        assertThat(request.fields()).filteredOn(field -> field.name().matches("(?i)x-[a-c]|te|keep-alive|connection"))
                .extracting(Object::toString).containsExactly("X-A: 1", "X-C: 3", "x-a: 4");
    }

    @Test
    void fieldsPassLetterByLetter() {
        RawRequest request = forwarded(
                "accept:*/*\r\nUser-Agent:  curl/8\t \r\nCookie: a=b; c=\"d\"\r\nX-Empty:\r\nAuthorization: Bearer x.y\r\n");

        assertThat(request.field("accept")).isEqualTo("*/*");
        assertThat(request.field("user-agent")).isEqualTo("curl/8");
        assertThat(request.field("cookie")).isEqualTo("a=b; c=\"d\"");
        assertThat(request.field("x-empty")).isEmpty();
        assertThat(request.field("authorization")).isEqualTo("Bearer x.y");
    }

    @Test
    void fieldsOfResponsesPassLetterByLetterToo() {
        answers("HTTP/1.1 201 Made It\r\nset-cookie: a=b\r\nSet-Cookie: c=d\r\n"
                + "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nLocation: /x\r\n"
                + "Server: s/1\r\nContent-Length: 2\r\n\r\nok");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.get("/");

            assertThat(response.status()).isEqualTo(201);
            assertThat(response.reason()).isEqualTo("Made It");
            assertThat(response.fields()).extracting(Object::toString).containsSubsequence("set-cookie: a=b",
                    "Set-Cookie: c=d", "Location: /x", "Server: s/1");
            assertThat(response.field("x-hop")).isNull();
            assertThat(response.field("keep-alive")).isNull();
            assertThat(response.field("connection")).isNull();
        }
    }

    @Test
    void absoluteFormBecomesOriginForm() {
        try (RawClient client = gateway.client()) {
            client.exchange("GET http://api.example/p?q HTTP/1.1\r\nHost: api.example\r\n\r\n");
        }
        assertThat(upstream.request(0).line()).isEqualTo("GET /p?q HTTP/1.1");
        assertThat(upstream.request(0).field("host")).isEqualTo("api.example");
    }

    @Test
    void optionsStarIsAnsweredHere() {
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.field("content-length")).isEqualTo("0");
            assertThat(client.get("/next").status()).isEqualTo(200);
        }
        assertThat(upstream.requests()).hasSize(1);
    }

    @Test
    void aConditionalCanonicalPathIsWhatTheServiceSees() {
        try (RawClient client = gateway.client()) {
            client.get("/a/./b/../%63//d?x=%2e");
        }
        assertThat(upstream.request(0).target()).isEqualTo("/a/c/d?x=%2e");
    }

    @Test
    void methodsPassAsTheyAre() {
        for (String method : new String[]{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE"}) {
            try (RawClient client = gateway.client()) {
                assertThat(client.exchange(method + " /m HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(200);
            }
        }
        assertThat(upstream.requests()).extracting(RawRequest::method).containsExactly("GET", "POST", "PUT", "PATCH",
                "DELETE", "OPTIONS", "PROPFIND", "PURGE");
    }

    @Test
    void methodsAreToldApartByCase() {
        gateway.apply(GatewayYaml.to(upstream).route("match: [{ methods: [GET] }]").text());
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange("get /p HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(response.status()).isEqualTo(405);
            assertThat(response.field("allow")).contains("GET");
            assertThat(client.get("/p").status()).isEqualTo(200);
        }
    }

    @Test
    void theMethodOverridePassesWhereTheRouteLetsIt() {
        gateway.apply(GatewayYaml.to(upstream).route("methodOverride: true").text());

        assertThat(forwarded("X-HTTP-Method-Override: DELETE\r\n").field("x-http-method-override"))
                .isEqualTo("DELETE");
    }
}
