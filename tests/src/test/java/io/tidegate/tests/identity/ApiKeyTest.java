package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.identity.apikey.KeyHash;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Consumers that show keys.
class ApiKeyTest extends AccessFixture {

    private static final String KEY = "a-key-of-theirs";
    private static final String CONSUMERS = """
            consumers:
              shop:
                groups: [partners]
                apiKeys:
                  - { name: "2027", sha256: %s }
                  - { name: old, sha256: %s, expires: 2020-01-01 }
            """.formatted(KeyHash.hexOf(KEY), KeyHash.hexOf("expired-key"));
    private static final String POLICY = "apiKey: { queryParameters: [api_key], cookies: [key] }";

    @BeforeEach
    void begin() {
        start(yaml(POLICY).with(CONSUMERS));
    }

    @Test
    void aKeyLetsPassAndStaysAtTheGateway() {
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/a?x=1", "X-API-Key: " + KEY + "\r\n")).status()).isEqualTo(200);
            assertThat(client.exchange(request("/a?x=1&api_key=" + KEY + "&y=2", "")).status()).isEqualTo(200);
            assertThat(client.exchange(request("/", "Cookie: a=1; key=" + KEY + "; b=2\r\n")).status()).isEqualTo(200);
        }

        RawRequest byField = service.request(0);
        assertThat(byField.target()).isEqualTo("/a?x=1");
        assertThat(byField.field("x-api-key")).isNull();
        assertThat(service.request(1).target()).isEqualTo("/a?x=1&y=2");
        assertThat(service.request(2).field("cookie")).isEqualTo("a=1; b=2");
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"accepted\"")).isEqualTo(3);
    }

    @Test
    void theAccessLogHasNoKeyWhateverItsParameterIsCalled(@TempDir Path folder) {
        Path log = folder.resolve("access.log");
        gateway.apply(yaml("anyOf: [{ apiKey: { queryParameters: [of] } }, { basicAuth: {} }]").with(CONSUMERS)
                .with("telemetry: { accessLog: { to: \"" + log + "\" } }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/a?of=" + KEY + "&x=1", "")).status()).isEqualTo(200);
            assertThat(client.exchange(request("/b?x=1&%6Ff=" + KEY, "")).status()).isEqualTo(200);
            assertThat(client.exchange(request("/c?OF=" + KEY + ";" + KEY, "")).status()).isEqualTo(401);
        }
        Await.until("three lines", () -> read(log).lines().count() == 3);

        assertThat(read(log)).contains("/a?of=***&x=1").contains("/b?x=1&%6Ff=***").contains("/c?OF=***")
                .doesNotContain(KEY);
    }

    @Test
    void crumbsOfCookiesOverHttp2StayOneField() {
        try (Http2Client client = Http2Client.connect(gateway.address()).host("shop")) {
            int stream = client.request("GET", "/", true, "cookie", "a=1", "cookie", "key=" + KEY, "cookie", "b=2");
            assertThat(client.response(stream).status()).isEqualTo(200);
        }

        assertThat(service.request(0).field("cookie")).isEqualTo("a=1; b=2");
    }

    @Test
    void withoutAGoodKeyNothingReachesTheService() {
        try (RawClient client = gateway.client()) {
            RawResponse missing = client.exchange(request("/", ""));
            assertThat(missing.status()).isEqualTo(401);
            assertThat(missing.fault()).isEqualTo("auth.missing");
            assertThat(missing.field("www-authenticate")).isEqualTo("ApiKey realm=\"api\"");
            assertThat(client.exchange(request("/", "X-Api-Key: wrong\r\n")).fault()).isEqualTo("auth.invalid");
            assertThat(client.exchange(request("/", "X-Api-Key: expired-key\r\n")).fault()).isEqualTo("auth.expired");
            assertThat(client.exchange(request("/?api_key=" + KEY, "X-Api-Key: " + KEY + "\r\n")).fault())
                    .isEqualTo("auth.malformed");
        }

        assertThat(service.requestCount()).isZero();
    }

    @Test
    void aKeyThatIsTakenOutOfTheConfigurationIsNoMoreUse() {
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/", "X-Api-Key: " + KEY + "\r\n")).status()).isEqualTo(200);
            gateway.apply(yaml(POLICY).with("consumers: { shop: {} }").text());
            assertThat(client.exchange(request("/", "X-Api-Key: " + KEY + "\r\n")).status()).isEqualTo(401);
        }
    }
}
