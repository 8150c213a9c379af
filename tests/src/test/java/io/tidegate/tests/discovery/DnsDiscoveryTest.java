package io.tidegate.tests.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.proxy.NameServer;
import io.tidegate.tests.proxy.NameServer.Service;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Endpoints by DNS, told by a real name server.
class DnsDiscoveryTest extends DiscoveryFixture {

    private static final String NAME = "orders.service.test";
    private static final String SRV = "_http._tcp.orders.service.test";
    private static final String ONE = "127.0.0.1";
    private static final String TWO = "127.0.0.2";

    private final NameServer names = new NameServer(NAME);

    @AfterEach
    void stop() {
        names.close();
    }

    private void runByName(int port) {
        run(options -> options.withNameServers(List.of(names.address())),
                "{ dns: { name: " + NAME + ", port: " + port + ", minTtl: 50ms } }");
    }

    private TestUpstream two() {
        TestUpstream one = service(ONE, 0, "one");
        service(TWO, one.port(), "two");
        return one;
    }

    @Test
    void everyAddressIsAnEndpointAndTheyComeAndGo() {
        TestUpstream one = two();
        names.answer(0, ONE);
        runByName(one.port());
        assertThat(get().body()).isEqualTo("one");
        names.answer(0, ONE, TWO);
        awaitServices("one", "two");
        names.answer(0, TWO);
        awaitServices("two");
        assertThat(gateway().metric("tidegate_discovery_endpoints", "upstream=\"all\"")).isEqualTo(1);
        assertThat(gateway().metric("tidegate_upstream_endpoint_healthy", "endpoint=\"" + TWO)).isEqualTo(1);
        assertThat(gateway().metric("tidegate_upstream_endpoint_healthy", "endpoint=\"" + ONE)).isZero();
    }

    @Test
    void anEndpointIsCalledByTheName() {
        TestUpstream one = service("one");
        names.answer(3600, ONE);
        run(options -> options.withNameServers(List.of(names.address())), "{ dns: \"" + NAME + ":" + one.port()
                + "\" }");
        try (var client = gateway().client()) {
            client.exchange("GET / HTTP/1.0\r\n\r\n");
        }
        assertThat(one.requests().getFirst().field("Host")).isEqualTo(NAME + ":" + one.port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fails", "is silent", "forgets", "has no address"})
    void noRequestFailsWhereTheNameServer(String does) {
        TestUpstream one = two();
        names.answer(0, ONE, TWO);
        runByName(one.port());
        awaitServices("one", "two");
        double failed = failures();
        switch (does) {
            case "fails" -> names.failing(true);
            case "forgets" -> names.forget();
            case "has no address" -> names.answer(0);
            default -> names.silent(true);
        }
        int asked = names.asked();
        Await.until("it to be asked in vain, while every request is served", () -> {
            assertThat(answering(4)).containsExactly("one", "two");
            return names.asked() > asked && (does.equals("is silent") || failures() > failed);
        });
        names.failing(false);
        names.silent(false);
        names.answer(0, TWO);
        awaitServices("two");
    }

    @Test
    void aNameThatIsNotThereYetCostsItsOwnRouteOnly() {
        TestUpstream one = service("one");
        start(options -> options.withNameServers(List.of(names.address())),
                "{ dns: { name: " + NAME + ", port: " + one.port() + ", minTtl: 50ms } }");
        RawResponse refused = get();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.fault()).isEqualTo("upstream.unavailable");
        names.answer(0, ONE);
        Await.until("the endpoint to be found", () -> get().status() == 200);
    }

    @Test
    void targetsOfServiceRecordsAreUsedByPriority() {
        TestUpstream first = service("first");
        TestUpstream second = service("second");
        TestUpstream last = service("last");
        names.answer(3600, ONE);
        names.services(SRV, 0, new Service(10, 3, first.port(), NAME), new Service(10, 1, second.port(), NAME),
                new Service(20, 1, last.port(), NAME));
        run(options -> options.withNameServers(List.of(names.address())),
                "{ dns: { srv: " + SRV + ", minTtl: 50ms } }");
        assertThat(answering(8)).containsExactly("first", "second");
        assertThat(first.requestCount()).isEqualTo(6);
        names.services(SRV, 0, new Service(5, 0, last.port(), NAME), new Service(10, 3, first.port(), NAME));
        awaitServices("last");
    }

    @Test
    void aReloadThatLeavesTheSourceAloneKeepsWhatWasFound() {
        TestUpstream one = two();
        names.answer(3600, ONE);
        runByName(one.port());
        int asked = names.asked();
        names.failing(true);
        gateway().apply(yaml("{ dns: { name: " + NAME + ", port: " + one.port() + ", minTtl: 50ms } }",
                "    retry: { attempts: 0 }"));
        assertThat(get().body()).isEqualTo("one");
        assertThat(names.asked()).isEqualTo(asked);
        // Another source, which fails, begins with what the one before has found.
        gateway().apply(yaml("{ dns: { name: other.test, port: " + one.port() + " } }", ""));
        assertThat(get().body()).isEqualTo("one");
    }
}
