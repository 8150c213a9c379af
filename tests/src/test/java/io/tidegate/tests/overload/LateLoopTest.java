package io.tidegate.tests.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.proxy.Scripted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// An event loop that is given more work than it can do in time.
class LateLoopTest extends OverloadFixture {

    private static final int CLIENTS = 16;
    private static final long WORK_NANOS = 4_000_000;
    private static final String LATE = "gateway: { overload: { lag: 20ms } }";

    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger shed = new AtomicInteger();
    private final AtomicInteger others = new AtomicInteger();
    private final AtomicBoolean enough = new AtomicBoolean();

    /// Uses the processor for a while, as a policy never should.
    private static final class Burns implements Policy {

        @Override
        public Decision onRequest(Exchange exchange) {
            long end = System.nanoTime() + WORK_NANOS;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            return Decision.next();
        }
    }

    /// Finds out that it is nobody.
    private static final class Nobody implements Policy {

        @Override
        public Decision onRequest(Exchange exchange) {
            return Decision.fail(AccessFaults.MISSING);
        }
    }

    private void send(RawClient client) {
        String request = "GET /burns HTTP/1.1\r\nHost: a\r\n\r\n";
        while (!enough.get()) {
            // The second one waits behind the first, unread.
            client.send(request + request);
            count(client.receive());
            count(client.receive());
        }
    }

    private void count(RawResponse response) {
        (switch (response.status()) {
            case 200 -> served;
            case 503 -> shed;
            default -> others;
        }).incrementAndGet();
    }

    private void start(Criticality criticality) {
        start(criticality, "");
    }

    /// @param more
    ///            policies behind the one that burns
    private void start(Criticality criticality, String more) {
        signs.lag = true;
        start("");
        new Scripted().with("burns", new Burns()).identifying("nobody", new Nobody()).apply(gateway(), yaml(
                upstream.url(),
                "  burns: { match: [{ path: /burns }], upstream: all, criticality: "
                        + criticality.name().toLowerCase(Locale.ROOT) + ", policies: [{ burns: {} }" + more + "] }\n"
                        + "consumers: { vip: { criticality: critical, apiKeys: [{ sha256: " + "a1".repeat(32)
                        + " }] } }\n" + LATE));
    }

    @Test
    void shedsUntilItIsInTimeAgain() throws InterruptedException {
        start(Criticality.LOW);
        load(() -> Await.until(() -> "requests to be shed: " + shed + " of " + served, () -> shed.get() >= CLIENTS));

        assertThat(shed("criticality=\"low\",cause=\"lag\"")).isPositive();
        assertThat(served).hasPositiveValue();
    }

    @Test
    void leavesConnectionsUnreadForAWhileWhereThereIsNoTimeForRefusals() throws InterruptedException {
        start(Criticality.CRITICAL);
        load(() -> Await.until(() -> "connections to rest: " + shed + " of " + served, () -> rested() >= CLIENTS));

        assertThat(shed("criticality=\"critical\",cause=\"lag\"")).isEqualTo(rested());
    }

    @Test
    void whoIsRefusedByAPolicyRestsAsWellWhereAConsumerIsWorthMore() throws InterruptedException {
        start(Criticality.NORMAL, ", { nobody: {} }");
        load(() -> Await.until(() -> "connections to rest: " + others, () -> rested() >= CLIENTS), 401);

        assertThat(served).hasValue(0);
    }

    private double rested() {
        return gateway().metric("tidegate_client_connections_rested_total", "");
    }

    /// Keeps the loop late until `seen` returns; then everyone was answered, and is served again once it is in time.
    private void load(Runnable seen) throws InterruptedException {
        load(seen, 200);
        assertThat(others).hasValue(0);
    }

    private void load(Runnable seen, int calm) throws InterruptedException {
        List<RawClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(gateway().client());
            assertThat(clients.getLast().get("/critical/").status()).isEqualTo(200);
        }
        clients.forEach(client -> threads.add(Thread.ofPlatform().daemon().start(() -> send(client))));
        seen.run();
        enough.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        Await.until("the loop to be in time again", () -> gateway().status().pressure() == 0);
        assertThat(clients.getFirst().get("/burns").status()).isEqualTo(calm);
        clients.forEach(RawClient::close);
    }
}
