package io.tidegate.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tidegate.acme.AcmeCertificates;
import io.tidegate.app.log.LogSink;
import io.tidegate.config.ConfigWriter;
import io.tidegate.config.Loaded;
import io.tidegate.control.ControlOptions;
import io.tidegate.control.ControlPlane;
import io.tidegate.control.ReloadResult;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineOptions;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Load balancers wait for the warm-up, clients do not.
class WarmUpTest {

    @TempDir
    private Path folder;

    private static RawResponse get(SocketAddress address, String path) {
        try (RawClient client = RawClient.connect(address)) {
            return client.exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        }
    }

    @Test
    void isAwaitedByReadinessAndNotByRequests() throws Exception {
        try (TestUpstream service = TestUpstream.hello()) {
            Loaded.Accepted loaded = TestGateway
                    .load(TestGateway.proxying(service) + "admin: { address: \"127.0.0.1:0\" }\n");
            Engine engine = Engine.start(new EngineOptions(loaded.config().gateway()));
            WarmUp warmUp = new WarmUp(() -> 0);
            EngineView view = new EngineView(engine, warmUp,
                    new AcmeCertificates((texts, proofs) -> {}, _ -> {
                        throw new AssertionError("nothing is shared");
                    }), LogSink.ofProcess());
            try (ControlPlane control = new ControlPlane(new ControlOptions(null, () -> loaded, ConfigWriter::json,
                    folder, "test"), new AnnouncingTarget(engine, view, null), view)) {
                assertThat(control.start(loaded)).isNotInstanceOf(ReloadResult.Rejected.class);
                SocketAddress admin = Objects.requireNonNull(control.address());
                SocketAddress web = engine.addresses().values().iterator().next();

                RawResponse before = get(admin, "/ready");
                assertThat(before.status()).isEqualTo(503);
                assertThat(before.body()).contains("\"status\":\"warming\"");
                assertThat(get(admin, "/live").status()).isEqualTo(200);
                assertThat(get(web, "/").body()).isEqualTo("hello");
                int requests = service.requestCount();

                warmUp.start(engine.status().transport());
                Await.until("the end of the warm-up", warmUp::isOver);
                assertThat(get(admin, "/ready").status()).isEqualTo(200);
                assertThat(service.requestCount()).as("requests that the service received").isEqualTo(requests);
            } finally {
                engine.close();
            }
        }
    }

    @Test
    void endsEarlyWhenTheGatewayStops() {
        WarmUp warmUp = new WarmUp(() -> 0);
        warmUp.stop();

        warmUp.start("nio");

        Await.until("the end of the warm-up", warmUp::isOver);
    }

    @Test
    void leavesTheProcessorToClientsWhoDoNotWait() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();

        WarmUp warmUp = new WarmUp(() -> asked.incrementAndGet() > 0 ? 1 : 0);
        warmUp.start("nio");
        warmUp.await();

        assertThat(asked.get()).as("rests, of 20 ms each, in %s ns", WarmUp.LIMIT_NANOS).isBetween(1,
                (int) (WarmUp.LIMIT_NANOS / 20_000_000L) + 1);
    }

    @Test
    void isOverInTimeThoughARoundNeverEnds() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        WarmUp warmUp = new WarmUp(() -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 0;
        });

        warmUp.start("nio");
        warmUp.await();

        assertThat(warmUp.isOver()).isTrue();
        warmUp.stop();
        never.countDown();
    }

    @Test
    void holdsNothingUpWhereItCannotBe() throws InterruptedException {
        WarmUp warmUp = new WarmUp(() -> 0);

        warmUp.start("none of ours");
        warmUp.await();

        assertThat(warmUp.isOver()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void sendsRequestsThroughAGatewayOverEachTransport(String transport) throws IOException {
        assumeThat(Engine.transports().get(transport)).startsWith("available");
        try (Rehearsal rehearsal = Rehearsal.start(transport)) {
            // Fails where an answer is not the one of the service at its end.
            for (int i = 0; i < 10; i++) {
                rehearsal.round();
            }
        }
    }
}
