package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.state.TestRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Logins by browsers, through a gateway.
class OidcTest extends AccessFixture {

    private static final String PAGE = "Accept: text/html\r\n";

    private final LoginServer provider = new LoginServer();
    private final List<TestGateway> others = new ArrayList<>();

    @AfterEach
    void closeOthers() {
        others.forEach(TestGateway::close);
        provider.close();
    }

    private GatewayYaml people(String more) {
        return yaml("oidc: { issuer: \"" + provider.issuer() + "\", clientId: shop, clientSecret: secret,"
                + " secrets: [a-secret-of-at-least-32-characters], claimsToHeaders: { name: x-user },"
                + " backChannelLogoutPath: /oidc/backchannel, logoutPath: /logout,"
                + " http: { timeout: 20s, connectTimeout: 20s }, " + more + " }")
                .beside("open: { match: [{ path: \"/open/**\" }], upstream: all }");
    }

    /// One of several gateways that share what they keep.
    private TestGateway sharing(TestRedis redis) {
        TestGateway started = TestGateway.start(TWO_LOOPS, TestRedis::usable, people("session: store")
                .with("sharedState: { redis: { nodes: [\"" + redis.url() + "\"], timeout: 5s, budget: 5s } }").text());
        others.add(started);
        Await.until("Redis to be used", () -> started.metric("tidegate_state_degraded", "") == 0);
        return started;
    }

    private static RawResponse send(TestGateway gateway, String target, String fields) {
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
        RawResponse sent = send(gateway, "/orders?id=1", PAGE);
        assertThat(sent.status()).isEqualTo(302);
        RawResponse back = send(gateway, provider.logIn(Objects.requireNonNull(sent.field("Location"))),
                PAGE + "Cookie: " + cookies(sent) + "\r\n");
        assertThat(back.status()).as(back.toString()).isEqualTo(303);
        assertThat(back.field("Location")).isEqualTo("/orders?id=1");
        assertThat(back.field("Cache-Control")).isEqualTo("no-store");
        return cookies(back);
    }

    /// What the provider tells gateways where it has ended a session.
    private String ended() {
        return "logout_token=" + provider.logoutToken();
    }

    private static RawResponse tell(TestGateway gateway, String body) {
        try (RawClient client = gateway.client()) {
            return client.exchange("POST /oidc/backchannel HTTP/1.1\r\nHost: shop.test\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session: cookie", "session: store"})
    void aLoginGivesASessionOverHttp1AndHttp2(String session) {
        start(people(session));
        String cookie = logIn(gateway);

        RawResponse page = send(gateway, "/orders", "Cookie: a=b; " + cookie + "; c=d\r\nX-User: eve\r\n");
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
        start(people("scopes: []"));

        RawResponse refused = send(gateway, "/api", "Accept: */*\r\nX-User: eve\r\n");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.fault()).isEqualTo("auth.missing");
        assertThat(refused.field("WWW-Authenticate")).isEqualTo("Cookie realm=\"tidegate\"");
        assertThat(service.requestCount()).isZero();
        assertThat(send(gateway, "/open/x", "X-User: eve\r\n").status()).isEqualTo(200);
        assertThat(service.request(0).field("x-user")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"session: cookie", "session: store"})
    void sessionsOutliveAReloadAndEndWithALogout(String session) {
        start(people(session));
        String cookie = "Cookie: " + logIn(gateway) + "\r\n";
        gateway.apply(people(session + ", idleTimeout: 30m").text());
        assertThat(send(gateway, "/", cookie).status()).isEqualTo(200);

        RawResponse out = send(gateway, "/logout", cookie);
        assertThat(out.status()).isEqualTo(303);
        assertThat(out.field("Location")).startsWith(provider.issuer() + "/end?id_token_hint=");
        assertThat(out.field("Set-Cookie")).startsWith("__Host-tidegate=;").endsWith("Max-Age=0");
        assertThat(send(gateway, "/", cookie).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session: cookie", "session: store"})
    void theProviderEndsASession(String session) {
        start(people(session));
        String cookie = "Cookie: " + logIn(gateway) + "\r\n";
        String told = ended();
        assertThat(tell(gateway, told).status()).isEqualTo(200);
        assertThat(tell(gateway, told).fault()).isEqualTo("oidc.logout");
        assertThat(send(gateway, "/", cookie).fault()).isEqualTo("auth.expired");
    }

    @Test
    void aSessionInARedisIsSeenByAllGatewaysUntilOneIsToldOfItsEnd() {
        try (TestRedis redis = TestRedis.running()) {
            TestGateway one = sharing(redis);
            TestGateway other = sharing(redis);
            String cookie = "Cookie: " + logIn(one) + "\r\n";
            assertThat(redis.keys()).isPositive();

            assertThat(send(one, "/", cookie).status()).isEqualTo(200);
            assertThat(send(other, "/", cookie + "X-User: eve\r\n").status()).isEqualTo(200);
            assertThat(service.requests().getLast().field("x-user")).isEqualTo("ada");
            String told = ended();
            assertThat(tell(one, told).status()).isEqualTo(200);

            assertThat(send(other, "/", cookie).fault()).isEqualTo("auth.expired");
            assertThat(send(one, "/", cookie).status()).isEqualTo(401);
            assertThat(tell(other, told).fault()).isEqualTo("oidc.logout");
            for (TestGateway each : others) {
                assertThat(each.metric("tidegate_state_local_calls_total", "")).isZero();
            }
        }
    }

    @Test
    void aSessionAndAKeyOfAProgramAreEachEnough() {
        start("anyOf: [{ jwt: { issuer: \"" + provider.issuer() + "\", audience: programs, unknownConsumer: allow } },"
                + " { oidc: { issuer: \"" + provider.issuer() + "\", clientId: shop, clientSecret: secret,"
                + " secrets: [a-secret-of-at-least-32-characters] } }]");
        String cookie = logIn(gateway);

        assertThat(send(gateway, "/", "Cookie: " + cookie + "\r\n").status()).isEqualTo(200);
        assertThat(send(gateway, "/", "Accept: */*\r\n").status()).isEqualTo(401);
    }
}
