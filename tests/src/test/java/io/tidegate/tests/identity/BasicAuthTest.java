package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Consumers that show passwords.
class BasicAuthTest extends AccessFixture {

    private static final String HASH = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    @BeforeEach
    void begin() {
        start(hashed(HASH));
    }

    private GatewayYaml hashed(String hash) {
        return yaml("basicAuth: { failures: 3 }")
                .with("consumers: { shop: { passwords: [{ username: alice, hash: '" + hash + "' }] } }");
    }

    private static String by(String credentials) {
        return request("/", basic(credentials));
    }

    @Test
    void aPasswordLetsPassAndStaysAtTheGateway() {
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(by("alice:password")).status()).isEqualTo(200);
            assertThat(client.exchange(by("alice:password")).status()).isEqualTo(200);
        }

        assertThat(service.request(0).field("authorization")).isNull();
        assertThat(service.request(1).field("authorization")).isNull();
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"hashed\"")).isEqualTo(1);
    }

    @Test
    void wrongOnesGetNowhereAndSoonHaveToWait() {
        try (RawClient client = gateway.client()) {
            RawResponse missing = client.get("/");
            assertThat(missing.status()).isEqualTo(401);
            assertThat(missing.field("www-authenticate")).isEqualTo("Basic realm=\"api\", charset=\"UTF-8\"");
            for (int i = 0; i < 3; i++) {
                assertThat(client.exchange(by("alice:guess" + i)).fault()).isEqualTo("auth.invalid");
            }
            RawResponse throttled = client.exchange(by("alice:password"));
            assertThat(throttled.status()).isEqualTo(429);
            assertThat(Integer.parseInt(throttled.field("retry-after"))).isBetween(1, 300);
        }

        assertThat(service.requestCount()).isZero();
    }

    @Test
    void requestsThatComeAtOnceWithTheSamePasswordAllPass() {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(gateway.client());
        }
        clients.forEach(client -> client.send(by("alice:password")));

        assertThat(clients).allSatisfy(client -> assertThat(client.receive().status()).isEqualTo(200));
        clients.forEach(RawClient::close);
    }

    @Test
    void aReloadKeepsWhatWasRightAndForgetsAPasswordThatWasChanged() {
        try (RawClient client = gateway.client()) {
            client.exchange(by("alice:password"));
            gateway.apply(hashed(HASH).text());
            assertThat(client.exchange(by("alice:password")).status()).isEqualTo(200);
            assertThat(gateway.metric("tidegate_policy_events_total", "event=\"hashed\"")).isEqualTo(1);

            gateway.apply(
                    hashed("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").text());
            assertThat(client.exchange(by("alice:password")).status()).isEqualTo(401);
            assertThat(client.exchange(by("alice:U*U")).status()).isEqualTo(200);
        }
    }
}
