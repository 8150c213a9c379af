package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.app.ProgramProcess.Surroundings;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A process that may not open many files and sockets.
@EnabledOnOs(OS.LINUX)
class DescriptorsTest {

    private static final int LIMIT = 320;
    /// Enough for the files of the program, which are many where it is not packaged, and for no client.
    private static final int TOO_FEW = 210;
    private static final int TOO_MANY = 100;

    @TempDir
    private Path folder;

    private final TestUpstream.Gate gate = new TestUpstream.Gate();
    private final AtomicInteger waiting = new AtomicInteger();

    private TestUpstream service() {
        TestUpstream service = TestUpstream.start(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                if (next.target().equals("/slow")) {
                    waiting.incrementAndGet();
                    gate.pass();
                }
                connection.answer("served");
            }
        });
        service.forget();
        return service;
    }

    private ProgramProcess start(int files, String endpoint, String gateway) throws Exception {
        ProgramYaml.to(endpoint).gateway("drainDelay: 0s, workers: 2" + gateway).writeTo(folder);
        return ProgramProcess.start(Surroundings.files(files), folder, "few", "run");
    }

    private static int metric(InetSocketAddress admin, String name) {
        Matcher value = Pattern.compile("(?m)^" + Pattern.quote(name) + " ([0-9.E]+)$")
                .matcher(ProgramProcess.ask(admin, "/metrics").body());
        assertThat(value.find()).as(name).isTrue();
        return (int) Double.parseDouble(value.group(1));
    }

    @Test
    void servesAsManyClientsAsItHasDescriptorsForAndTurnsTheRestAway() throws Exception {
        servesNoMoreThanItCan("");
    }

    @Test
    void lowersANumberOfConnectionsThatItHasNoDescriptorsFor() throws Exception {
        servesNoMoreThanItCan(", maxConnections: 5000");
    }

    private void servesNoMoreThanItCan(String gateway) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (TestUpstream service = service(); ProgramProcess program = start(LIMIT, service.url(), gateway)) {
            InetSocketAddress web = program.address("web");
            InetSocketAddress admin = program.address("admin");
            int most = Integer
                    .parseInt(program.awaitErr("\"level\":\"warn\".*\"limit\":" + LIMIT + ",.*\"connections\":(\\d+)"));
            assertThat(most).isBetween(16, LIMIT / 2);
            Await.until("readiness", () -> ProgramProcess.ask(admin, "/ready").status() == 200);

            // The most that there can be: every client waits for an answer of the service, on a connection of its own.
            for (int i = 0; i < most; i++) {
                clients.add(RawClient.connect(web).send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
            }
            Await.until(() -> most + " requests at the service; there: " + waiting, () -> waiting.get() == most);
            for (int i = 0; i < TOO_MANY; i++) {
                try (RawClient client = RawClient.connect(web)) {
                    assertThat(client.ending()).isNotEqualTo(RawClient.Ending.BYTES);
                }
            }

            assertThat(metric(admin, "tidegate_client_connections_refused_total{reason=\"total\"}"))
                    .isEqualTo(TOO_MANY);
            assertThat(metric(admin, "tidegate_client_connections_open")).isEqualTo(most);
            assertThat(metric(admin, "process_open_fds")).isLessThan(LIMIT);
            assertThat(ProgramProcess.ask(admin, "/ready").status()).isEqualTo(200);
            assertThat(program.err()).doesNotContainIgnoringCase("too many open files");
            gate.open();
            for (RawClient client : clients) {
                assertThat(client.receive().body()).isEqualTo("served");
                client.close();
            }
            Await.until("the connections to be gone", () -> metric(admin, "tidegate_client_connections_open") == 0);
            try (LoadClients more = new LoadClients(web.getPort(), "served").start(2)) {
                more.awaitAnswers(50);
                assertThat(more.failures()).isEmpty();
            }
            assertThat(program.err()).doesNotContain("\"level\":\"error\"");
            program.signal("TERM");
            assertThat(program.end()).isZero();
        }
    }

    @Test
    void refusesToStartWithoutDescriptorsForClients() throws Exception {
        try (ProgramProcess program = start(TOO_FEW, "http://127.0.0.1:9", "")) {
            assertThat(program.end()).isEqualTo(1);
            assertThat(program.err()).contains("(was " + TOO_FEW + ")").contains("ulimit -n");
        }
    }
}
