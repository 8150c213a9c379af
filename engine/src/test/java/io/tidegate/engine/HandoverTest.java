package io.tidegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.config.ProcessConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HandoverTest {

    @TempDir
    private Path folder;

    private static Loaded.Accepted config(int port) {
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("test.yaml", """
                listeners:
                  default: { address: "127.0.0.1:%d" }
                """.formatted(port));
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        return (Loaded.Accepted) loaded;
    }

    private static Engine start(ProcessConfig.Transport transport) {
        return Engine.start(new EngineOptions(new ProcessConfig(ProcessConfig.Count.of(1), transport,
                ProcessConfig.Count.of("auto"), Duration.ofSeconds(5), Duration.ZERO, null,
                io.tidegate.config.OverloadConfig.of(true), null, null)));
    }

    private static int status(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    @ParameterizedTest
    @EnumSource(value = ProcessConfig.Transport.class, names = {"IO_URING", "EPOLL"})
    void theNextProcessTakesTheSocketsWithoutEverClosingThem(ProcessConfig.Transport transport) throws Exception {
        Path path = folder.resolve("upgrade.sock");
        int port = freePort();
        CountDownLatch drained = new CountDownLatch(1);
        try (Engine before = start(transport); Engine after = start(transport)) {
            before.apply(config(port));
            before.offerSockets(path, drained::countDown);
            assertThat(Files.getPosixFilePermissions(path)).hasSize(2);
            assertThat(status(port)).isEqualTo(404);

            assertThat(after.takeSockets(path)).isEqualTo(1);
            assertThat(after.apply(config(port)))
                    .isInstanceOf(io.tidegate.config.ConfigTarget.Result.Applied.class);
            after.offerSockets(path, () -> {});
            assertThat(drained.await(30, TimeUnit.SECONDS)).isTrue();
            before.close();

            assertThat(status(port)).isEqualTo(404);
            assertThat(after.addresses()).containsValue(new InetSocketAddress("127.0.0.1", port));
            assertThat(path).exists();
        }
    }

    @ParameterizedTest
    @EnumSource(value = ProcessConfig.Transport.class, names = {"IO_URING", "EPOLL"})
    void aProcessThatFailsLeavesTheSocketsWhereTheyWere(ProcessConfig.Transport transport) throws Exception {
        Path path = folder.resolve("upgrade.sock");
        int port = freePort();
        try (Engine before = start(transport)) {
            before.apply(config(port));
            before.offerSockets(path, () -> {
                throw new AssertionError("the other process never served");
            });
            try (Engine failing = start(transport)) {
                assertThat(failing.takeSockets(path)).isEqualTo(1);
            }
            assertThat(status(port)).isEqualTo(404);
            try (Engine after = start(transport)) {
                assertThat(after.takeSockets(path)).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = ProcessConfig.Transport.class, names = {"EPOLL"})
    void aSocketFileThatNobodyListensOnIsNoProcess(ProcessConfig.Transport transport) throws Exception {
        Path path = folder.resolve("upgrade.sock");
        Files.createFile(path);
        try (Engine engine = start(transport)) {
            assertThat(engine.takeSockets(path)).isZero();
            assertThat(path).doesNotExist();
        }
    }
}
