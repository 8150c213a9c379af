package io.tidegate.tests.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Endpoints that the gateway checks by itself.
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class HealthCheckTest extends HealthFixture {

    private static final String CHECKED = "healthCheck: { path: /healthz, interval: 50ms, timeout: 10s }";

    /// A service whose checks are good while `well` says so, and whose requests always are.
    private TestUpstream checked(AtomicBoolean well) {
        return service(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                connection.send(next.target().equals("/healthz") && !well.get() ? UNAVAILABLE : HELLO);
            }
        });
    }

    private static long served(TestUpstream service) {
        return service.requests().stream().filter(request -> request.target().equals("/")).count();
    }

    @Test
    void anEndpointWhoseChecksFailIsLeftOutUntilTheyAreGood() {
        AtomicBoolean well = new AtomicBoolean(false);
        TestUpstream one = hello();
        TestUpstream two = checked(well);
        run(CHECKED, one, two);
        await(two, false);
        long before = served(two);
        serve(20);
        assertThat(served(two)).isEqualTo(before);

        well.set(true);
        await(two, true);
        Await.until("it to be used", () -> {
            get();
            return served(two) > before;
        });
    }

    @Test
    void checksAskForThePathAndSayWhoTheyAre() {
        TestUpstream one = hello();
        run("healthCheck: { path: \"/up?deep=1\", host: orders.internal, interval: 50ms, timeout: 10s }", one);
        RawRequest first = one.request(0);
        one.request(2);

        assertThat(first.method()).isEqualTo("GET");
        assertThat(first.target()).isEqualTo("/up?deep=1");
        assertThat(first.field("host")).isEqualTo("orders.internal");
        assertThat(first.field("user-agent")).isEqualTo("tidegate-health-check");
        assertThat(one.failures()).isEmpty();
        assertThat(gateway.metric("tidegate_upstream_health_checks_total", "result=\"passed\"")).isPositive();
        assertThat(gateway.metric("tidegate_upstream_responses_total", "")).as("requests").isZero();
    }

    @Test
    void otherStatusesCanBeExpected() {
        AtomicBoolean well = new AtomicBoolean(false);
        TestUpstream one = hello();
        TestUpstream two = checked(well);
        run("healthCheck: { path: /healthz, interval: 50ms, timeout: 10s, expect: [429, 500-503] }", one, two);
        await(one, false);
        assertThat(isHealthy(two)).isTrue();
    }

    @Test
    void anEndpointThatDoesNotAnswerChecksInTimeIsLeftOut() {
        TestUpstream one = hello();
        TestUpstream silent = service(TestUpstream.silent());
        run("healthCheck: { interval: 50ms, timeout: 100ms, unhealthyAfter: 2 }", one, silent);
        await(silent, false);
        serve(20);
    }

    @Test
    void checksByTcpOnlyConnect() {
        TestUpstream one = hello();
        TestUpstream two = hello();
        run("healthCheck: { type: tcp, interval: 50ms, timeout: 10s }, outlierDetection: false", one, two);
        Await.until("checks", () -> one.connections() > 3);
        assertThat(one.requestCount()).isZero();
        two.kill();
        await(two, false);

        back(two);
        await(two, true);
    }

    @Test
    void checksGoToAnotherPortWhereOneIsSaid() {
        TestUpstream management = service(TestUpstream.answering(UNAVAILABLE));
        TestUpstream one = hello();
        run("healthCheck: { port: %d, interval: 50ms, timeout: 10s }, panicThreshold: 0%%"
                .formatted(management.port()), one);
        await(one, false);
        assertThat(one.connections()).isZero();
        assertThat(get().status()).isEqualTo(503);

        management.script(TestUpstream.answering(HELLO));
        await(one, true);
        serve(5);
    }

    @Test
    void whereTooFewAreWellAllAreUsed() {
        AtomicBoolean well = new AtomicBoolean(false);
        TestUpstream one = checked(well);
        TestUpstream two = checked(well);
        TestUpstream three = hello();
        run(CHECKED, one, two, three);
        await(one, false);
        await(two, false);
        Await.until("panic", () -> panic() == 1);
        Await.until("all to be used", () -> {
            get();
            return served(one) > 0 && served(two) > 0 && served(three) > 0;
        });

        well.set(true);
        Await.until("calm", () -> panic() == 0);
    }

    @Test
    void whereNoneIsWellAllAreUsed() {
        TestUpstream one = checked(new AtomicBoolean(false));
        run(CHECKED, one);
        await(one, false);
        serve(5);
        assertThat(panic()).isEqualTo(1);
    }

    @Test
    void goodChecksBringBackWhoTookNoConnections() {
        TestUpstream one = hello();
        TestUpstream two = hello();
        run("healthCheck: { type: tcp, interval: 200ms, timeout: 10s }, outlierDetection: { ejectFor: 1h, "
                + "maxEjectFor: 1h }", one, two);
        two.kill();
        getUntil(two, false);
        back(two);
        await(two, true);
    }

    @Test
    void checksGoOnOverAReloadAndEndWithTheirUpstream() {
        AtomicBoolean well = new AtomicBoolean(false);
        TestUpstream one = hello();
        TestUpstream two = checked(well);
        run(CHECKED, one, two);
        await(two, false);
        gateway.apply(yaml(CHECKED + ", timeouts: { response: 9s }", one, two));
        assertThat(isHealthy(two)).isFalse();
        well.set(true);
        await(two, true);

        gateway.apply(yaml("", one));
        long checks = Await.untilSteady("checks", 30, () -> (long) two.requestCount());
        assertThat(two.requestCount()).isEqualTo((int) checks);
    }

    @Test
    void connectionsThatRequestsHaveUsedUpAreNotMissed() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        TestUpstream one = service(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                if (!next.target().equals("/healthz")) {
                    gate.pass();
                }
                connection.send(HELLO);
            }
        });
        run(CHECKED + ", connections: { maxPerEndpoint: 1 }", one);
        try (var client = gateway.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Await.until("the request", () -> served(one) == 1);
            int before = one.requestCount();
            one.request(before + 5);
            assertThat(isHealthy(one)).isTrue();
            gate.open();
            assertThat(client.receive().body()).isEqualTo("hello");
        }
    }

    @Test
    void aUnixSocketIsChecked(@TempDir Path folder) {
        if (setup.transport() == Transport.NIO) {
            return;
        }
        TestUpstream one = TestUpstream.start(folder.resolve("one.sock"), TestUpstream.answering(UNAVAILABLE));
        services.add(one);
        run(CHECKED, one);
        Await.until("checks to fail",
                () -> gateway.metric("tidegate_upstream_endpoint_healthy", "upstream=\"all\"") == 0);
        one.script(TestUpstream.answering(HELLO));
        Await.until("checks to be good",
                () -> gateway.metric("tidegate_upstream_endpoint_healthy", "upstream=\"all\"") == 1);
    }

    @Test
    void aServiceThatIsToldOfClientsIsToldThatAChecksIsNone() {
        TestUpstream one = service(connection -> connection.awaitEnd());
        run("healthCheck: { interval: 50ms, timeout: 100ms }, proxyProtocol: v1", one);
        Await.until("a check", () -> one.received().contains("GET / HTTP/1.1"));

        assertThat(one.received()).startsWith("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\n");
    }
}
