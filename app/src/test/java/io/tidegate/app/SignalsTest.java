package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What signals and the admin listener do to a process that runs.
class SignalsTest {

    @TempDir
    private Path folder;

    private void write(Path file, TestUpstream service, String more) throws IOException {
        Files.writeString(file, """
                listeners:
                  web: { address: "127.0.0.1:0" }
                upstreams:
                  service: { endpoints: ["%s"] }
                routes:
                  all: { upstream: service }
                gateway: { drainDelay: 0s }
                admin: { address: "127.0.0.1:0" }
                %s
                """.formatted(service.url(), more));
    }

    private static int status(InetSocketAddress web, String path) {
        try (RawClient client = RawClient.connect(web)) {
            return client.get(path).status();
        }
    }

    private static long lines(Path file, String text) {
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file).stream().filter(line -> line.contains(text)).count()
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nothing that is watched changes, so that only the signal can be why.
    @Test
    void sighupAloneLoadsEverythingAnew() throws Exception {
        try (TestUpstream service = TestUpstream.hello()) {
            write(folder.resolve("tidegate.yaml"), service, "telemetry: { accessLog: { to: none } }");
            try (ProgramProcess program = ProgramProcess.start(folder, "hup", "run")) {
                InetSocketAddress admin = program.address("admin");
                program.awaitErr("\"serving\"");
                assertThat(metric(admin, "tidegate_config_reloads_total{result=\"unchanged\"}")).isZero();

                for (int i = 1; i <= 3; i++) {
                    program.signal("HUP");
                    int wanted = i;
                    Await.until("the reload to be counted",
                            () -> metric(admin, "tidegate_config_reloads_total{result=\"unchanged\"}") >= wanted);
                }

                assertThat(metric(admin, "tidegate_config_revision")).isEqualTo(1);
                assertThat(status(program.address("web"), "/")).isEqualTo(200);
                program.signal("TERM");
                assertThat(program.end()).isZero();
            }
        }
    }

    private static double metric(InetSocketAddress admin, String sample) {
        Matcher found = Pattern.compile("(?m)^" + Pattern.quote(sample) + " (.*)$")
                .matcher(ProgramProcess.ask(admin, "/metrics").body());
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }

    @Test
    void sighupOpensTheAccessLogAnewAfterItWasMovedAway() throws Exception {
        Path log = folder.resolve("access.log");
        Path moved = folder.resolve("access.log.1");
        try (TestUpstream service = TestUpstream.hello()) {
            write(folder.resolve("tidegate.yaml"), service, "telemetry: { accessLog: { to: \"" + log + "\" } }");
            try (ProgramProcess program = ProgramProcess.start(folder, "log", "run")) {
                program.awaitErr("\"serving\"");
                InetSocketAddress web = program.address("web");
                assertThat(status(web, "/before")).isEqualTo(200);
                Await.until("the line", () -> lines(log, "/before") == 1);
                Files.move(log, moved);
                assertThat(status(web, "/between")).isEqualTo(200);
                Await.until("the line in the file that was moved", () -> lines(moved, "/between") == 1);
                assertThat(log).doesNotExist();

                program.signal("HUP");
                Await.until("the file to be made", () -> Files.exists(log));
                assertThat(status(web, "/after")).isEqualTo(200);

                Await.until("the line in the new file", () -> lines(log, "/after") == 1);
                assertThat(lines(moved, "/after")).isZero();
                assertThat(lines(log, "/before")).isZero();
            }
        }
    }

    @Test
    void theLevelOfTheLogIsChangedWhileItRuns() throws Exception {
        try (TestUpstream service = TestUpstream.hello()) {
            write(folder.resolve("tidegate.yaml"), service,
                    "telemetry: { accessLog: { to: none } }\npolicies: [{ respond: {}, mode: observe }]");
            try (ProgramProcess program = ProgramProcess.start(folder, "level", "run")) {
                program.awaitErr("\"serving\"");
                InetSocketAddress web = program.address("web");
                InetSocketAddress admin = program.address("admin");
                assertThat(status(web, "/quiet")).isEqualTo(200);
                assertThat(program.err()).doesNotContain("observed: would answer");

                assertThat(level(admin, "debug").status()).isEqualTo(200);
                assertThat(status(web, "/loud")).isEqualTo(200);
                program.awaitErr("observed: would answer 200");

                assertThat(level(admin, "warn").status()).isEqualTo(200);
                long before = lines(folder.resolve("level-err.txt"), "observed: would answer");
                assertThat(status(web, "/quiet")).isEqualTo(200);
                program.signal("TERM");
                assertThat(program.end()).isZero();
                assertThat(lines(folder.resolve("level-err.txt"), "observed: would answer")).isEqualTo(before);
                assertThat(program.err()).as("which is of level info").doesNotContain("\"stopped\"");
            }
        }
    }

    private RawResponse level(InetSocketAddress admin, String level) throws IOException {
        String token = Files.readString(folder.resolve("tidegate/admin-" + admin.getPort() + ".token")).strip();
        String body = "{\"level\":\"" + level + "\"}";
        try (RawClient client = RawClient.connect(admin)) {
            return client.exchange("PUT /log/level HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n\r\n" + body);
        }
    }
}
