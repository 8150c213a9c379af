package io.tidegate.tests.load;

import io.tidegate.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The gateway as a process of its own, run as its launcher runs it.
final class GatewayProcess implements AutoCloseable {

    private final Process process;
    private final Path log;
    private final int port;

    private GatewayProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /// Starts one and waits until it serves clients.
    ///
    /// @param folder
    ///            for its files
    /// @param yaml
    ///            its configuration, with `%d` for the port of its listener
    static GatewayProcess start(Path folder, String yaml) {
        return start(folder, yaml, Map.of());
    }

    /// Starts one in this environment and waits until it serves clients.
    static GatewayProcess start(Path folder, String yaml, Map<String, String> environment) {
        try {
            int port = freePort();
            Path file = Files.writeString(folder.resolve("tidegate.yaml"), yaml.formatted(port));
            Path log = folder.resolve("log.txt");
            List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                    "-cp", System.getProperty("java.class.path"), "io.tidegate.app.Main", "run", file.toString());
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(log.toFile()).directory(folder.toFile());
            builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
            builder.environment().putAll(environment);
            GatewayProcess started = new GatewayProcess(builder.start(), log, port);
            Await.until(() -> "the gateway to serve: " + started.log(), started::isServingOrGone);
            if (!started.process.isAlive()) {
                throw new IllegalStateException("the gateway did not start: " + started.log());
            }
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean isServingOrGone() {
        try (Socket socket = new Socket()) {
            socket.connect(address(), 1000);
            return true;
        } catch (IOException e) {
            return !process.isAlive();
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// What it has said so far.
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SIGTERM.
    void terminate() {
        process.destroy();
    }

    /// The status with which it ends.
    int status() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        status();
    }
}
