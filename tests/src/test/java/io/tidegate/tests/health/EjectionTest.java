package io.tidegate.tests.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Endpoints that are left out because of what came of requests.
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class EjectionTest extends HealthFixture {

    private static final String QUICK = "outlierDetection: { ejectFor: 100ms, maxEjectFor: 200ms }";
    private static final String LONG = "outlierDetection: { ejectFor: 1h, maxEjectFor: 1h }";

    @Test
    void anEndpointThatDiesUnderLoadIsLeftOutAndNoRequestFails() throws InterruptedException {
        TestUpstream one = hello();
        TestUpstream two = hello();
        TestUpstream three = hello();
        run(LONG, one, two, three);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        List<String> failed = new CopyOnWriteArrayList<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(Thread.ofPlatform().start(() -> {
                try (RawClient client = gateway.client()) {
                    while (!stopped.get()) {
                        RawResponse response = client.get("/");
                        if (response.status() != 200) {
                            failed.add(response.status() + " " + response.body());
                            return;
                        }
                        served.incrementAndGet();
                    }
                } catch (RuntimeException | AssertionError e) {
                    failed.add(e.toString());
                }
            }));
        }
        Await.until("load", () -> served.get() > 200 || !failed.isEmpty());
        two.kill();
        await(two, false);
        int then = served.get();
        Await.until("more load", () -> served.get() > then + 200 || !failed.isEmpty());
        stopped.set(true);
        for (Thread client : clients) {
            client.join();
        }

        assertThat(failed).isEmpty();
        assertThat(ejections(two, "refused")).isEqualTo(1);
        assertThat(isHealthy(one) && isHealthy(three)).isTrue();
    }

    @Test
    void whereNobodyTakesConnectionsRequestsAreTurnedAwayUntilSomebodyDoes() {
        TestUpstream one = hello();
        TestUpstream two = hello();
        run(LONG, one, two);
        serve(4);
        one.kill();
        two.kill();
        getUntil(one, false);
        getUntil(two, false);

        RawResponse refused = get();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.fault()).isEqualTo("upstream.unavailable");
        assertThat(refused.field("retry-after")).isEqualTo("1");

        TestUpstream again = back(one);
        Await.until("a request to be served", () -> get().status() == 200);
        serve(20);
        assertThat(isHealthy(again)).isTrue();
        assertThat(again.requestCount()).isGreaterThanOrEqualTo(21);
    }

    @Test
    void theOnlyEndpointThatTakesNoConnectionsIsTriedNowAndThen() {
        TestUpstream only = hello();
        run(LONG, only);
        only.kill();
        getUntil(only, false);

        RawResponse refused = get();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.fault()).isEqualTo("upstream.unavailable");

        back(only);
        Await.until("a request to be served", () -> get().status() == 200);
        serve(5);
    }

    @Test
    void anEndpointThatDoesNotAnswerInTheTimeOfTheRouteIsLeftOut() {
        TestUpstream well = hello();
        TestUpstream silent = service(connection -> {
            connection.request();
            connection.awaitEnd();
        });
        GatewayYaml yaml = GatewayYaml.to(well, silent).upstream(LONG).route("timeouts: { request: 100ms }");
        gateway = TestGateway.start(setup, yaml.text());

        getUntil(silent, false);

        serve(20);
        assertThat(ejections(silent, "errors")).isEqualTo(1);
    }

    @Test
    void repeatsToTheOnlyOneLeftCountAsSuch() {
        TestUpstream left = hello();
        TestUpstream drained = hello();
        run("outlierDetection: false, retry: { attempts: 5, budget: 0%, backoff: { base: 1ms, max: 1ms } }", left,
                drained);
        left.kill();
        drained.kill();
        Objects.requireNonNull(gateway.engine().upstreams().get("all")).drain("127.0.0.1:" + drained.port(), true);

        for (int i = 0; i < 50; i++) {
            assertThat(get().status()).isEqualTo(502);
        }

        // One try each, and the few repeats in a second that are always allowed.
        assertThat(gateway.metric("tidegate_retries_refused_total", "cause=\"budget\"")).isGreaterThan(30);
    }

    @Test
    void anEndpointThatAnswersWithErrorsIsLeftOutForAWhile() {
        TestUpstream well = hello();
        TestUpstream ill = service(TestUpstream.answering(UNAVAILABLE));
        run(QUICK, well, ill);
        getUntil(ill, false);
        assertThat(ejections(ill, "errors")).isEqualTo(1);

        // Once its time is over it gets requests again, and goes again, for as long as it is ill.
        Await.until("it to be left out again", () -> {
            get();
            return ejections(ill, "errors") >= 3;
        });
        ill.script(TestUpstream.answering(HELLO));
        await(ill, true);
    }

    @Test
    void errorsThatAreNotInARowLeaveNobodyOut() {
        TestUpstream well = hello();
        AtomicInteger count = new AtomicInteger();
        TestUpstream moody = service(connection -> {
            while (connection.request() != null) {
                connection.send(count.incrementAndGet() % 5 == 0 ? HELLO : UNAVAILABLE);
            }
        });
        run(LONG + ", loadBalancing: roundRobin", well, moody);
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 100; i++) {
                client.get("/");
            }
        }

        assertThat(moody.requestCount()).isEqualTo(50);
        assertThat(isHealthy(moody)).isTrue();
    }

    @Test
    void theErrorsOfTheServiceItselfAreNotHeld() {
        TestUpstream well = hello();
        TestUpstream broken = service(
                TestUpstream.answering("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"));
        run(LONG + ", loadBalancing: roundRobin", well, broken);
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 40; i++) {
                client.get("/");
            }
        }

        assertThat(broken.requestCount()).isEqualTo(20);
        assertThat(isHealthy(broken)).isTrue();
    }

    @Test
    void anEndpointThatNeverAnswersIsLeftOut() {
        TestUpstream well = hello();
        TestUpstream silent = service(TestUpstream.silent());
        run(LONG + ", timeouts: { response: 50ms }", well, silent);
        getUntil(silent, false);

        serve(20);
        assertThat(ejections(silent, "errors")).isEqualTo(1);
    }

    @Test
    void anEndpointWhoseResponsesBreakOffIsLeftOut() {
        TestUpstream well = hello();
        TestUpstream breaking = service(connection -> {
            if (connection.request() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
            }
        });
        run(LONG, well, breaking);
        getUntil(breaking, false);

        serve(20);
        assertThat(ejections(breaking, "errors")).isEqualTo(1);
    }

    @Test
    void anEndpointWhoseCallsEndWithUnavailableIsLeftOut() {
        TestUpstream well = calls("0");
        TestUpstream ill = calls("14");
        run(LONG + ", protocol: h2c", well, ill);
        Await.until("it to be left out", () -> {
            call();
            return !isHealthy(ill);
        });

        for (int i = 0; i < 20; i++) {
            call();
        }
        assertThat(isHealthy(well)).isTrue();
        assertThat(ejections(ill, "errors")).isEqualTo(1);
    }

    /// A service of gRPC whose calls all end like that, behind a message.
    private TestUpstream calls(String status) {
        return service(Http2Service.serving((framed, request) -> {
            framed.headers(request.stream(), false, ":status", "200", "content-type", "application/grpc");
            framed.data(request.stream(), "\0\0\0\0\0", false);
            framed.headers(request.stream(), true, "grpc-status", status);
        }));
    }

    private void call() {
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            client.response(
                    client.request("POST", "/a.B/C", true, "content-type", "application/grpc", "te", "trailers"));
        }
    }

    @Test
    void noMoreThanAShareIsLeftOutBecauseOfErrors() {
        TestUpstream one = service(TestUpstream.answering(UNAVAILABLE));
        TestUpstream two = service(TestUpstream.answering(UNAVAILABLE));
        TestUpstream three = service(TestUpstream.answering(UNAVAILABLE));
        run(LONG, one, two, three);
        for (int i = 0; i < 60; i++) {
            assertThat(get().status()).isEqualTo(503);
        }

        assertThat(List.of(one, two, three).stream().filter(this::isHealthy)).hasSize(2);
        assertThat(panic()).isZero();
        assertThat(get().fault()).as("the service's own answer").isEmpty();
    }

    @Test
    void theOnlyEndpointIsNeverLeftOutBecauseOfErrors() {
        TestUpstream only = service(TestUpstream.answering(UNAVAILABLE));
        run(LONG, only);
        for (int i = 0; i < 20; i++) {
            assertThat(get().fault()).as("the service's own answer").isEmpty();
        }

        assertThat(only.requestCount()).isEqualTo(20);
    }

    @Test
    void nobodyIsLeftOutWhereThatIsSwitchedOff() {
        TestUpstream well = hello();
        TestUpstream gone = hello();
        run("outlierDetection: false", well, gone);
        gone.kill();
        serve(60);

        assertThat(isHealthy(gone)).isTrue();
    }

    @Test
    void aReloadThatChangesTheUpstreamLeavesOutWhoWasLeftOut() {
        TestUpstream well = hello();
        TestUpstream gone = hello();
        run(LONG, well, gone);
        gone.kill();
        getUntil(gone, false);

        gateway.apply(yaml(LONG, well, gone) + "admin: { address: \"127.0.0.1:0\" }\n");
        assertThat(isHealthy(gone)).as("an upstream that did not change").isFalse();
        gateway.apply(yaml(LONG + ", timeouts: { response: 9s }", well, gone));
        assertThat(isHealthy(gone)).as("an upstream that did").isFalse();
        assertThat(ejections(gone, "refused")).isEqualTo(1);
        gateway.apply(yaml("outlierDetection: false", well, gone));
        assertThat(isHealthy(gone)).as("where nobody is left out").isTrue();
    }

    @Test
    void anEndpointWithMoreErrorsThanTheOthersIsLeftOut() {
        TestUpstream well = hello();
        AtomicInteger count = new AtomicInteger();
        TestUpstream moody = service(connection -> {
            while (connection.request() != null) {
                connection.send(count.incrementAndGet() % 2 == 0 ? HELLO : UNAVAILABLE);
            }
        });
        run("outlierDetection: { errorRate: 20%, window: 100ms, minRequests: 5, ejectFor: 1h, maxEjectFor: 1h }", well,
                moody);
        getUntil(moody, false);

        assertThat(ejections(moody, "errorRate")).isEqualTo(1);
        serve(20);
    }
}
