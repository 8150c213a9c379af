package io.tidegate.tests.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each attack is run beside a client that behaves and asks all the while; it must not notice. Afterwards everything
/// that the attack took is given back: connections, file descriptors, buffers.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class ExhaustionIT {

    /// Each takes two file descriptors here, its own and the gateway's, and two more where the gateway asks
    /// the service.
    private static final int ATTACKERS = (int) Math.min(300, (descriptorLimit() - openDescriptors()) / 6);
    /// Where each attacker has a connection to the service, which is a thread of this process.
    private static final int ATTACKERS_OF_THE_SERVICE = Math.min(ATTACKERS, 100);
    /// Files that the process opens meanwhile for reasons of its own, such as libraries that classes are loaded from.
    private static final long OTHER_DESCRIPTORS = 32;
    /// What a connection to the service takes here that is kept: the gateway's descriptor; the service's, and the two
    /// of each of the selectors with which it waits to read and to write.
    private static final int DESCRIPTORS_OF_KEPT = 6;
    /// Buffers that loops and pools keep for the next connection, however few there are.
    private static final long KEPT_MEMORY = 4L << 20;
    private static final String LIMITS = "timeouts: { firstByte: 2s, requestHead: 300ms, bodyIdle: 300ms, "
            + "writeIdle: 500ms, idle: 30s }";

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    private TestUpstream upstream;
    private TestGateway gateway;
    private GoodClient good;
    private long descriptorsBefore;
    private long memoryBefore;

    @BeforeEach
    void start() {
        upstream = TestUpstream.hello();
        gateway = TestGateway.start(setup, GatewayYaml.to(upstream).listener(LIMITS).text());
        try (RawClient first = gateway.client()) {
            assertThat(first.get("/good").body()).isEqualTo("hello");
        }
        Await.until("the first client to be gone", () -> gateway.status().connections() == 0);
        descriptorsBefore = descriptorsWithoutPools();
        memoryBefore = directMemory();
        good = new GoodClient(gateway.address());
        assertGood();
    }

    @AfterEach
    void stop() {
        try {
            assertGood();
            assertGivenBack();
        } finally {
            gateway.close();
            upstream.close();
        }
    }

    private void assertGivenBack() {
        good.close();
        Await.until(() -> "all connections to be gone; open: " + gateway.status().connections(),
                () -> gateway.status().connections() == 0);
        Await.until(() -> "the file descriptors to be given back; before: " + descriptorsBefore + ", now: "
                + descriptorsWithoutPools(), () -> descriptorsWithoutPools() <= descriptorsBefore + OTHER_DESCRIPTORS);
        Await.until(() -> "the buffers to be given back; before: " + memoryBefore + ", now: " + directMemory(),
                () -> directMemory() <= memoryBefore + KEPT_MEMORY);
    }

    private static long descriptorLimit() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
    }

    private static long openDescriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    /// File descriptors but for those of connections to services, which are kept for the next request.
    private long descriptorsWithoutPools() {
        return openDescriptors()
                - DESCRIPTORS_OF_KEPT * (long) gateway.metric("tidegate_upstream_connections_open", "");
    }

    private static long directMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
    }

    /// The client that behaves has been answered once more, and always as it should be.
    private void assertGood() {
        good.awaitAnswers(3);
    }

    private List<RawClient> attackers(String first) {
        return attackers(ATTACKERS, first);
    }

    private List<RawClient> attackers(int count, String first) {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
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
        for (RawClient client : attackers(ATTACKERS_OF_THE_SERVICE,
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10485760\r\n\r\nabc")) {
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.field("connection")).isEqualTo("close");
            client.close();
        }
        Await.until("the service's connections to be closed", () -> upstream.open() <= setup.workers());
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
        Await.until("the service's connection to be closed", () -> upstream.open() <= setup.workers());
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
            // Those of the client that behaves are kept, one for each loop.
            Await.until("the service's connections to be closed", () -> large.open() <= setup.workers());
            clients.forEach(RawClient::close);
            gateway.apply(GatewayYaml.to(upstream).listener(LIMITS).text());
            // What was asked of the large one before is answered when three more have been.
            assertGood();
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
        for (RawClient client : attackers(ATTACKERS_OF_THE_SERVICE,
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")) {
            client.finish();
            client.reset();
        }
        Await.until("the connections to be gone", () -> gateway.status().connections() == 1);
        for (RawClient client : attackers("")) {
            client.finish();
            client.reset();
        }
        Await.until("the connections to be gone", () -> gateway.status().connections() == 1);
    }

    @Test
    void aResponseThatIsTakenByteByByteIsCutOff() {
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
            gateway.apply(GatewayYaml.to(large).listener(LIMITS + ", limits: { minimumRate: 256KiB }").text());
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(RawClient.connect(gateway.address(), 4096).send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
            }
            AtomicBoolean stop = new AtomicBoolean();
            Thread sipping = Thread.ofPlatform().daemon().start(() -> sip(clients, stop));
            Await.until("the clients that take single bytes to be cut off", () -> gateway.status().connections() == 1);
            stop.set(true);
            assertThat(clients).allMatch(client -> client.received() < 1 << 20);
            Await.until("the sipping to end", () -> !sipping.isAlive());
            clients.forEach(RawClient::close);
            gateway.apply(GatewayYaml.to(upstream).listener(LIMITS).text());
            // What was asked of the large one before is answered when three more have been.
            assertGood();
        }
    }

    /// Takes one byte of each, again and again: the gateway sees that something is taken, and never how little.
    private static void sip(List<RawClient> clients, AtomicBoolean stop) {
        while (!stop.get()) {
            for (RawClient client : clients) {
                try {
                    if (client.input().read() < 0) {
                        return;
                    }
                } catch (IOException e) {
                    // Cut off: what was waited for.
                    return;
                }
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, true", "8, 1, true", "9, 1, false", "4, 2, true", "5, 2, false"})
    void asManyRangesAsAreAllowedAreForwardedAndNotOneMore(int ranges, int fields, boolean forwarded) {
        String value = String.join(",", Collections.nCopies(ranges, "0-1"));
        String lines = ("Range: bytes=" + value + "\r\n").repeat(fields);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("GET /ranges HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").status())
                    .isEqualTo(200);
        }
        assertThat(upstream.requests()).filteredOn(request -> request.target().equals("/ranges"))
                .allMatch(request -> request.count("range") == (forwarded ? fields : 0)).hasSize(1);
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
        // It could be late itself.
        good.close();
        gateway.apply(GatewayYaml.to(upstream).listener("timeouts: { idle: 100ms }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/").body()).isEqualTo("hello");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        gateway.apply(GatewayYaml.to(upstream).listener(LIMITS).text());
        good = new GoodClient(gateway.address());
    }
}
