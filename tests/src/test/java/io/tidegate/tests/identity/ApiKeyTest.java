package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.identity.apikey.KeyHash;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServedFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Consumers that show keys.
class ApiKeyTest extends ServedFixture {

    private static final String KEY = "a-key-of-theirs";
    private static final String CONSUMERS = """
            consumers:
              shop:
                groups: [partners]
                apiKeys:
                  - { name: "2027", sha256: %s }
                  - { name: old, sha256: %s, expires: 2020-01-01 }
            """.formatted(KeyHash.hexOf(KEY), KeyHash.hexOf("expired-key"));
    private static final String POLICY = "policies: [{ apiKey: { queryParameters: [api_key], cookies: [key] } }]";

    @BeforeEach
    void start() {
        TestUpstream service = serve(TestUpstream.hello());
        run(TestGateway.start(GatewayYaml.to(service).route(POLICY).with(CONSUMERS).text()));
    }

    private static String get(String target, String field) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + (field.isEmpty() ? "" : field + "\r\n") + "\r\n";
    }

    @Test
    void aKeyLetsPassAndStaysAtTheGateway() {
        try (RawClient client = gateway().client()) {
            assertThat(client.exchange(get("/a?x=1", "X-API-Key: " + KEY)).status()).isEqualTo(200);
            assertThat(client.exchange(get("/a?x=1&api_key=" + KEY + "&y=2", "")).status()).isEqualTo(200);
            assertThat(client.exchange(get("/", "Cookie: a=1; key=" + KEY + "; b=2")).status()).isEqualTo(200);
        }

        RawRequest byField = upstream().request(0);
        assertThat(byField.target()).isEqualTo("/a?x=1");
        assertThat(byField.field("x-api-key")).isNull();
        assertThat(upstream().request(1).target()).isEqualTo("/a?x=1&y=2");
        assertThat(upstream().request(2).field("cookie")).isEqualTo("a=1; b=2");
        assertThat(gateway().metric("tidegate_policy_events_total", "event=\"accepted\"")).isEqualTo(3);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theAccessLogHasNoKeyWhateverItsParameterIsCalled(@TempDir Path folder) {
        Path log = folder.resolve("access.log");
        gateway().apply(GatewayYaml.to(upstream())
                .route("policies: [{ anyOf: [{ apiKey: { queryParameters: [of] } }, { basicAuth: {} }] }]")
                .with(CONSUMERS).with("telemetry: { accessLog: { to: \"" + log + "\" } }").text());
        try (RawClient client = gateway().client()) {
            assertThat(client.exchange(get("/a?of=" + KEY + "&x=1", "")).status()).isEqualTo(200);
            assertThat(client.exchange(get("/b?x=1&%6Ff=" + KEY, "")).status()).isEqualTo(200);
            assertThat(client.exchange(get("/c?OF=" + KEY + ";" + KEY, "")).status()).isEqualTo(401);
        }
        Await.until("three lines", () -> read(log).lines().count() == 3);

        assertThat(read(log)).contains("/a?of=***&x=1").contains("/b?x=1&%6Ff=***").contains("/c?OF=***")
                .doesNotContain(KEY);
    }

    @Test
    void crumbsOfCookiesOverHttp2StayOneField() {
        try (Http2Client client = Http2Client.connect(gateway().address()).host("a")) {
            int stream = client.request("GET", "/", true, "cookie", "a=1", "cookie", "key=" + KEY, "cookie", "b=2");
            assertThat(client.response(stream).status()).isEqualTo(200);
        }

        assertThat(upstream().request(0).field("cookie")).isEqualTo("a=1; b=2");
    }

    @Test
    void withoutAGoodKeyNothingReachesTheService() {
        try (RawClient client = gateway().client()) {
            RawResponse missing = client.exchange(get("/", ""));
            assertThat(missing.status()).isEqualTo(401);
            assertThat(missing.fault()).isEqualTo("auth.missing");
            assertThat(missing.field("www-authenticate")).isEqualTo("ApiKey realm=\"api\"");
            assertThat(client.exchange(get("/", "X-Api-Key: wrong")).fault()).isEqualTo("auth.invalid");
            assertThat(client.exchange(get("/", "X-Api-Key: expired-key")).fault()).isEqualTo("auth.expired");
            assertThat(client.exchange(get("/?api_key=" + KEY, "X-Api-Key: " + KEY)).fault())
                    .isEqualTo("auth.malformed");
        }

        assertThat(upstream().requestCount()).isZero();
    }

    @Test
    void aKeyThatIsTakenOutOfTheConfigurationIsNoMoreUse() {
        try (RawClient client = gateway().client()) {
            assertThat(client.exchange(get("/", "X-Api-Key: " + KEY)).status()).isEqualTo(200);
            gateway().apply(GatewayYaml.to(upstream()).route(POLICY).with("consumers: { shop: {} }\n").text());
            assertThat(client.exchange(get("/", "X-Api-Key: " + KEY)).status()).isEqualTo(401);
        }
    }
}
