package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.Cookie;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.tls.Authority;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// People and machines whose tokens come from Keycloak; people with a real browser.
@Tag("real")
class KeycloakIT {

    @TempDir
    private static Path folder;

    private static Authority authority;
    private static TestUpstream service;
    private static Keycloak keycloak;
    private static TestGateway gateway;
    private static Playwright playwright;
    private static Browser chromium;
    private static String home;

    @BeforeAll
    static void start() throws Exception {
        authority = new Authority(folder, "Own");
        service = TestUpstream.start(connection -> {
            for (var request = connection.request(); request != null; request = connection.request()) {
                String text = "for " + request.field("x-user") + " in " + request.field("x-roles") + " of "
                        + request.target() + ", cookies " + request.field("cookie");
                connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + text.length()
                        + "\r\n\r\n" + text);
            }
        });
        int secure = Processes.freePort();
        int plain = Processes.freePort();
        home = "https://localhost:" + secure;
        keycloak = Keycloak.start(folder, home, "http://localhost:" + plain + "/oidc/backchannel");
        gateway = TestGateway.start(yaml(secure, plain));
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_NODEJS_PATH",
                "/usr/bin/node", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright.chromium().launch(new BrowserType.LaunchOptions()
                .setExecutablePath(Path.of("/usr/bin/chromium")).setHeadless(true)
                .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")));
    }

    @AfterAll
    static void stop() {
        List<Exception> failures = new ArrayList<>();
        // Keycloak keeps connections to the gateway.
        for (AutoCloseable each : Arrays.asList(chromium, playwright, keycloak, gateway, service)) {
            try {
                if (each != null) {
                    each.close();
                }
            } catch (Exception e) {
                failures.add(e);
            }
        }
        assertThat(failures).isEmpty();
    }

    private static String people(String more) {
        return """
                oidc:
                          issuer: %s
                          clientId: gateway
                          clientSecret: gateway-secret
                          secrets: [a-secret-of-at-least-32-characters]
                          logoutPath: /logout
                          postLogoutRedirectUri: %s/bye
                          backChannelLogoutPath: /oidc/backchannel
                          userInfo: true
                          claimsToHeaders: { preferred_username: x-user, roles: x-roles }
                          %s
                """.formatted(keycloak.issuer(), home, more).strip();
    }

    private static String yaml(int secure, int plain) {
        return """
                listeners:
                  secure:
                    address: "127.0.0.1:%d"
                    tls: { certificates: [{ %s }] }
                  plain: { address: "127.0.0.1:%d" }
                upstreams: { all: { endpoints: ["%s"] } }
                routes:
                  people:
                    upstream: all
                    policies:
                      - %s
                  renewing:
                    match: [{ path: "/renewing/**" }]
                    upstream: all
                    policies:
                      - %s
                  machines:
                    match: [{ path: "/machines/**" }]
                    upstream: all
                    policies:
                      - jwt:
                          issuer: %s
                          audience: account
                          unknownConsumer: allow
                          claimsToHeaders: { azp: x-user }
                          refresh: { unknownKeyEvery: 1s }
                  asked:
                    match: [{ path: "/asked/**" }]
                    upstream: all
                    policies:
                      - oauth2Introspection:
                          issuer: %s
                          client: { id: machine, secret: machine-secret }
                          consumer: client_id
                          cacheFor: 0s
                          http: { timeout: 20s }
                  bye:
                    match: [{ path: /bye }]
                    policies: [{ respond: { body: bye } }]
                consumers: { machine: { identities: [{ jwt: { issuer: "%s", sub: machine } }] } }
                telemetry: { accessLog: { to: none } }
                """.formatted(secure, authority.write("own", authority.server(false, "localhost")), plain,
                service.url(), people("scopes: [profile, email]"), people("refreshBefore: 10m"), keycloak.issuer(),
                keycloak.issuer(), keycloak.issuer());
    }

    private static BrowserContext context() {
        return chromium.newContext(new Browser.NewContextOptions().setIgnoreHTTPSErrors(true));
    }

    private static void logIn(Page page) {
        page.fill("#username", "ada");
        page.fill("#password", "ada-password");
        page.click("#kc-login");
        page.waitForURL(home + "/**");
    }

    private static int fetched(Page page, String path) {
        return (Integer) page.evaluate("path => fetch(path).then(answer => answer.status)", path);
    }

    @Test
    void someoneLogsInSeesTheirPageAndLogsOut() {
        try (BrowserContext context = context()) {
            Page page = context.newPage();
            page.navigate(home + "/orders?id=1&x=%26");
            assertThat(page.url()).startsWith(keycloak.issuer());
            logIn(page);

            assertThat(page.url()).isEqualTo(home + "/orders?id=1&x=%26");
            assertThat(page.textContent("body")).startsWith("for ada in ").contains("buyer")
                    .endsWith("of /orders?id=1&x=%26, cookies null");
            assertThat(context.cookies(home)).isNotEmpty().allSatisfy(cookie -> assertSafe(cookie));
            assertThat(fetched(page, "/api")).isEqualTo(200);

            page.navigate(home + "/logout");
            assertThat(page.url()).isEqualTo(home + "/bye");
            assertThat(context.cookies(home)).isEmpty();
            assertThat(fetched(page, "/api")).isEqualTo(401);
            page.navigate(home + "/orders");
            assertThat(page.isVisible("#kc-login")).isTrue();
        }
    }

    private static void assertSafe(Cookie cookie) {
        assertThat(cookie.name).startsWith("__Host-tidegate");
        assertThat(cookie.httpOnly).isTrue();
        assertThat(cookie.secure).isTrue();
        assertThat(String.valueOf(cookie.sameSite)).isEqualToIgnoringCase("lax");
    }

    @Test
    void tokensAreGotAnewWhileSeveralRequestsAskAtATime() {
        try (BrowserContext context = context()) {
            Page page = context.newPage();
            page.navigate(home + "/renewing/1");
            logIn(page);
            for (int round = 0; round < 3; round++) {
                Object statuses = page.evaluate("() => Promise.all(Array.from({ length: 8 }, (_, i) => "
                        + "fetch('/renewing/' + i).then(answer => answer.status)))");
                assertThat((List<?>) statuses).hasSize(8).allSatisfy(status -> assertThat(status).isEqualTo(200));
            }
            assertThat(gateway.metric("tidegate_policy_events_total", "event=\"renewed\"")).isGreaterThanOrEqualTo(24);
            assertThat(gateway.metric("tidegate_policy_events_total", "event=\"renewal_failed\"")).isZero();
        }
    }

    @Test
    void whoIsLoggedOutAtKeycloakIsLoggedOutHere() throws Exception {
        try (BrowserContext context = context()) {
            Page page = context.newPage();
            page.navigate(home + "/");
            logIn(page);
            assertThat(fetched(page, "/")).isEqualTo(200);

            keycloak.logOut("ada");

            Await.until("the session to be over", () -> fetched(page, "/") == 401);
            assertThat(gateway.metric("tidegate_policy_events_total", "event=\"logout_by_provider\"")).isPositive();
            page.navigate(home + "/");
            assertThat(page.url()).startsWith(keycloak.issuer());
        }
    }

    @Test
    void aMachineIsKnownByItsTokenAndKeysMayChange() throws Exception {
        String old = keycloak.machineToken();
        assertThat(machine("/machines/1", old).body()).startsWith("for machine in ");
        assertThat(machine("/machines/1", old + "x").status()).isEqualTo(401);
        keycloak.rotateKeys();
        String newer = keycloak.machineToken();
        assertThat(newer.substring(0, newer.indexOf('.'))).isNotEqualTo(old.substring(0, old.indexOf('.')));

        Await.until("the new key to be known", () -> machine("/machines/1", newer).status() == 200);
        assertThat(machine("/machines/1", old).status()).isEqualTo(200);
        try (BrowserContext context = context()) {
            Page page = context.newPage();
            page.navigate(home + "/");
            logIn(page);
            assertThat(page.textContent("body")).startsWith("for ada in ");
        }
    }

    @Test
    void aTokenIsGoodUntilItIsRevokedOrItsUserIsLoggedOut() throws Exception {
        String machine = keycloak.machineToken();
        String user = keycloak.userToken("ada", "ada-password");
        assertThat(machine("/asked/1", machine).status()).isEqualTo(200);
        assertThat(machine("/asked/1", user).status()).isEqualTo(200);

        keycloak.revoke(machine);
        assertThat(machine("/asked/1", machine).fault()).isEqualTo("token.inactive");
        assertThat(machine("/asked/1", user).status()).isEqualTo(200);
        keycloak.logOut("ada");
        assertThat(machine("/asked/1", user).fault()).isEqualTo("token.inactive");
        assertThat(machine("/asked/1", keycloak.machineToken()).status()).isEqualTo(200);
    }

    private static RawResponse machine(String path, String token) {
        try (RawClient client = RawClient.connect((InetSocketAddress) gateway.address("plain"))) {
            return client.exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                    + "\r\n\r\n");
        }
    }
}
