package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.Memory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Servers that policies ask and that answer without end: requests are told to come again, and the gateway keeps
/// nothing of it.
class EndlessAnswersIT extends AccessFixture {

    private static final int CALLS = 200;
    private static final int WARM_UP = 50;
    private static final int KEYS = 50;
    private static final long BUFFERS = 1L << 20;
    private static final String PATIENT = ", http: { timeout: 20s, connectTimeout: 20s } }";
    private static final String TOKEN = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.eyJpc3MiOiJhIn0." + "A".repeat(86);
    private static final String SPACES = " ".repeat(65_536);

    /// How an answer has no end.
    enum Endless {
        /// It says that it is a terabyte.
        LENGTH("Content-Length: 1099511627776\r\n\r\n{\"a\":", SPACES),
        /// There is always one more chunk.
        CHUNKS("Transfer-Encoding: chunked\r\n\r\n", "10000\r\n" + SPACES + "\r\n"),
        /// The connection is never closed.
        CONNECTION("Connection: close\r\n\r\n{\"a\":", SPACES),
        /// There is always one more field, and never a body.
        FIELDS("", ("X-Field: " + "x".repeat(1000) + "\r\n").repeat(64));

        private final String head;
        private final String more;

        Endless(String head, String more) {
            this.head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + head;
            this.more = more;
        }
    }

    /// A server that goes on until nobody listens any more.
    private TestUpstream server(Endless endless) {
        TestUpstream started = service(connection -> {
            if (connection.request() != null) {
                connection.send(endless.head);
                while (true) {
                    connection.send(endless.more);
                }
            }
        });
        started.forget();
        return started;
    }

    private void assertUndecided(RawClient client, String target, String token, String fault) {
        RawResponse response = client.exchange(request(target, "Authorization: Bearer " + token + "\r\n"));
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.fault()).isEqualTo(fault);
        assertThat(response.field("retry-after")).isNotNull();
    }

    /// Asks so often, each time with another token.
    private void assertNothingIsKept(TestUpstream server, String fault) {
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < WARM_UP; i++) {
                assertUndecided(client, "/", "warm" + i, fault);
            }
            Memory before = Memory.now();
            for (int i = 0; i < CALLS; i++) {
                assertUndecided(client, "/", "token" + i, fault);
            }
            before.awaitKept(BUFFERS);
        }
        assertThat(server.connections()).isGreaterThanOrEqualTo(WARM_UP + CALLS);
        Await.until("the server to be left alone", () -> server.open() == 0);
        assertThat(service.requestCount()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whoSaysWhetherATokenIsGood(Endless endless) {
        TestUpstream server = server(endless);
        start("oauth2Introspection: { url: \"" + server.url() + "\", unknownConsumer: allow" + PATIENT);

        assertNothingIsKept(server, "auth.unavailable");
    }

    @ParameterizedTest
    @EnumSource
    void whoDecides(Endless endless) {
        TestUpstream server = server(endless);
        start("opa: { url: \"" + server.url() + "\", path: a" + PATIENT);

        assertNothingIsKept(server, "access.unavailable");
    }

    /// Tries to get keys until it was tried so often more, and to call with them; then nobody wants them any more.
    private void assertTried(TestUpstream server, String yaml) {
        int before = server.connections();
        gateway.apply(yaml);
        Await.until("more tries", () -> server.connections() >= before + CALLS);
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < KEYS; i++) {
                assertUndecided(client, "/r" + i, TOKEN, "auth.unavailable");
            }
        }
        gateway.apply(yaml().text());
        Await.until("the server to be left alone", () -> server.open() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void whoHasTheKeys(Endless endless) {
        TestUpstream server = server(endless);
        GatewayYaml yaml = yaml();
        for (int i = 0; i < KEYS; i++) {
            yaml.beside("r" + i + ": { match: [{ path: /r" + i + " }], upstream: all, policies: [{ jwt: { issuer: a,"
                    + " audience: b, jwksUri: \"" + server.url() + "/" + i
                    + "\", refresh: { every: 1s, unknownKeyEvery: 1s, hold: 1ms }" + PATIENT + " }] }");
        }
        start();
        assertTried(server, yaml.text());
        Memory before = Memory.now();

        assertTried(server, yaml.text());

        before.awaitKept(BUFFERS);
        assertThat(service.requestCount()).isZero();
    }
}
