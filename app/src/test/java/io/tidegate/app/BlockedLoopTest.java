package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.app.ProgramProcess.Surroundings;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process with two event loops, one of which a policy blocks.
class BlockedLoopTest {

    /// Half of them on either loop.
    private static final int CLIENTS = 8;
    private static final int REQUESTS = 50;

    @TempDir
    private Path folder;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger done = new AtomicInteger();

    private ProgramProcess start(TestUpstream service, Path until) throws Exception {
        Path services = Files.createDirectories(folder.resolve("policies/META-INF/services"));
        Files.writeString(services.resolve("io.tidegate.api.PolicyFactory"), HoldUpFactory.class.getName() + "\n");
        ProgramYaml.to(service.url()).gateway("workers: 2, drainDelay: 0s")
                .route("held",
                        "match: [{ path: \"/held\" }], policies: [{ holdUp: { until: \"%s\" } }]".formatted(until))
                .writeTo(folder);
        return ProgramProcess.start(Surroundings.policies(folder.resolve("policies")), folder, "blocked", "run");
    }

    private void send(RawClient client) {
        try {
            for (int i = 0; i < REQUESTS; i++) {
                RawResponse response = client.get("/free");
                if (response.status() != 200) {
                    failures.add(response.toString());
                }
            }
        } catch (RuntimeException e) {
            failures.add(e.toString());
        }
        done.incrementAndGet();
    }

    @Test
    void namesThePolicyThatBlocksALoopAndServesOnTheOther() throws Exception {
        Path until = folder.resolve("go-on");
        List<RawClient> clients = new ArrayList<>();
        try (TestUpstream service = TestUpstream.hello(); ProgramProcess program = start(service, until)) {
            InetSocketAddress address = program.address("web");
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(RawClient.connect(address));
                assertThat(clients.getLast().get("/free").status()).isEqualTo(200);
            }

            RawClient held = clients.removeFirst().send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            String told = program
                    .awaitErr("\"level\":\"warn\".*event loop held up: worker=\\d.*HoldUpFactory\\$HoldUp.*");
            assertThat(told).contains("TIMED_WAITING").contains("onRequest");
            clients.forEach(client -> Thread.ofPlatform().daemon().start(() -> send(client)));
            Await.until(() -> "answers by the other loop: " + done + " " + failures, () -> done.get() == CLIENTS / 2);
            assertThat(until).as("what ends the hold-up").doesNotExist();

            Files.createFile(until);
            assertThat(held.receive().body()).isEqualTo("hello");
            Await.until("answers by the loop that was held up", () -> done.get() == CLIENTS - 1);
            assertThat(failures).isEmpty();
            try (LoadClients more = new LoadClients(address.getPort(), "hello").start(2)) {
                more.awaitAnswers(50);
                assertThat(more.failures()).isEmpty();
            }
            Matcher lines = Pattern.compile("\"level\":\"warn\".*HoldUp").matcher(program.err());
            assertThat(lines.results().count()).as("lines about it").isLessThan(10);
            held.close();
            clients.forEach(RawClient::close);
            program.signal("TERM");
            assertThat(program.end()).isZero();
        }
    }
}
