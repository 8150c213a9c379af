package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.app.ProgramProcess.Surroundings;
import io.tidegate.app.command.CommandLines;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program as a process of its own, over real sockets.
class ProgramTest {

    private static final int GUARD_SECONDS = 30;

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable Process process;

    @AfterEach
    void stop() throws InterruptedException {
        client.close();
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    private Path out() {
        return folder.resolve("out.txt");
    }

    private Path err() {
        return folder.resolve("err.txt");
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-XX:+UseSerialGC", "-Xmx128m", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
                "io.tidegate.app.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectOutput(out().toFile()).redirectError(err().toFile());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        process = builder.start();
        return process;
    }

    /// Waits until `text` holds a match of `pattern`, and returns its first group.
    private static String await(Path file, String pattern, Process process) throws Exception {
        Pattern wanted = Pattern.compile(pattern);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GUARD_SECONDS);
        while (true) {
            Matcher found = wanted.matcher(Files.readString(file));
            if (found.find()) {
                return found.groupCount() == 0 ? found.group() : found.group(1);
            }
            assertThat(process.isAlive() && System.nanoTime() - end < 0)
                    .as("'%s' in %s: %s", pattern, file, Files.readString(file)).isTrue();
            Thread.sleep(20);
        }
    }

    /// It listens before it has warmed up, and is ready after that.
    private void becomesReady(String admin, Process process) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GUARD_SECONDS);
        HttpResponse<String> answer = get(admin + "/ready");
        while (answer.statusCode() != 200) {
            assertThat(process.isAlive() && System.nanoTime() - end < 0).as(answer.body()).isTrue();
            Thread.sleep(20);
            answer = get(admin + "/ready");
        }
    }

    private HttpResponse<String> get(String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(GUARD_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void showsAShopBehindAGateway() throws Exception {
        Process demo = start("demo", "--port", "0", "--admin-port", "0");
        String base = await(out(), "gateway +(http://localhost:\\d+)\n", demo);
        String admin = await(out(), "admin +(http://127\\.0\\.0\\.1:\\d+) ", demo);
        await(out(), "Ctrl-C", demo);

        for (String path : List.of("/orders", "/orders/1001", "/payments", "/payments/5001", "/users", "/users/1")) {
            HttpResponse<String> response = get(base + path);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).as(path).contains("application/json");
            assertThat(response.body()).as(path).startsWith("{").endsWith("}\n");
        }
        HttpResponse<String> missing = get(base + "/users/99");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(missing.body()).contains("nothing named '99' among the users");
        HttpResponse<String> placed = client.send(HttpRequest.newBuilder(URI.create(base + "/orders"))
                .POST(BodyPublishers.ofString("{\"customer\":\"2\",\"items\":[{\"sku\":\"mug\",\"quantity\":2}]}"))
                .build(), BodyHandlers.ofString());
        assertThat(placed.statusCode()).isEqualTo(201);
        assertThat(placed.body()).contains("\"total\":19.60");
        assertThat(get(base + placed.headers().firstValue("location").orElseThrow()).body()).isEqualTo(placed.body());
        assertThat(get(base + "/nowhere").body()).contains("\"status\":404").contains("\"requestId\":");
        becomesReady(admin, demo);
        await(out(), "GET .*/users/99.*404|404.*GET .*/users/99", demo);

        demo.destroy();

        assertThat(end(demo)).isZero();
    }

    @Test
    void explainsRequestsByTheConfigurationThatRuns() throws Exception {
        Process demo = start("demo", "--port", "0", "--admin-port", "0");
        String admin = await(out(), "admin +(http://127\\.0\\.0\\.1:\\d+) ", demo);
        await(out(), "Ctrl-C", demo);
        Path token = folder.resolve("tidegate/admin-" + URI.create(admin).getPort() + ".token");
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("authorization", "Bearer " + Files.readString(token).strip());

        HttpResponse<String> found = client.send(
                request.uri(URI.create(admin + "/explain?url=http://localhost/users/1&header=accept:%20*/*")).build(),
                BodyHandlers.ofString());
        HttpResponse<String> wrong = client.send(request.uri(URI.create(admin + "/explain?url=nowhere")).build(),
                BodyHandlers.ofString());

        assertThat(found.statusCode()).as(found.body()).isEqualTo(200);
        assertThat(found.body()).contains("\"outcome\":\"found\"").contains("\"route\":{\"name\":\"users\"}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("must be a URL such as");
    }

    @Test
    void reportsWhatCameOfMirrors() throws Exception {
        Process demo = start("demo", "--port", "0", "--admin-port", "0");
        String admin = await(out(), "admin +(http://127\\.0\\.0\\.1:\\d+) ", demo);
        await(out(), "Ctrl-C", demo);
        String address = URI.create(admin).getAuthority();
        String token = folder.resolve("tidegate/admin-" + URI.create(admin).getPort() + ".token").toString();

        assertThat(report(0, "--admin", address, "--token-file", token)).isEqualTo("No route has a mirror.\n");
        assertThat(report(0, "--json", "--admin", address, "--token-file", token)).isEqualTo("{\"mirrors\":{}}\n");
        Path other = Files.writeString(folder.resolve("other"), "no-such-token-at-all");
        assertThat(report(1, "--admin", address, "--token-file", other.toString()))
                .contains("does not take the token in");
        assertThat(report(1, "--admin", address, "--token-file", folder.resolve("none").toString()))
                .contains("can't be read");
        assertThat(report(2, "--admin", "nowhere")).contains("must be a host and a port");
    }

    private static String report(int status, String... options) {
        StringWriter written = new StringWriter();
        PrintWriter to = new PrintWriter(written);
        String[] words = Stream.concat(Stream.of("mirror-report"), Arrays.stream(options)).toArray(String[]::new);
        assertThat(CommandLines.run(to, to, words)).as(written.toString()).isEqualTo(status);
        return written.toString();
    }

    @Test
    void namesTheFlagsForPortsThatAreInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            Process onPort = start("demo", "--port", port, "--admin-port", "0");
            assertThat(end(onPort)).isEqualTo(1);
            assertThat(Files.readString(err())).contains("in use").contains("--port");

            Process onAdmin = start("demo", "--port", "0", "--admin-port", port);
            assertThat(end(onAdmin)).isEqualTo(1);
            assertThat(Files.readString(err())).contains(port).contains("--admin-port");
        }
    }

    @Test
    void proxiesWithoutAFile() throws Exception {
        Process demo = start("demo", "--port", "0", "--admin-port", "0");
        String service = await(out(), "users +(http://127\\.0\\.0\\.1:\\d+)/users", demo);
        Path proxyOut = folder.resolve("proxy.txt");
        Process proxy = new ProcessBuilder(demo.info().command().orElseThrow(), "-XX:+UseSerialGC", "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path"), "io.tidegate.app.Main", "proxy", "--to", service, "--listen",
                "127.0.0.1:0", "--admin", "127.0.0.1:0", "--max-body", "4B").redirectOutput(proxyOut.toFile())
                .redirectError(folder.resolve("proxy-err.txt").toFile()).start();
        try {
            String base = "http://127.0.0.1:" + await(folder.resolve("proxy-err.txt"),
                    "\"message\":\"serving\",\"default\":\"127\\.0\\.0\\.1:(\\d+)\"", proxy);

            assertThat(get(base + "/users/2").body()).contains("Jonas Lind");
            assertThat(client.send(HttpRequest.newBuilder(URI.create(base + "/users"))
                    .POST(BodyPublishers.ofString("12345")).build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(413);
            await(proxyOut, "\"status\":413", proxy);
            assertThat(Files.readString(proxyOut).lines()).isNotEmpty()
                    .allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));

            proxy.destroy();
            assertThat(end(proxy)).isZero();
        } finally {
            proxy.destroyForcibly();
        }
    }

    @Test
    void saysOnceAndInPlainWordsThatAPortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Files.writeString(folder.resolve("tidegate.yaml"), configuration("/a/**").replace("127.0.0.1:0", address)
                    .replaceFirst("admin: \\{ address: \"[^\"]*\"", "admin: { address: \"127.0.0.1:0\""));

            assertThat(end(start("run"))).isEqualTo(1);
            assertThat(Files.readString(err())).containsOnlyOnce(address).contains("listeners.web.address")
                    .contains("another process listens there").doesNotContain("bind(");

            assertThat(end(start("proxy", "--to", "http://127.0.0.1:1", "--listen", address, "--admin",
                    "127.0.0.1:0"))).isEqualTo(1);
            assertThat(Files.readString(err())).containsOnlyOnce(address).contains("--listen")
                    .doesNotContain("bind(");
        }
    }

    @Test
    void warnsThatItWasStartedToIgnoreTheSignalToReload() throws Exception {
        Files.writeString(folder.resolve("tidegate.yaml"), configuration("/a/**"));
        Surroundings nohup = new Surroundings(List.of("/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh"), "",
                List.of());
        try (ProgramProcess deaf = ProgramProcess.start(nohup, folder, "deaf", "run");
                ProgramProcess heeding = ProgramProcess.start(folder, "heeding", "run")) {
            deaf.awaitErr("\"level\":\"warn\".*SIGHUP is ignored.*POST /reload");
            heeding.awaitErr("\"serving\"");
            assertThat(heeding.err()).doesNotContain("SIGHUP is ignored");
        }
    }

    @Test
    void followsItsFileAndEndsWellWhenToldTo() throws Exception {
        Path file = folder.resolve("tidegate.yaml");
        Files.writeString(file, configuration("/a/**"));
        Process gateway = start("run");
        String base = "http://127.0.0.1:" + await(err(), "\"web\":\"127\\.0\\.0\\.1:(\\d+)\"", gateway);
        assertThat(get(base + "/b").statusCode()).isEqualTo(404);

        Files.writeString(file, "routes: 7\n");
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(gateway.pid())).start().waitFor()).isZero();
        await(err(), "configuration rejected", gateway);
        assertThat(get(base + "/b").statusCode()).isEqualTo(404);

        Files.writeString(file, configuration("/b/**"));
        await(err(), "revision 2", gateway);
        // Nothing listens behind the route: the gateway answers for it.
        assertThat(get(base + "/b").statusCode()).isEqualTo(502);
        gateway.destroy();

        assertThat(end(gateway)).isZero();
        assertThat(Files.readString(err())).contains("\"stopping\"").contains("\"stopped\"");
    }

    @Test
    void endsAtOnceWhenToldTwice() throws Exception {
        Files.writeString(folder.resolve("tidegate.yaml"),
                configuration("/a/**").replace("drainDelay: 0s", "drainDelay: 1h"));
        Process gateway = start("run");
        await(err(), "\"serving\"", gateway);

        gateway.destroy();
        await(err(), "\"stopping\"", gateway);
        assertThat(gateway.isAlive()).isTrue();
        assertThat(new ProcessBuilder("kill", "-TERM", Long.toString(gateway.pid())).start().waitFor()).isZero();

        assertThat(end(gateway)).isEqualTo(143);
    }

    @Test
    void looksForItsFileWhereItIs() throws Exception {
        Process gateway = start("run");

        assertThat(end(gateway)).isEqualTo(1);
        assertThat(Files.readString(err())).contains("tidegate.yaml");
        assertThat(Files.readString(out())).isEmpty();
    }

    private static String configuration(String path) throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (InputStream in = ProgramTest.class.getResourceAsStream("one-route.yaml")) {
            return new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("PATH", path).replace("PORT", Integer.toString(closed));
        }
    }
}
