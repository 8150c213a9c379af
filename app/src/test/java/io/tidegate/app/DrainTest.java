package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.net.InetSocketAddress;
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
        ProgramYaml.to(service.url()).listener("limits: { requestsPerConnection: 10000000 }").gateway(timing)
                .writeTo(folder);
        ProgramProcess program = ProgramProcess.start(folder, "drain", "run");
        program.awaitErr("\"serving\"");
        return program;
    }

    private RawClient slowClient(InetSocketAddress web) throws InterruptedException {
        RawClient client = RawClient.connect(web).send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(slowCame.await(ProgramProcess.GUARD_SECONDS, TimeUnit.SECONDS)).isTrue();
        return client;
    }

    @Test
    void losesNoRequestWhenToldToStop() throws Exception {
        try (ProgramProcess program = start("drainDelay: 4s, drain: 60s")) {
            InetSocketAddress admin = program.address("admin");
            InetSocketAddress web = program.address("web");
            Await.until("readiness", () -> ProgramProcess.ask(admin, "/ready").status() == 200);
            try (LoadClients clients = new LoadClients(web.getPort(), "served").start(CLIENTS);
                    RawClient slow = slowClient(web)) {
                clients.awaitAnswers(100);

                program.signal("TERM");
                program.awaitErr("\"stopping\"");
                Await.until("no readiness", () -> ProgramProcess.ask(admin, "/ready").status() == 503);
                assertThat(ProgramProcess.ask(admin, "/ready").body()).contains("\"status\":\"draining\"");
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
                RawClient slow = slowClient(program.address("web"))) {
            program.signal("TERM");

            assertThat(program.end()).as(program.err()).isZero();
            assertThat(program.err()).contains("cut off what was still open").contains("\"connections\":1")
                    .contains("\"stopped\"");
            assertThat(slow.ending()).isNotEqualTo(RawClient.Ending.BYTES);
        }
    }
}
