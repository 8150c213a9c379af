package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// One process takes over from another, with traffic all the while.
@EnabledOnOs(OS.LINUX)
class UpgradeTest {

    private static final int CLIENTS = 4;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer service;
    private int port;
    private int adminPort;

    @BeforeEach
    void startService() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", exchange -> {
            byte[] body = "served\n".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        service.setExecutor(threads);
        service.start();
        List<Integer> ports = freePorts();
        port = ports.getFirst();
        adminPort = ports.getLast();
        Files.writeString(folder.resolve("tidegate.yaml"), """
                listeners:
                  web: { address: "127.0.0.1:%d" }
                upstreams:
                  service: { endpoints: ["http://127.0.0.1:%d"] }
                routes:
                  all: { upstream: service }
                telemetry: { accessLog: { to: none } }
                gateway: { upgradeSocket: upgrade.sock, drainDelay: 1h }
                admin: { address: "127.0.0.1:%d" }
                """.formatted(port, service.getAddress().getPort(), adminPort));
    }

    @AfterEach
    void stop() {
        service.stop(0);
        threads.shutdownNow();
    }

    private static List<Integer> freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return List.of(one.getLocalPort(), other.getLocalPort());
        }
    }

    private int ready() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/ready")).build(),
                    BodyHandlers.discarding()).statusCode();
        }
    }

    private void awaitReady() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ProgramProcess.GUARD_SECONDS);
        while (ready() != 200) {
            assertThat(System.nanoTime() - end).isNegative();
            Thread.sleep(20);
        }
    }

    @Test
    void losesNoRequestWhenAnotherProcessTakesOver() throws Exception {
        List<ProgramProcess> processes = new ArrayList<>();
        try (LoadClients clients = new LoadClients(port, "served\n")) {
            processes.add(ProgramProcess.start(folder, "0", "run"));
            processes.getFirst().awaitErr("\"serving\"");
            clients.start(CLIENTS).awaitAnswers(100);

            // Twice: the process that took over hands over in its turn.
            for (int next = 1; next <= 2; next++) {
                processes.add(ProgramProcess.start(folder, Integer.toString(next), "run"));
                processes.get(next).awaitErr("\"serving\"");
                ProgramProcess before = processes.get(next - 1);
                assertThat(before.end()).as(before.err()).isZero();
                assertThat(before.err()).contains("another process serves now").contains("\"stopped\"");
                assertThat(clients.toldToClose()).as("kept connections that an answer closed")
                        .isGreaterThanOrEqualTo(next * CLIENTS);
                clients.awaitAnswers(100);
                awaitReady();
            }

            assertThat(clients.failures()).isEmpty();
            assertThat(clients.refused()).isZero();
            assertThat(processes.getLast().err()).contains("taking over from the process that runs");
        } finally {
            for (ProgramProcess process : processes) {
                process.close();
            }
        }
    }

    @Test
    void leavesTheProcessThatRunsAloneWhenTheNextCannotStart() throws Exception {
        try (ProgramProcess running = ProgramProcess.start(folder, "0", "run");
                LoadClients clients = new LoadClients(port, "served\n")) {
            running.awaitErr("\"serving\"");
            clients.start(1).awaitAnswers(100);
            Path file = folder.resolve("tidegate.yaml");
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Files.writeString(folder.resolve("next.yaml"), Files.readString(file).replace("upstreams:",
                        "  more: { address: \"127.0.0.1:" + taken.getLocalPort() + "\" }\nupstreams:"));
                try (ProgramProcess next = ProgramProcess.start(folder, "1", "run", "next.yaml")) {
                    assertThat(next.end()).isEqualTo(1);
                    assertThat(next.err()).contains("listeners.more.address: can't listen on 127.0.0.1:"
                            + taken.getLocalPort());
                }
            }
            running.awaitErr("the other process gave up");
            clients.awaitAnswers(100);

            assertThat(running.process().isAlive()).isTrue();
            assertThat(ready()).isEqualTo(200);
            assertThat(clients.failures()).isEmpty();
            assertThat(clients.refused()).isZero();
        }
    }
}
