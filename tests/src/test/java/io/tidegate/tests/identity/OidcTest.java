package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Logins by browsers, through a gateway.
class OidcTest {

    private static final String PAGE = "Accept: text/html\r\n";

    private final LoginServer provider = new LoginServer();
    private final TestUpstream service = TestUpstream.hello();
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(provider, service));

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private String yaml(String more) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"], timeouts: { connect: 20s } }
                routes:
                  people:
                    upstream: all
                    policies:
                      - oidc:
                          issuer: "%s"
                          clientId: shop
                          clientSecret: secret
                          secrets: [a-secret-of-at-least-32-characters]
                          claimsToHeaders: { name: x-user }
                          backChannelLogoutPath: /oidc/backchannel
                          logoutPath: /logout
                          http: { timeout: 20s, connectTimeout: 20s }
                          %s
                  open: { match: [{ path: "/open/**" }], upstream: all }
                telemetry: { accessLog: { to: none } }
                """.formatted(service.url(), provider.issuer(), more);
    }

    private TestGateway gateway(String more) {
        TestGateway gateway = TestGateway.start(
                new TestGateway.Setup(io.tidegate.config.ProcessConfig.Transport.AUTO, 2), yaml(more));
        opened.add(gateway);
        return gateway;
    }

    private static RawResponse get(TestGateway gateway, String target, String fields) {
        try (RawClient client = gateway.client()) {
            return client.exchange("GET " + target + " HTTP/1.1\r\nHost: shop.test\r\n" + fields + "\r\n");
        }
    }

    private static String cookies(RawResponse response) {
        return response.fields().stream().filter(field -> field.name().equalsIgnoreCase("set-cookie"))
                .map(RawField::value).filter(value -> !value.contains("Max-Age=0"))
                .map(value -> value.substring(0, value.indexOf(';'))).collect(Collectors.joining("; "));
    }

    /// The cookies of somebody who has logged in.
    private String logIn(TestGateway gateway) {
        RawResponse sent = get(gateway, "/orders?id=1", PAGE);
        assertThat(sent.status()).isEqualTo(302);
        RawResponse back = get(gateway, provider.logIn(Objects.requireNonNull(sent.field("Location"))),
                PAGE + "Cookie: " + cookies(sent) + "\r\n");
        assertThat(back.status()).as(back.toString()).isEqualTo(303);
        assertThat(back.field("Location")).isEqualTo("/orders?id=1");
        assertThat(back.field("Cache-Control")).isEqualTo("no-store");
        return cookies(back);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session: cookie", "session: store"})
    void aLoginGivesASessionOverHttp1AndHttp2(String session) {
        TestGateway gateway = gateway(session);
        String cookie = logIn(gateway);

        RawResponse page = get(gateway, "/orders", "Cookie: a=b; " + cookie + "; c=d\r\nX-User: eve\r\n");
        assertThat(page.status()).isEqualTo(200);
        assertThat(service.request(0).field("cookie")).isEqualTo("a=b; c=d");
        assertThat(service.request(0).field("x-user")).isEqualTo("ada");
        assertThat(service.request(0).count("x-user")).isEqualTo(1);
        try (Http2Client client = Http2Client.connect(gateway.address()).host("shop.test")) {
            Http2Response crumbs = client.get("/orders", "cookie", "a=b", "cookie", cookie, "cookie", "c=d");
            assertThat(crumbs.status()).isEqualTo(200);
        }
        assertThat(service.request(1).field("cookie")).isEqualTo("a=b; c=d");
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"login_completed\"")).isEqualTo(1);
    }

    @Test
    void whatIsNoPageIsRefusedAndOwnFieldsAreTakenOutEverywhere() {
        TestGateway gateway = gateway("scopes: []");

        RawResponse refused = get(gateway, "/api", "Accept: */*\r\nX-User: eve\r\n");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.fault()).isEqualTo("auth.missing");
        assertThat(refused.field("WWW-Authenticate")).isEqualTo("Cookie realm=\"tidegate\"");
        assertThat(service.requestCount()).isZero();
        assertThat(get(gateway, "/open/x", "X-User: eve\r\n").status()).isEqualTo(200);
        assertThat(service.request(0).field("x-user")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"session: cookie", "session: store"})
    void sessionsOutliveAReloadAndEndWithALogout(String session) {
        TestGateway gateway = gateway(session);
        String cookie = "Cookie: " + logIn(gateway) + "\r\n";
        gateway.apply(yaml(session + "\n          idleTimeout: 30m"));
        assertThat(get(gateway, "/", cookie).status()).isEqualTo(200);

        RawResponse out = get(gateway, "/logout", cookie);
        assertThat(out.status()).isEqualTo(303);
        assertThat(out.field("Location")).startsWith(provider.issuer() + "/end?id_token_hint=");
        assertThat(out.field("Set-Cookie")).startsWith("__Host-tidegate=;").endsWith("Max-Age=0");
        assertThat(get(gateway, "/", cookie).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session: cookie", "session: store"})
    void theProviderEndsASession(String session) {
        TestGateway gateway = gateway(session);
        String cookie = "Cookie: " + logIn(gateway) + "\r\n";
        String body = "logout_token=" + provider.logoutToken();
        try (RawClient client = gateway.client()) {
            String head = "POST /oidc/backchannel HTTP/1.1\r\nHost: shop.test\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length()
                    + "\r\n\r\n";
            assertThat(client.exchange(head + body).status()).isEqualTo(200);
            assertThat(client.exchange(head + body).fault()).isEqualTo("oidc.logout");
        }
        assertThat(get(gateway, "/", cookie).fault()).isEqualTo("auth.expired");
    }

    @Test
    void aSessionAndAKeyOfAProgramAreEachEnough() {
        String policies = """
                      - anyOf:
                          - jwt: { issuer: "%s", audience: programs, unknownConsumer: allow }
                          - oidc:
                              issuer: "%s"
                              clientId: shop
                              clientSecret: secret
                              secrets: [a-secret-of-at-least-32-characters]
                """.formatted(provider.issuer(), provider.issuer());
        String yaml = yaml("");
        int from = yaml.indexOf("      - oidc:");
        TestGateway gateway = TestGateway
                .start(yaml.substring(0, from) + policies + yaml.substring(yaml.indexOf("  open:")));
        opened.add(gateway);
        String cookie = logIn(gateway);

        assertThat(get(gateway, "/", "Cookie: " + cookie + "\r\n").status()).isEqualTo(200);
        assertThat(get(gateway, "/", "Accept: */*\r\n").status()).isEqualTo(401);
    }
}
