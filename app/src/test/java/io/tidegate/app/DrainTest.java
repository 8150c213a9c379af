package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is told to stop, with traffic all the while.
class DrainTest {

    private static final int CLIENTS = 4;

    @TempDir
    private Path folder;

    private final TestUpstream.Gate gate = new TestUpstream.Gate();
    private final CountDownLatch slowCame = new CountDownLatch(1);
    private TestUpstream service;

    @BeforeEach
    void startService() {
        service = TestUpstream.start(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                if (next.target().equals("/slow")) {
                    slowCame.countDown();
                    gate.pass();
                }
                connection.answer("served");
            }
        });
        service.forget();
    }

    @AfterEach
    void stopService() {
        gate.open();
        service.close();
    }

    private ProgramProcess start(String timing) throws Exception {
        Files.writeString(folder.resolve("tidegate.yaml"), """
                listeners:
                  web: { address: "127.0.0.1:0", limits: { requestsPerConnection: 10000000 } }
                upstreams:
                  service: { endpoints: ["%s"] }
                routes:
                  all: { upstream: service }
                telemetry: { accessLog: { to: none } }
                gateway: { %s }
                admin: { address: "127.0.0.1:0" }
                """.formatted(service.url(), timing));
        ProgramProcess program = ProgramProcess.start(folder, "drain", "run");
        program.awaitErr("\"serving\"");
        return program;
    }

    private static int port(ProgramProcess program, String listener) throws Exception {
        return Integer.parseInt(program.awaitErr("\"" + listener + "\":\"127\\.0\\.0\\.1:(\\d+)\""));
    }

    private static RawResponse ready(int admin) {
        try (RawClient client = RawClient.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), admin))) {
            return client.exchange("GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        }
    }

    private RawClient slowClient(int port) throws InterruptedException {
        RawClient client = RawClient.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(slowCame.await(ProgramProcess.GUARD_SECONDS, TimeUnit.SECONDS)).isTrue();
        return client;
    }

    @Test
    void losesNoRequestWhenToldToStop() throws Exception {
        try (ProgramProcess program = start("drainDelay: 4s, drain: 60s")) {
            int admin = port(program, "admin");
            int port = port(program, "web");
            Await.until("readiness", () -> ready(admin).status() == 200);
            try (LoadClients clients = new LoadClients(port, "served").start(CLIENTS);
                    RawClient slow = slowClient(port)) {
                clients.awaitAnswers(100);

                program.signal("TERM");
                program.awaitErr("\"stopping\"");
                Await.until("no readiness", () -> ready(admin).status() == 503);
                assertThat(ready(admin).body()).contains("\"status\":\"draining\"");
                // It accepts still, and load balancers that have not noticed lose nothing.
                clients.awaitAnswers(20);
                assertThat(clients.failures()).isEmpty();
                assertThat(clients.refused()).isZero();

                clients.awaitRefused();
                assertThat(clients.failures()).isEmpty();
                assertThat(clients.toldToClose()).as("kept connections that an answer closed").isEqualTo(CLIENTS);
                assertThat(program.process().isAlive()).as("whether it waits for the request that runs").isTrue();
                gate.open();
                RawResponse response = slow.receive();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("served");
                assertThat(response.field("connection")).isEqualTo("close");
                assertThat(slow.ending()).isEqualTo(RawClient.Ending.CLOSED);
            }
            assertThat(program.end()).as(program.err()).isZero();
            assertThat(program.err()).contains("\"stopped\"").doesNotContain("cut off");
        }
    }

    @Test
    void cutsOffWhatRunsForLongerThanItMay() throws Exception {
        try (ProgramProcess program = start("drainDelay: 0s, drain: 500ms");
                RawClient slow = slowClient(port(program, "web"))) {
            program.signal("TERM");

            assertThat(program.end()).as(program.err()).isZero();
            assertThat(program.err()).contains("cut off what was still open").contains("\"connections\":1")
                    .contains("\"stopped\"");
            assertThat(slow.ending()).isNotEqualTo(RawClient.Ending.BYTES);
        }
    }
}
