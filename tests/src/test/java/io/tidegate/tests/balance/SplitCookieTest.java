package io.tidegate.tests.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Clients that stay on their side of a split by a cookie that the gateway gives them, and sides that stay whatever
/// becomes of a request.
class SplitCookieTest extends BalanceFixture {

    private static final int CLIENTS = 400;
    private static final String DOWN = "http://127.0.0.1:1";

    /// Blue is `s0`, green `s1`.
    private void run(String shares, String splitBy) {
        run(shares, splitBy, "");
    }

    private void run(String shares, String splitBy, String route) {
        gateway = TestGateway.start(yaml("[" + url(0) + "]", "[" + url(1) + "]", shares, splitBy, route));
    }

    private static String yaml(String blue, String green, String shares, String splitBy, String route) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  blue: { endpoints: %s }
                  green: { endpoints: %s }
                telemetry: { accessLog: { to: none } }
                routes:
                  all: { upstreams: %s, splitBy: %s%s }
                """.formatted(blue, green, shares, splitBy, route);
    }

    private static String cookie(RawResponse response) {
        String field = Objects.requireNonNull(response.field("set-cookie"), "no cookie");
        return field.substring(0, field.indexOf(';'));
    }

    @Test
    void aClientStaysOnItsSideFromItsFirstRequest() {
        services(2);
        run("{ blue: 1, green: 1 }", "{ cookie: tg-split, ttl: 30d }");
        Set<String> sides = new HashSet<>();
        Set<String> cookies = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            RawResponse first = get(client(), "/");
            assertThat(first.field("set-cookie"))
                    .matches("tg-split=[\\w-]{11}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax");
            sides.add(first.body());
            cookies.add(cookie(first));
            RawClient client = client();
            for (int again = 0; again < 3; again++) {
                RawResponse next = get(client, "/", "Cookie: a=1; " + cookie(first) + "; b=2");
                assertThat(next.body()).isEqualTo(first.body());
                assertThat(next.field("set-cookie")).isNull();
            }
        }
        assertThat(sides).containsExactlyInAnyOrder("s0", "s1");
        assertThat(cookies).hasSize(40);
    }

    @Test
    void theSharesAreThoseOfTheClients() {
        services(2);
        run("{ blue: 80, green: 20 }", "{ cookie: tg-split }");
        RawClient client = client();
        Set<String> before = new HashSet<>();
        Set<String> all = new HashSet<>();
        for (int i = 0; i < CLIENTS; i++) {
            RawResponse first = get(client, "/");
            all.add(cookie(first));
            if (first.body().equals("s1")) {
                before.add(cookie(first));
            }
        }
        assertThat(before).hasSizeBetween(CLIENTS / 5 - 48, CLIENTS / 5 + 48);
        gateway.apply(yaml("[" + url(0) + "]", "[" + url(1) + "]", "{ blue: 1, green: 1 }", "{ cookie: tg-split }",
                ""));
        all.forEach(cookie -> {
            String now = who(client, "/", "Cookie: " + cookie);
            assertThat(now).isIn(before.contains(cookie) ? Set.of("s1") : Set.of("s0", "s1"));
        });
    }

    @Test
    void theServiceSeesItWhereItIsToAndNotElse() {
        services(2);
        run("{ blue: 1, green: 1 }", "{ cookie: tg-split }");
        get(client(), "/", "Cookie: a=1; tg-split=mine; b=2");
        closeGateway();
        run("{ blue: 1, green: 1 }", "{ cookie: tg-split, forward: true }");
        get(client(), "/", "Cookie: a=1; tg-split=mine; b=2");
        TestUpstream side = service(service(0).requestCount() > 0 ? 0 : 1);
        assertThat(side.request(0).field("cookie")).isEqualTo("a=1; b=2");
        assertThat(side.request(1).field("cookie")).isEqualTo("a=1; tg-split=mine; b=2");
    }

    @Test
    void itIsGivenAsItIsDeclared() {
        services(2);
        run("{ blue: 1, green: 1 }",
                "{ cookie: __Secure-side, path: /shop, secure: true, httpOnly: false, sameSite: none }");
        assertThat(get(client(), "/").field("set-cookie"))
                .matches("__Secure-side=[\\w-]{11}; Path=/shop; SameSite=None; Secure");
    }

    @Test
    void aKeyComesBeforeItAndThenNoneIsGiven() {
        services(2);
        run("{ blue: 1, green: 1 }", "{ key: header.x-user, cookie: tg-split }");
        RawClient client = client();
        for (int i = 0; i < 10; i++) {
            String user = "X-User: user-" + i;
            RawResponse known = get(client, "/", user);
            assertThat(known.field("set-cookie")).isNull();
            RawResponse unknown = get(client, "/");
            assertThat(who(client, "/", "Cookie: " + cookie(unknown))).isEqualTo(unknown.body());
            assertThat(who(client, "/", user, "Cookie: " + cookie(unknown))).isEqualTo(known.body());
        }
    }

    @Test
    void noneIsGivenWhereNothingIsLeftToBeSplit() {
        services(2);
        run("{ blue: 100, green: 0 }", "{ cookie: tg-split }");
        RawResponse response = get(client(), "/", "Cookie: tg-split=mine");
        assertThat(response.body()).isEqualTo("s0");
        assertThat(service(0).request(0).field("cookie")).isNull();
        assertThat(get(client(), "/").field("set-cookie")).isNull();
    }

    @Test
    void noneIsGivenWhereAConditionDecides() {
        services(2);
        run("{ blue: 1, green: { weight: 1, when: '\"x-beta\" in request.headers' } }", "{ cookie: tg-split }");
        RawClient client = client();
        for (int i = 0; i < 10; i++) {
            RawResponse beta = get(client, "/", "X-Beta: 1", "Cookie: tg-split=mine-" + i);
            assertThat(beta.body()).isEqualTo("s1");
            assertThat(beta.field("set-cookie")).isNull();
        }
        service(1).requests().forEach(request -> assertThat(request.field("cookie")).isNull());
        assertThat(get(client, "/", "X-Beta: 1").field("set-cookie")).isNull();
        assertThat(get(client, "/").field("set-cookie")).startsWith("tg-split=");
    }

    @Test
    void anAnswerOfTheGatewayBringsNone() {
        services(0);
        gateway = TestGateway.start(yaml("[\"" + DOWN + "\"]", "[\"" + DOWN + "\"]", "{ blue: 1, green: 1 }",
                "{ cookie: tg-split }", ""));
        RawResponse response = get(client(), "/");
        assertThat(response.status()).isGreaterThanOrEqualTo(500);
        assertThat(response.field("set-cookie")).isNull();
    }

    @Test
    void aRetryStaysOnTheSide() {
        services(2);
        gateway = TestGateway.start(yaml("[" + url(0) + ", \"" + DOWN + "\"]", "[" + url(1) + ", \"" + DOWN + "\"]",
                "{ blue: 1, green: 1 }", "{ key: header.x-user, cookie: tg-split }", ", retry: { attempts: 3 }"));
        RawClient client = client();
        for (int i = 0; i < 30; i++) {
            RawResponse first = get(client, "/", "X-User: u" + i);
            assertThat(first.status()).isEqualTo(200);
            for (int again = 0; again < 3; again++) {
                assertThat(who(client, "/", "X-User: u" + i)).isEqualTo(first.body());
            }
        }
        assertThat(service(0).requestCount()).isPositive();
        assertThat(service(1).requestCount()).isPositive();
    }

    @Test
    void aHedgeStaysOnTheSideAndItsAnswerBringsTheCookie() {
        services(4);
        services.subList(0, 2).forEach(service -> service.script(TestUpstream.silent()));
        gateway = TestGateway.start(yaml("[" + url(0) + ", " + url(2) + "]", "[" + url(1) + ", " + url(3) + "]",
                "{ blue: 1, green: 1 }", "{ cookie: tg-split }", ", hedge: { after: 50ms }, retry: { budget: 100% }"));
        for (int i = 0; i < 6; i++) {
            RawResponse first = get(client(), "/");
            assertThat(first.body()).isIn("s2", "s3");
            assertThat(who(client(), "/", "Cookie: " + cookie(first))).isEqualTo(first.body());
        }
    }

    @Test
    void theFallbackOfTheSideStandsInForIt() {
        services(2);
        gateway = TestGateway.start("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  blue: { endpoints: [%s] }
                  green: { endpoints: ["%s"], fallback: spare, healthCheck: { interval: 50ms, unhealthyAfter: 1 } }
                  spare: { endpoints: [%s] }
                telemetry: { accessLog: { to: none } }
                routes:
                  all: { upstreams: { blue: 1, green: { when: '"x-beta" in request.headers' } } }
                """.formatted(url(0), DOWN, url(1)));
        RawClient client = client();
        Await.until("the side to be given up", () -> get(client, "/", "X-Beta: 1").status() == 200);
        assertThat(who(client, "/", "X-Beta: 1")).isEqualTo("s1");
        assertThat(service(0).requestCount()).isZero();
    }

    @Test
    void aMirrorSeesNoCookieAndChangesNoSide() {
        services(3);
        gateway = TestGateway.start("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  blue: { endpoints: [%s] }
                  green: { endpoints: [%s] }
                  copy: { endpoints: [%s] }
                telemetry: { accessLog: { to: none } }
                routes:
                  all: { upstreams: { blue: 1, green: 1 }, splitBy: { cookie: tg-split }, mirror: { upstream: copy } }
                """.formatted(url(0), url(1), url(2)));
        RawResponse first = get(client(), "/");
        assertThat(first.body()).isIn("s0", "s1");
        assertThat(who(client(), "/", "Cookie: " + cookie(first))).isEqualTo(first.body());
        Await.until("the copies", () -> service(2).requestCount() == 2);
        assertThat(service(2).request(0).field("cookie")).isNull();
        assertThat(service(2).request(1).field("cookie")).isNull();
    }

    @Test
    void itIsGivenByHttp2Too() {
        services(2);
        run("{ blue: 1, green: 1 }", "{ cookie: tg-split }");
        try (Http2Client client = Http2Client.connect(gateway.address()).host("a")) {
            int stream = client.request("GET", "/", true);
            Http2Response first = client.response(stream);
            String given = Objects.requireNonNull(first.field("set-cookie"), "no cookie");
            assertThat(given).startsWith("tg-split=");
            int next = client.request("GET", "/", true, "cookie", given.substring(0, given.indexOf(';')));
            Http2Response second = client.response(next);
            assertThat(second.body()).isEqualTo(first.body());
            assertThat(second.field("set-cookie")).isNull();
        }
    }
}
