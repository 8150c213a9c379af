package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigTarget;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens that a gateway asks a server about.
class IntrospectionTest extends AccessFixture {

    private static final String CONSUMERS = """
            consumers:
              acme: { identities: [{ jwt: { issuer: "https://id.example.com", sub: acme-backend } }] }
            """;

    private TestUpstream server() {
        return asked(request -> request.body().startsWith("token=good&")
                ? json("{\"active\":true,\"sub\":\"acme-backend\",\"scope\":\"orders.read\"}")
                : json("{\"active\":false}"));
    }

    private static String policy(TestUpstream server, String more) {
        return "{ oauth2Introspection: { url: \"" + server.url() + "/introspect\", issuer: \"https://id.example.com\","
                + " client: { id: gw, secret: s }, scopes: [orders.read], http: { timeout: 20s }" + more + " } }";
    }

    @Test
    void aGoodTokenPassesAndABadOneIsRefused() {
        TestUpstream server = server();
        start(yaml(policy(server, ", hideCredentials: true")).with(CONSUMERS));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/", "Authorization: Bearer good\r\n")).body()).isEqualTo("hello");
            assertThat(client.exchange(request("/", "Authorization: Bearer good\r\n")).body()).isEqualTo("hello");
            RawResponse bad = client.exchange(request("/", "Authorization: Bearer bad\r\n"));
            assertThat(bad.status()).isEqualTo(401);
            assertThat(bad.fault()).isEqualTo("token.inactive");
            assertThat(bad.field("WWW-Authenticate")).isEqualTo("Bearer realm=\"tidegate\", error=\"invalid_token\"");
            assertThat(client.exchange(request("/", "")).fault()).isEqualTo("auth.missing");
        }
        assertThat(server.requestCount()).isEqualTo(2);
        assertThat(service.requestCount()).isEqualTo(2);
        assertThat(service.request(0).field("authorization")).isNull();
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"asked\"")).isEqualTo(2);
        assertThat(gateway.metric("tidegate_policy_value", "cached_tokens")).isEqualTo(2);
    }

    @Test
    void whatWasAnsweredOutlivesAReload() {
        TestUpstream server = server();
        start(yaml(policy(server, "")).with(CONSUMERS));
        try (RawClient client = gateway.client()) {
            client.exchange(request("/", "Authorization: Bearer good\r\n"));
            gateway.apply(yaml(policy(server, ", realm: shop")).with(CONSUMERS).text());
            assertThat(client.exchange(request("/", "Authorization: Bearer good\r\n")).status()).isEqualTo(200);
            assertThat(client.exchange(request("/", "")).field("WWW-Authenticate")).isEqualTo("Bearer realm=\"shop\"");
        }
        assertThat(server.requestCount()).isEqualTo(1);
    }

    @Test
    void valuesAreShownAsBeforeWhereAConfigurationIsRefused(@TempDir Path folder) throws IOException {
        String hash = "50d858e0985ecc7f60418aaf0cc5ab587f42c2570a884095a9e8ccacd0f6545c";
        Path keys = Files.writeString(folder.resolve("keys"), hash + "\n");
        TestUpstream server = server();
        start(yaml(policy(server, "")).with(CONSUMERS));
        try (RawClient client = gateway.client()) {
            client.exchange(request("/", "Authorization: Bearer good\r\n"));
        }
        String twice = CONSUMERS.replace("acme: {",
                "acme: { apiKeys: [{ sha256: " + hash + " }], apiKeysFile: \"" + keys + "\",");

        assertThat(gateway.engine().apply(TestGateway.load(yaml(policy(server, ", realm: shop")).with(twice).text())))
                .isInstanceOf(ConfigTarget.Result.Refused.class);

        assertThat(gateway.metric("tidegate_policy_value", "cached_tokens")).isEqualTo(1);
    }

    @Test
    void aFloodWithOneTokenMakesOneCallAndEverybodyIsAnswered() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        TestUpstream server = service(connection -> {
            while (connection.request() != null) {
                gate.pass();
                connection.send(json("{\"active\":true,\"sub\":\"acme-backend\",\"scope\":\"orders.read\"}"));
            }
        });
        start(yaml(policy(server, "")).with(CONSUMERS));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(gateway.client().send(request("/", "Authorization: Bearer good\r\n")));
        }
        server.request(0);
        gate.open();
        for (RawClient client : clients) {
            assertThat(client.receive().status()).isEqualTo(200);
            client.close();
        }
        assertThat(server.requestCount()).isEqualTo(1);
    }

    @Test
    void aServerThatIsDownLetsNobodyIn() {
        TestUpstream server = server();
        start(yaml(policy(server, "")).with(CONSUMERS));
        server.close();
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange(request("/", "Authorization: Bearer good\r\n"));
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.fault()).isEqualTo("auth.unavailable");
            assertThat(response.field("Retry-After")).isEqualTo("1");
        }
        assertThat(service.requestCount()).isZero();
    }

    @Test
    void whoOnlyObservesAsksAndRefusesNobody() {
        TestUpstream server = server();
        String observing = policy(server, "").replace("{ oauth2", "{ mode: observe, oauth2");
        start(yaml(observing).with(CONSUMERS));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/", "Authorization: Bearer bad\r\n")).status()).isEqualTo(200);
            assertThat(client.exchange(request("/", "")).status()).isEqualTo(200);
        }
        assertThat(server.requestCount()).isEqualTo(1);
        assertThat(service.request(0).field("authorization")).isEqualTo("Bearer bad");
    }
}
