package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.app.ProgramProcess.Surroundings;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.io.File;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process with a heap of 128 MiB, which requests fill.
class FullHeapTest {

    private static final int CLIENTS = 50;
    private static final int BODIES_OF_EACH = 50;
    private static final int BODY = 65_536;
    private static final int HOARDED = 100_000;
    /// More than the whole heap takes.
    private static final int MOST_HOARDED = 128 * 1024 * 1024 / HOARDED;
    private static final String POST = "POST /bodies HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY + "\r\n\r\n"
            + "b".repeat(BODY);

    @TempDir
    private Path folder;

    private ProgramProcess start(TestUpstream service) throws Exception {
        Path services = Files.createDirectories(folder.resolve("policies/META-INF/services"));
        Files.writeString(services.resolve("io.tidegate.api.PolicyFactory"), HoardFactory.class.getName() + "\n");
        ProgramYaml.to(service.url()).gateway("workers: 2, drainDelay: 0s")
                .route("hoard", "match: [{ path: /hoard }], criticality: low, policies: [{ hoard: { bytes: "
                        + HOARDED + " } }]")
                .route("free", "match: [{ path: /free }], criticality: critical, policies: [{ hoard: { bytes: 1 } }]")
                .writeTo(folder);
        return ProgramProcess.start(
                new Surroundings(List.of(), File.pathSeparator + folder.resolve("policies"), List.of("-Xmx128m")),
                folder, "full", "run");
    }

    private static double shed(InetSocketAddress admin, String criticality) {
        Matcher found = Pattern.compile(
                "(?m)^tidegate_requests_shed_total\\{criticality=\"" + criticality + "\",cause=\"heap\"} (.*)$")
                .matcher(ProgramProcess.ask(admin, "/metrics").body());
        assertThat(found.find()).isTrue();
        return Double.parseDouble(found.group(1));
    }

    /// Sends requests that keep memory until one of them is shed.
    private static void fill(RawClient client) {
        for (int i = 0; i < MOST_HOARDED; i++) {
            if (client.get("/hoard").status() == 503) {
                return;
            }
        }
        throw new AssertionError("nothing was shed of what the heap can't take");
    }

    /// What comes of a request on a connection of its own; 0 where that is closed.
    private static int status(InetSocketAddress web, String path) {
        try (RawClient client = RawClient.connect(web)) {
            return client.get(path).status();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    private static List<RawClient> connect(InetSocketAddress web) {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(RawClient.connect(web));
        }
        return clients;
    }

    /// How many bodies are served; the others are shed. A client that was turned away does not come again: what had not
    /// come of the body by then may cost the connection, and nobody is accepted while memory is about to end.
    private static int bodies(List<RawClient> all) {
        List<RawClient> clients = new ArrayList<>(all);
        int served = 0;
        for (int i = 0; i < BODIES_OF_EACH; i++) {
            clients.forEach(client -> client.send(POST));
            for (RawClient client : List.copyOf(clients)) {
                RawResponse response = client.receive("POST");
                if (response.status() == 200) {
                    served++;
                } else {
                    assertThat(response.fault()).isEqualTo("gateway.overloaded");
                    clients.remove(client);
                }
            }
        }
        all.forEach(RawClient::close);
        return served;
    }

    @Test
    void shedsInsteadOfRunningOutOfMemoryAndServesAfterwards() throws Exception {
        try (TestUpstream service = TestUpstream.hello();
                ProgramProcess program = start(service);
                RawClient client = RawClient.connect(program.address("web"))) {
            InetSocketAddress web = program.address("web");
            InetSocketAddress admin = program.address("admin");
            List<RawClient> before = connect(web);
            before.forEach(each -> assertThat(each.get("/").status()).isEqualTo(200));
            fill(client);
            assertThat(shed(admin, "low")).isPositive();
            assertThat(ProgramProcess.ask(admin, "/ready").status()).isEqualTo(200);
            assertThat(ProgramProcess.ask(admin, "/live").status()).isEqualTo(200);
            program.awaitErr("the gateway is overloaded: it sheds requests.*heap");

            bodies(before);
            Await.until("what was kept to be let go of", () -> status(web, "/free") == 200);
            Await.until("what is low to be served again", () -> status(web, "/hoard") == 200);
            program.awaitErr("the gateway is overloaded no more");
            assertThat(bodies(connect(web))).isEqualTo(CLIENTS * BODIES_OF_EACH);
            assertThat(program.process().isAlive()).isTrue();
            assertThat(program.err()).doesNotContain("OutOfMemory");
        }
    }
}
