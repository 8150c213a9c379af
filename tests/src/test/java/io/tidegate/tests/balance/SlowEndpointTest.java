package io.tidegate.tests.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One endpoint of three takes twenty times as long as the others.
class SlowEndpointTest extends BalanceFixture {

    private static final int CLIENTS = 6;
    private static final int WARM_UP = 300;
    private static final int REQUESTS = 1_500;

    /// Requests that the quick ones have answered, and whether no more are sent.
    private int answered;
    private boolean over;

    /// Answers once the others, of which there are two, have answered forty more.
    private TestUpstream.Script slow() {
        return connection -> {
            while (connection.request() != null) {
                awaitOthers();
                connection.answer("slow");
            }
        };
    }

    private TestUpstream.Script quick() {
        return connection -> {
            while (connection.request() != null) {
                answers();
                connection.answer("quick");
            }
        };
    }

    private synchronized void awaitOthers() throws IOException {
        int until = answered + 40;
        try {
            while (answered < until && !over) {
                wait(Await.GUARD.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private synchronized void answers() {
        answered++;
        notifyAll();
    }

    private synchronized void over(boolean now) {
        over = now;
        notifyAll();
    }

    private void send(RawClient client, AtomicInteger left) {
        while (left.getAndDecrement() > 0) {
            client.get("/");
        }
        // Those that wait for the slow one wait for nobody any more.
        over(true);
    }

    private void serve(ExecutorService threads, int requests) throws Exception {
        AtomicInteger left = new AtomicInteger(requests);
        over(false);
        List<Future<?>> running = new ArrayList<>();
        for (RawClient client : clients) {
            running.add(threads.submit(() -> send(client, left)));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"leastRequests", "peakEwma"})
    void getsATenthOfTheRequestsAtMost(String balancing) throws Exception {
        services.add(TestUpstream.start(slow()));
        services.add(TestUpstream.start(quick()));
        services.add(TestUpstream.start(quick()));
        gateway = TestGateway.start(GatewayYaml.to(all()).upstream("loadBalancing: " + balancing).text());
        for (int i = 0; i < CLIENTS; i++) {
            client();
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            serve(threads, WARM_UP);
            int before = service(0).requestCount();
            serve(threads, REQUESTS);
            int share = service(0).requestCount() - before;
            assertThat(share).as("of %s", REQUESTS).isLessThanOrEqualTo(REQUESTS / 10);
        }
    }
}
