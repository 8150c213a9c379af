package io.tidegate.tests.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/// Many requests while services fail: none is lost that need not be, and services that fail get hardly more of them.
class StormsTest extends RetryFixture {

    private static final int CLIENTS = 8;
    private static final int REQUESTS = 10_000;

    /// Sends this many requests by several clients, and tells of each answer's status.
    private void run(int requests, IntConsumer seen) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(requests);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (RawClient client = gateway.client()) {
                    while (left.getAndDecrement() > 0) {
                        RawResponse response = client.exchange(GET);
                        seen.accept(response.complete() ? response.status() : 0);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void noGetFailsWhenOneOfThreeEndpointsDies() throws InterruptedException {
        AtomicInteger failed = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        try (TestUpstream two = TestUpstream.hello(); TestUpstream dying = TestUpstream.hello()) {
            service.forget();
            two.forget();
            dying.forget();
            gateway.apply(GatewayYaml.to(service, two, dying).text());
            run(REQUESTS, status -> {
                if (status != 200) {
                    failed.incrementAndGet();
                }
                if (answered.incrementAndGet() == REQUESTS / 3) {
                    dying.kill();
                }
            });
            assertThat(failed).hasValue(0);
            int received = service.requestCount() + two.requestCount() + dying.requestCount();
            assertThat(received).as("requests that reached a service").isBetween(REQUESTS, REQUESTS + REQUESTS / 20);
        }
    }

    @Test
    void aServiceThatFailsIsAskedATenthMoreThanItIsAnyway() throws InterruptedException {
        service.script(TestUpstream.answering("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"));
        service.forget();
        retry("attempts: 3, on: [503], " + QUICK);
        AtomicInteger failed = new AtomicInteger();
        long begun = System.nanoTime();
        run(4_000, status -> failed.addAndGet(status == 503 ? 1 : 0));
        long seconds = (System.nanoTime() - begun) / 1_000_000_000 + 1;

        assertThat(failed).hasValue(4_000);
        assertThat((long) service.requestCount() - 4_000).as("repeats").isBetween(390L, 400 + 3 * (seconds + 1));
        assertThat(refused("budget")).isPositive();
        assertThat(repeats("status", "failed")).isEqualTo(service.requestCount() - 4_000);
    }
}
