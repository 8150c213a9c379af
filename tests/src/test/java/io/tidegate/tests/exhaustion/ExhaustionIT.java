package io.tidegate.tests.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Each attack is run beside a client that behaves, which must not notice.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class ExhaustionIT {

    private static final int ATTACKERS = 50;
    private static final String LIMITS = "timeouts: { firstByte: 300ms, requestHead: 300ms, bodyIdle: 300ms, "
            + "writeIdle: 500ms, idle: 30s }";

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    private TestUpstream upstream;
    private TestGateway gateway;
    private RawClient good;

    @BeforeEach
    void start() {
        upstream = TestUpstream.hello();
        gateway = TestGateway.start(setup, GatewayYaml.to(upstream).listener(LIMITS).text());
        good = gateway.client();
        assertGood();
    }

    @AfterEach
    void stop() {
        assertGood();
        good.close();
        gateway.close();
        upstream.close();
    }

    private void assertGood() {
        assertThat(good.get("/good").body()).isEqualTo("hello");
    }

    private List<RawClient> attackers(String first) {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < ATTACKERS; i++) {
            clients.add(gateway.client().send(first));
        }
        return clients;
    }

    @Test
    void aHeadThatDripsIsA408HoweverItDrips() {
        List<RawClient> clients = attackers("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        Thread dripping = Thread.ofPlatform().daemon().start(() -> drip(clients));
        for (RawClient client : clients) {
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.fault()).isEqualTo("request.timeout");
            assertThat(response.field("connection")).isEqualTo("close");
            client.close();
        }
        assertGood();
        Await.until("the dripping to end", () -> !dripping.isAlive());
        assertThat(upstream.requests()).allMatch(request -> request.target().equals("/good"));
    }

    private static void drip(List<RawClient> clients) {
        try {
            for (int i = 0; i < 600; i++) {
                for (RawClient client : clients) {
                    client.output().write('y');
                }
                LockSupport.parkNanos(20_000_000);
            }
        } catch (IOException e) {
            // The gateway has closed the first of them: that is what was waited for.
            return;
        }
    }

    @Test
    void aBodyThatStopsIsA408() {
        for (RawClient client : attackers("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10485760\r\n\r\nabc")) {
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.field("connection")).isEqualTo("close");
            client.close();
        }
        Await.until("the service's connections to be closed", () -> upstream.open() <= 1);
        assertThat(upstream.requests()).allMatch(request -> request.target().equals("/good"));
    }

    @Test
    void aBodyThatDripsIsA408() {
        try (RawClient client = gateway.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10485760\r\n\r\nabc");
            Thread dripping = Thread.ofPlatform().daemon().start(() -> drip(List.of(client)));
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(408);
            client.close();
            Await.until("the dripping to end", () -> !dripping.isAlive());
        }
        Await.until("the service's connection to be closed", () -> upstream.open() <= 1);
    }

    @Test
    void aResponseThatIsNotReadIsCutOff() {
        // A service of its own: a connection that is in a pool already goes on answering as it did.
        try (TestUpstream large = TestUpstream.start(connection -> {
            for (var next = connection.request(); next != null; next = connection.request()) {
                if (next.target().equals("/big")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 268435456\r\n\r\n");
                    connection.sendZeros(268435456);
                } else {
                    connection.answer("hello");
                }
            }
        })) {
            gateway.apply(GatewayYaml.to(large).listener(LIMITS).text());
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                clients.add(RawClient.connect(gateway.address(), 4096).send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
            }
            Await.until("the clients that do not read to be cut off", () -> gateway.status().connections() == 1);
            assertGood();
            Await.until("the service's connections to be closed", () -> large.open() <= 2);
            clients.forEach(RawClient::close);
            gateway.apply(GatewayYaml.to(upstream).listener(LIMITS).text());
        }
    }

    @Test
    void connectionsThatSayNothingAreClosed() {
        List<RawClient> clients = attackers("");
        for (RawClient client : clients) {
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
            client.close();
        }
        assertGood();
        Await.until("the connections to be gone", () -> gateway.status().connections() == 1);
    }

    @Test
    void manyConnectionsFromLoopbackAreNotCounted() {
        gateway.apply(GatewayYaml.to(upstream).listener(LIMITS + ", limits: { connectionsPerAddress: 2 }").text());
        for (RawClient client : attackers("GET /good HTTP/1.1\r\nHost: a\r\n\r\n")) {
            assertThat(client.receive().body()).isEqualTo("hello");
            client.close();
        }
    }

    @Test
    void aHugeLengthIsA413AtOnce() {
        for (RawClient client : attackers("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n")) {
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.fault()).isEqualTo("body.too_large");
            client.close();
        }
        assertThat(upstream.heads()).allMatch(request -> request.target().equals("/good"));
    }

    @Test
    void regularExpressionsTakeLinearTime() {
        gateway.apply(GatewayYaml.to(upstream)
                .listener(LIMITS + ", limits: { requestTarget: 200KiB, requestHead: 256KiB }").with("""
                        """).text().replace("routes:", """
                        routes:
                          evil: { match: [{ pathRegex: "/(a+)+$" }, { pathRegex: "/(b|b)*c" }], upstream: all }
                        """.stripTrailing()));
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/" + "a".repeat(100_000) + "!").body()).isEqualTo("hello");
            assertThat(client.get("/" + "b".repeat(100_000)).body()).isEqualTo("hello");
        }
    }

    @Test
    void halfClosedAndThenBrokenOffLeavesNothingBehind() {
        for (RawClient client : attackers("GET /good HTTP/1.1\r\nHost: a\r\n")) {
            client.finish();
            client.reset();
        }
        for (RawClient client : attackers("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")) {
            client.finish();
            client.reset();
        }
        Await.until("the connections to be gone", () -> gateway.status().connections() == 1);
    }

    @Test
    void manyRangesAreNotForwarded() {
        try (RawClient client = gateway.client()) {
            client.exchange("GET /ranges HTTP/1.1\r\nHost: a\r\nRange: bytes=" + "0-,".repeat(1299) + "0-\r\n\r\n");
            client.exchange("GET /ranges HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,2-3,4-5\r\n\r\n");
        }
        assertThat(upstream.requests()).filteredOn(request -> request.target().equals("/ranges"))
                .extracting(request -> String.valueOf(request.field("range")))
                .containsExactly("null", "bytes=0-1,2-3,4-5");
    }

    @Test
    void aConnectionServesSoManyRequestsAndNoMore() {
        gateway.apply(GatewayYaml.to(upstream).listener("limits: { requestsPerConnection: 3 }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/1").field("connection")).isNull();
            assertThat(client.get("/2").field("connection")).isNull();
            assertThat(client.get("/3").field("connection")).isEqualTo("close");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
    }

    @Test
    void anIdleConnectionIsClosed() {
        gateway.apply(GatewayYaml.to(upstream).listener("timeouts: { idle: 100ms }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/").body()).isEqualTo("hello");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        } catch (UncheckedIOException e) {
            throw new AssertionError("the connection was not closed", e);
        }
        good.close();
        gateway.apply(GatewayYaml.to(upstream).listener(LIMITS).text());
        good = gateway.client();
    }
}
