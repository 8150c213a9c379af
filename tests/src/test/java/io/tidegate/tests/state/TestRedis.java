package io.tidegate.tests.state;

import io.tidegate.engine.EngineOptions;
import io.tidegate.engine.state.RemoteState;
import io.tidegate.redis.RedisState;
import io.tidegate.testkit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A Redis in a process of its own, that can be stopped, held and started again on the same port.
public final class TestRedis implements AutoCloseable {

    private static final String PROGRAM = "/redis-server-7.0.15-linux-amd64";

    private final Path folder;
    private final Path program;
    private final int port;
    private final List<String> options;
    private @Nullable Process process;

    private TestRedis(List<String> options) throws IOException {
        this.options = options;
        folder = Files.createTempDirectory("tidegate-redis");
        program = folder.resolve("redis-server");
        try (InputStream in = Objects.requireNonNull(TestRedis.class.getResourceAsStream(PROGRAM))) {
            Files.copy(in, program);
        }
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    /// Lets a gateway keep state in such servers.
    public static EngineOptions usable(EngineOptions options) {
        return options.withRemotes(config -> {
            RedisState state = RedisState.open(config);
            return new RemoteState(state, state::close);
        });
    }

    /// One that does not run yet.
    public static TestRedis stopped(String... options) {
        try {
            return new TestRedis(List.of(options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One that runs, with these options of its command line.
    public static TestRedis running(String... options) {
        TestRedis redis = stopped(options);
        redis.start();
        return redis;
    }

    /// A sentinel that watches this one under that name.
    static TestRedis sentinelOf(String name, TestRedis master) {
        TestRedis sentinel = stopped();
        Path file = sentinel.folder.resolve("sentinel.conf");
        try {
            Files.writeString(file, "sentinel monitor " + name + " 127.0.0.1 " + master.port + " 1\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sentinel.run(List.of(sentinel.program.toString(), file.toString(), "--sentinel", "--port",
                Integer.toString(sentinel.port), "--bind", "127.0.0.1", "--dir", sentinel.folder.toString()));
        return sentinel;
    }

    /// Starts it, without what was kept before.
    public TestRedis start() {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--port", Integer.toString(port), "--bind",
                "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.toString()));
        command.addAll(options);
        run(command);
        return this;
    }

    private void run(List<String> command) {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("Redis to start", this::accepts);
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /// Kills it.
    public void kill() {
        Process running = Objects.requireNonNull(process);
        running.destroyForcibly();
        Await.until("Redis to be gone", () -> !running.isAlive());
    }

    /// It keeps its connections and answers nothing from now on.
    void hold() {
        signal("STOP");
    }

    /// It answers again, what was asked meanwhile first.
    void goOn() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            long pid = Objects.requireNonNull(process).pid();
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
            if (status != 0) {
                throw new AssertionError("kill -" + name + " failed with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Runs a command, and gives the first line of what is answered.
    public String ask(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return String.valueOf(new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Number of keys in it.
    public int keys() {
        return Integer.parseInt(ask("DBSIZE").substring(1));
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            signal("CONT");
            kill();
        }
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
