package io.tidegate.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            WarmUp warmUp = new WarmUp();
            Engine engine = Engine.start(new EngineOptions(loaded.config().gateway()));
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

                warmUp.start(loaded.config());
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
        WarmUp warmUp = new WarmUp();
        warmUp.stop();

        warmUp.start(TestGateway.load("routes: {}\n").config());

        Await.until("the end of the warm-up", warmUp::isOver);
    }
}
