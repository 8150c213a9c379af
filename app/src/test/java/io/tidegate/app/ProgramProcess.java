package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The program as a process of its own, which writes into files. Every wait ends by a condition, or fails after
/// a guard.
final class ProgramProcess implements AutoCloseable {

    static final int GUARD_SECONDS = 30;

    private final Process process;
    private final Path out;
    private final Path err;

    private ProgramProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /// What a process is started in.
    ///
    /// @param shell
    ///            what comes before Java on the command line
    /// @param morePath
    ///            what comes after the class path of the tests
    /// @param options
    ///            what Java is told besides
    record Surroundings(List<String> shell, String morePath, List<String> options) {

        /// Where signals are heeded, even if whoever runs the tests has been told to ignore them.
        private static final List<String> HEEDING = List.of("env", "--default-signal=HUP,INT");

        static final Surroundings PLAIN = new Surroundings(HEEDING, "", List.of());

        /// Where no more than `count` files and sockets may be open.
        static Surroundings files(int count) {
            return new Surroundings(List.of("/bin/sh", "-c", "ulimit -n " + count + "; exec \"$@\"", "sh"), "",
                    List.of());
        }

        /// Where Java is told these options too.
        static Surroundings options(String... options) {
            return new Surroundings(HEEDING, "", List.of(options));
        }

        /// Where the policies that a folder names are there too.
        static Surroundings policies(Path folder) {
            return new Surroundings(HEEDING, File.pathSeparator + folder, List.of());
        }
    }

    /// Starts it.
    ///
    /// @param folder
    ///            where it runs and what it writes goes
    /// @param name
    ///            tells it from others in the same folder
    static ProgramProcess start(Path folder, String name, String... arguments) throws IOException {
        return start(Surroundings.PLAIN, folder, name, arguments);
    }

    /// Starts it in surroundings of its own.
    static ProgramProcess start(Surroundings start, Path folder, String name, String... arguments)
            throws IOException {
        Path out = folder.resolve(name + "-out.txt");
        Path err = folder.resolve(name + "-err.txt");
        List<String> command = new ArrayList<>(start.shell());
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-Xmx128m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(start.options());
        command.addAll(List.of("-cp",
                System.getProperty("java.class.path") + start.morePath(), "io.tidegate.app.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        return new ProgramProcess(builder.start(), out, err);
    }

    Process process() {
        return process;
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    /// Waits until standard output holds a match of `pattern`, and returns its first group.
    String awaitOut(String pattern) throws Exception {
        return await(out, pattern);
    }

    /// Waits until standard error holds a match of `pattern`, and returns its first group.
    String awaitErr(String pattern) throws Exception {
        return await(err, pattern);
    }

    /// Waits until it says where a listener is, and returns that.
    ///
    /// @param listener
    ///            its name, or `admin`
    InetSocketAddress address(String listener) throws Exception {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(),
                Integer.parseInt(awaitErr("\"" + listener + "\":\"127\\.0\\.0\\.1:(\\d+)\"")));
    }

    /// What the administration interface at `admin` answers, on a connection of its own.
    static RawResponse ask(InetSocketAddress admin, String path) {
        try (RawClient client = RawClient.connect(admin)) {
            return client.exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        }
    }

    private String await(Path file, String pattern) throws Exception {
        Pattern wanted = Pattern.compile(pattern);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GUARD_SECONDS);
        while (true) {
            boolean alive = process.isAlive();
            Matcher found = wanted.matcher(Files.readString(file));
            if (found.find()) {
                return found.groupCount() == 0 ? found.group() : found.group(1);
            }
            assertThat(alive && System.nanoTime() - end < 0)
                    .as("'%s' in %s: %s%s", pattern, file, Files.readString(file), err()).isTrue();
            Thread.sleep(20);
        }
    }

    void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor()).isZero();
    }

    /// Waits for its end and returns its exit status.
    int end() throws Exception {
        assertThat(process.waitFor(GUARD_SECONDS, TimeUnit.SECONDS)).as(err()).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
