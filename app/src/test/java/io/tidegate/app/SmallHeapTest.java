package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.app.ProgramProcess.Surroundings;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process with a heap of 256 MiB, whose policies would hold more than there is.
class SmallHeapTest {

    /// Twice as many bodies as fit into a quarter of the heap.
    private static final int CLIENTS = 2000;
    private static final int BODY = 65_536;
    private static final String POST = "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY + "\r\n\r\n"
            + "b".repeat(BODY);

    @TempDir
    private Path folder;

    private ProgramProcess start(TestUpstream service, Path until) throws Exception {
        Path services = Files.createDirectories(folder.resolve("policies/META-INF/services"));
        Files.writeString(services.resolve("io.tidegate.api.PolicyFactory"), HoldBodiesFactory.class.getName() + "\n");
        ProgramYaml.to(service.url()).gateway("workers: 2, drainDelay: 0s").route("held",
                "match: [{ path: /held }], policies: [{ holdBodies: { until: \"%s\" } }]".formatted(until))
                .writeTo(folder);
        return ProgramProcess.start(new Surroundings(List.of(), File.pathSeparator + folder.resolve("policies"),
                List.of("-Xmx256m")), folder, "small", "run");
    }

    private static double refused(InetSocketAddress admin) {
        Matcher found = Pattern.compile("(?m)^tidegate_faults_total\\{code=\"gateway.overloaded\"} (.*)$")
                .matcher(ProgramProcess.ask(admin, "/metrics").body());
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }

    @Test
    void refusesBodiesBeyondItsBudgetAndServesAfterwards() throws Exception {
        Path until = folder.resolve("go-on");
        List<RawClient> clients = new ArrayList<>();
        try (TestUpstream service = TestUpstream.hello(); ProgramProcess program = start(service, until)) {
            InetSocketAddress web = program.address("web");
            InetSocketAddress admin = program.address("admin");
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(RawClient.connect(web).send(POST));
            }
            Await.until("bodies to be refused", () -> refused(admin) >= CLIENTS / 4.0);
            assertThat(program.process().isAlive()).as(program.err()).isTrue();
            Files.createFile(until);

            int served = 0;
            int overloaded = 0;
            for (RawClient client : clients) {
                RawResponse response = client.receive("POST");
                if (response.status() == 200) {
                    served++;
                } else {
                    assertThat(response.fault()).isEqualTo("gateway.overloaded");
                    overloaded++;
                }
                client.close();
            }
            assertThat(served).as("bodies that were held").isGreaterThan(CLIENTS / 8);
            assertThat(overloaded).isGreaterThanOrEqualTo(CLIENTS / 4);
            try (RawClient client = RawClient.connect(web)) {
                assertThat(client.exchange(POST).status()).isEqualTo(200);
                assertThat(client.get("/").body()).isEqualTo("hello");
            }
            assertThat(program.err()).doesNotContain("OutOfMemory");
        } finally {
            clients.forEach(RawClient::close);
        }
    }
}
