package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Tokens that a gateway gets for services.
class TokenExchangeTest extends AccessFixture {

    private final AtomicInteger given = new AtomicInteger();

    private TestUpstream server(int seconds) {
        return asked(_ -> json("{\"access_token\":\"t" + given.incrementAndGet()
                + "\",\"token_type\":\"Bearer\",\"expires_in\":" + seconds + "}"));
    }

    private static String policy(TestUpstream server, String grant) {
        return "{ oauth2TokenExchange: { grant: " + grant + ", url: \"" + server.url()
                + "/token\", client: { id: gw, secret: s }, http: { timeout: 20s } } }";
    }

    @Test
    void theGatewaysOwnTokenIsSentAndOutlivesAReload() {
        TestUpstream server = server(300);
        start(policy(server, "clientCredentials"));
        try (RawClient client = gateway.client()) {
            client.exchange(request("/", "Authorization: Basic YTpi\r\n"));
            gateway.apply(yaml(policy(server, "clientCredentials"), "requestLimits: {}").text());
            client.exchange(request("/", ""));
        }
        assertThat(service.request(0).field("authorization")).isEqualTo("Bearer t1");
        assertThat(service.request(1).field("authorization")).isEqualTo("Bearer t1");
        assertThat(server.requestCount()).isEqualTo(1);
    }

    @Test
    void theGatewaysOwnTokenIsReplacedBeforeItEnds() {
        TestUpstream server = server(1);
        start(policy(server, "clientCredentials"));
        get();

        Await.until("the next token", () -> given.get() == 2);
        Await.until("it to be used", () -> {
            get();
            return String.valueOf(service.requests().getLast().field("authorization")).compareTo("Bearer t2") >= 0;
        });
    }

    @Test
    void theCallersTokenIsExchangedOnce() {
        TestUpstream server = server(300);
        start(policy(server, "tokenExchange"));
        try (RawClient client = gateway.client()) {
            client.exchange(request("/", "Authorization: Bearer mine\r\n"));
            client.exchange(request("/", "Authorization: Bearer mine\r\n"));
            assertThat(server.requestCount()).isEqualTo(1);
            assertThat(server.request(0).body()).endsWith("&subject_token=mine");
        }
        assertThat(service.request(1).field("authorization")).isEqualTo("Bearer t1");
    }

    @Test
    void withoutATokenForTheServiceNothingIsSentToIt() {
        TestUpstream server = asked(_ -> answer(500, "", ""));
        start(policy(server, "clientCredentials"));

        RawResponse response = get();

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.fault()).isEqualTo("token.exchange");
        assertThat(response.field("Retry-After")).isEqualTo("1");
        assertThat(service.requestCount()).isZero();
    }

    @Test
    void whoOnlyObservesLeavesTheClientsTokenAlone() {
        TestUpstream server = server(300);
        start(policy(server, "tokenExchange").replace("{ oauth2", "{ mode: observe, oauth2"));
        try (RawClient client = gateway.client()) {
            client.exchange(request("/", "Authorization: Bearer mine\r\n"));
        }
        assertThat(service.request(0).field("authorization")).isEqualTo("Bearer mine");
        assertThat(server.requestCount()).isEqualTo(1);
    }
}
