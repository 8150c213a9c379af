package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the page about `cors` says, over real sockets.
class CorsTest extends ProxyTest {

    private static final String POLICY = """
            cors: { origins: ["https://shop.example.com", "https://*.preview.example.com",
              { regex: "https://pr-[0-9]+\\\\.example\\\\.dev" }], methods: [GET, POST, PUT],
              requestHeaders: [content-type, authorization], exposeHeaders: [x-total-count], credentials: true,
              maxAge: 1h%s }""";

    @Override
    GatewayYaml configuration() {
        return cors(POLICY.formatted(""));
    }

    private GatewayYaml cors(String policy) {
        return GatewayYaml.to(upstream).route("policies: [{ " + policy + " }]");
    }

    private RawResponse ask(String method, String fields) {
        try (RawClient client = gateway.client()) {
            return client.exchange(method + " /p HTTP/1.1\r\nHost: api.example.com\r\n" + fields + "\r\n");
        }
    }

    private RawResponse preflight(String origin) {
        return ask("OPTIONS", "Origin: " + origin + "\r\nAccess-Control-Request-Method: PUT\r\n");
    }

    @ParameterizedTest
    @CsvSource({"https://shop.example.com, true", "https://a.preview.example.com, true",
        "https://a.b.preview.example.com, true", "https://pr-17.example.dev, true",
        "https://preview.example.com, false", "http://shop.example.com, false", "https://shop.example.com:8443, false",
        "https://xpr-17.example.dev, false", "https://pr-17.example.dev.evil.example, false",
        "https://pr-17xexample.dev, false", "https://evil.example, false", "null, false"})
    void anOriginIsAllowedAsListedAndNoOther(String origin, boolean allowed) {
        RawResponse preflight = preflight(origin);
        RawResponse simple = ask("GET", "Origin: " + origin + "\r\n");

        assertThat(preflight.status()).isEqualTo(204);
        assertThat(simple.status()).isEqualTo(200);
        for (RawResponse response : new RawResponse[]{preflight, simple}) {
            assertThat(response.field("access-control-allow-origin")).isEqualTo(allowed ? origin : null);
            assertThat(response.field("access-control-allow-credentials")).isEqualTo(allowed ? "true" : null);
            assertThat(response.field("vary")).isEqualTo("Origin");
        }
        assertThat(upstream.requestCount()).as("requests that reached the service").isEqualTo(1);
    }

    @Test
    void aPreflightIsToldWhatIsAllowed() {
        RawResponse preflight = preflight("https://shop.example.com");

        assertThat(preflight.field("access-control-allow-methods")).isEqualTo("GET, POST, PUT");
        assertThat(preflight.field("access-control-allow-headers")).isEqualTo("content-type, authorization");
        assertThat(preflight.field("access-control-max-age")).isEqualTo("3600");
        assertThat(preflight.field("access-control-expose-headers")).isNull();
        assertThat(preflight.field("access-control-allow-private-network")).isNull();
        assertThat(preflight.body()).isEmpty();
    }

    @Test
    void aPreflightFromAnotherOriginIsToldNothing() {
        assertThat(preflight("https://evil.example").fields())
                .noneMatch(field -> field.name().startsWith("access-control-"));
    }

    @Test
    void anOptionsRequestThatIsNoPreflightReachesTheService() {
        assertThat(ask("OPTIONS", "Origin: https://shop.example.com\r\n").body()).isEqualTo("hello");
        assertThat(ask("OPTIONS", "Access-Control-Request-Method: PUT\r\n").body()).isEqualTo("hello");
    }

    @Test
    void whatTheServiceSaysOfItIsReplacedOrRemoved() {
        answers("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: yes\r\n"
                + "Access-Control-Expose-Headers: x-secret\r\nVary: Accept\r\nContent-Length: 2\r\n\r\nok");

        RawResponse allowed = ask("GET", "Origin: https://shop.example.com\r\n");
        RawResponse other = ask("GET", "Origin: https://evil.example\r\n");
        RawResponse without = ask("GET", "");

        assertThat(allowed.field("access-control-allow-origin")).isEqualTo("https://shop.example.com");
        assertThat(allowed.field("access-control-allow-credentials")).isEqualTo("true");
        assertThat(allowed.field("access-control-expose-headers")).isEqualTo("x-total-count");
        assertThat(allowed.field("vary")).isEqualTo("Accept, Origin");
        for (RawResponse response : new RawResponse[]{other, without}) {
            assertThat(response.fields()).noneMatch(
                    field -> field.name().toLowerCase(java.util.Locale.ROOT).startsWith("access-control-"));
            assertThat(response.field("vary")).isEqualTo("Accept, Origin");
            assertThat(response.body()).isEqualTo("ok");
        }
    }

    @Test
    void anApiThatIsOpenToEverySiteNeedsNoVary() {
        gateway.apply(cors("cors: { origins: [\"*\"] }").text());

        RawResponse simple = ask("GET", "Origin: https://anybody.example\r\n");
        RawResponse preflight = preflight("https://anybody.example");

        assertThat(simple.field("access-control-allow-origin")).isEqualTo("*");
        assertThat(simple.field("access-control-allow-credentials")).isNull();
        assertThat(simple.field("vary")).isNull();
        assertThat(preflight.field("access-control-allow-origin")).isEqualTo("*");
        assertThat(preflight.field("access-control-allow-methods")).isEqualTo("GET, HEAD, POST");
        assertThat(preflight.field("access-control-max-age")).isEqualTo("600");
        assertThat(ask("GET", "").field("access-control-allow-origin")).isEqualTo("*");
    }

    @Test
    void othersAreRefusedBeforeTheServiceWhereThatIsAskedFor() {
        gateway.apply(cors(POLICY.formatted(", refuseOthers: true")).text());

        RawResponse refused = ask("POST", "Origin: https://evil.example\r\nContent-Length: 0\r\n");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.fault()).isEqualTo("cors.refused");
        assertThat(refused.field("vary")).isEqualTo("Origin");
        assertThat(refused.field("access-control-allow-origin")).isNull();
        assertThat(upstream.requestCount()).isZero();
        assertThat(ask("POST", "Origin: http://api.example.com\r\nContent-Length: 0\r\n").status())
                .as("from the gateway's own origin").isEqualTo(200);
        assertThat(ask("POST", "Origin: https://shop.example.com\r\nContent-Length: 0\r\n").status()).isEqualTo(200);
        assertThat(ask("POST", "Content-Length: 0\r\n").status()).isEqualTo(200);
        assertThat(preflight("https://evil.example").status()).isEqualTo(204);
        assertThat(gateway.metric("tidegate_faults_total", "code=\"cors.refused\"")).isEqualTo(1);
    }

    @Test
    void pagesMayCallIntoAPrivateNetworkWhereThatIsSaid() {
        String asking = "Origin: https://shop.example.com\r\nAccess-Control-Request-Method: GET\r\n"
                + "Access-Control-Request-Private-Network: true\r\n";
        assertThat(ask("OPTIONS", asking).field("access-control-allow-private-network")).isNull();

        gateway.apply(cors(POLICY.formatted(", privateNetwork: true")).text());

        assertThat(ask("OPTIONS", asking).field("access-control-allow-private-network")).isEqualTo("true");
        assertThat(preflight("https://shop.example.com").field("access-control-allow-private-network")).isNull();
    }

    @Test
    void nullIsAllowedWhereItIsListedByName() {
        gateway.apply(cors("cors: { origins: [\"null\", \"https://*.example.com\"] }").text());

        assertThat(ask("GET", "Origin: null\r\n").field("access-control-allow-origin")).isEqualTo("null");
    }

    @Test
    void answersOfTheGatewaysOwnAreMarkedToo() {
        upstream.kill();

        RawResponse failed = ask("GET", "Origin: https://shop.example.com\r\n");

        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.field("access-control-allow-origin")).isEqualTo("https://shop.example.com");
        assertThat(failed.field("access-control-expose-headers")).isEqualTo("x-total-count");
    }
}
