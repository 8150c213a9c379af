package io.tidegate.tests.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.EngineOptions;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// Tests with services that a gateway has to find.
abstract class DiscoveryFixture {

    private final List<TestUpstream> services = new ArrayList<>();
    @Nullable
    TestGateway gateway;

    @AfterEach
    void stopAll() {
        if (gateway != null) {
            gateway.close();
        }
        services.forEach(TestUpstream::close);
    }

    /// A service that says who it is.
    TestUpstream service(String body) {
        return added(TestUpstream.start(TestUpstream.answering(
                "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)));
    }

    /// The same at another address of the loopback, with a connection for each request.
    TestUpstream service(String address, int port, String body) {
        return added(TestUpstream.start(new InetSocketAddress(InetAddress.ofLiteral(address), port),
                TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body)));
    }

    private TestUpstream added(TestUpstream made) {
        services.add(made);
        return made;
    }

    static String yaml(String discovery, String more) {
        return """
                listeners: { default: { address: "127.0.0.1:0" } }
                upstreams:
                  all:
                    discovery: %s
                    timeouts: { connect: 20s }
                    loadBalancing: roundRobin
                %s
                telemetry: { accessLog: { to: none } }
                routes:
                  all: { upstream: all }
                """.formatted(discovery, more);
    }

    /// A gateway that has been told of endpoints, or of none.
    void run(UnaryOperator<EngineOptions> options, String discovery) {
        start(options, discovery);
        // It waits for that itself, but not for as long as a busy machine may take.
        Await.until("the source to answer", () -> answers() >= 1);
    }

    /// A gateway that has asked in vain, or is still asking.
    void start(UnaryOperator<EngineOptions> options, String discovery) {
        gateway = TestGateway.start(TestGateway.Setup.PLAIN, options, yaml(discovery, ""));
    }

    TestGateway gateway() {
        if (gateway == null) {
            throw new IllegalStateException("there is no gateway yet");
        }
        return gateway;
    }

    RawResponse get() {
        try (RawClient client = gateway().client()) {
            return client.get("/");
        }
    }

    /// The services that answer so many requests, each of which must be served.
    Set<String> answering(int requests) {
        Set<String> bodies = new TreeSet<>();
        try (RawClient client = gateway().client()) {
            for (int i = 0; i < requests; i++) {
                RawResponse response = client.get("/");
                assertThat(response.status()).isEqualTo(200);
                bodies.add(response.body());
            }
        }
        return bodies;
    }

    /// Waits until requests go to these services and no others; each must be served meanwhile.
    void awaitServices(String... bodies) {
        Set<String> wanted = new TreeSet<>(List.of(bodies));
        Await.until(() -> "requests to go to " + wanted, () -> answering(2 * bodies.length).equals(wanted));
    }

    double failures() {
        return gateway().metric("tidegate_discovery_answers_total", "result=\"failed\"");
    }

    double answers() {
        return gateway().metric("tidegate_discovery_answers_total", "result=\"answered\"");
    }
}
