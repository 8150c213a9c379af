package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.PluginLoader;
import io.tidegate.config.Plugins;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process whose file is broken again and again, with traffic all the while.
class BrokenConfigurationsTest {

    private static final int KINDS = 8;
    private static final int OF_EACH_KIND = 8;

    @TempDir
    private Path folder;

    private static String good(TestUpstream service) {
        return """
                listeners:
                  web: { address: "127.0.0.1:0", limits: { requestsPerConnection: 10000000 } }
                upstreams:
                  service: { endpoints: ["%s"], connections: { idleTimeout: 10s } }
                  other: { endpoints: ["http://127.0.0.1:9"] }
                routes:
                  all: { upstream: service }
                  extra: { match: [{ path: "/extra/{id}" }], upstream: other }
                telemetry: { accessLog: { to: none } }
                gateway: { drainDelay: 0s }
                admin: { address: "127.0.0.1:0" }
                """.formatted(service.url());
    }

    /// Breaks a configuration in one place, in the way of this number.
    private static String mutate(String good, int kind, Random random) {
        String[] lines = good.split("\n", -1);
        int at = random.nextInt(lines.length - 1);
        String line = lines[at];
        lines[at] = switch (kind) {
            case 0 -> line.replaceFirst("[a-z]+:", "zzz:");
            case 1 -> line + "\n" + line;
            case 2 -> line.replace("{", "[");
            case 3 -> line.replaceFirst(": .*", ": !!java.lang.Runtime x");
            case 4 -> line.replace("other", "nowhere").replace("service", "nothing");
            case 5 -> line.replaceAll("[0-9]+", "-1");
            case 6 -> "\t" + line;
            default -> line.substring(0, random.nextInt(line.length())) + "\u0000";
        };
        return String.join("\n", lines);
    }

    private RawResponse admin(InetSocketAddress admin, String line) throws IOException {
        String token = Files.readString(folder.resolve("tidegate/admin-" + admin.getPort() + ".token")).strip();
        try (RawClient client = RawClient.connect(admin)) {
            return client.exchange(line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    }

    private String hash(InetSocketAddress admin) throws IOException {
        String status = admin(admin, "GET /status").body();
        Matcher hash = Pattern.compile("\"hash\":\"([0-9a-f]+)\"").matcher(status);
        assertThat(hash.find()).as(status).isTrue();
        return hash.group(1);
    }

    private static double metric(InetSocketAddress admin, String sample) {
        String text = ProgramProcess.ask(admin, "/metrics").body();
        Matcher found = Pattern.compile("(?m)^" + Pattern.quote(sample) + " (.*)$").matcher(text);
        assertThat(found.find()).as(sample).isTrue();
        return Double.parseDouble(found.group(1));
    }

    @Test
    void changeNothingOfWhatRuns() throws Exception {
        Plugins plugins = PluginLoader.load();
        Random random = new Random(20_261_124);
        Path file = folder.resolve("tidegate.yaml");
        Map<Integer, Integer> pushed = new TreeMap<>();
        try (TestUpstream service = TestUpstream.hello()) {
            service.forget();
            String good = good(service);
            Files.writeString(file, good);
            try (ProgramProcess program = ProgramProcess.start(folder, "broken", "run")) {
                program.awaitErr("\"serving\"");
                InetSocketAddress admin = program.address("admin");
                try (LoadClients clients = new LoadClients(program.address("web").getPort(), "hello").start(2)) {
                    String hash = hash(admin);
                    clients.awaitAnswers(20);
                    for (int kind = 0; kind < KINDS; kind++) {
                        for (int tries = 0; tries < 50 && pushed.getOrDefault(kind, 0) < OF_EACH_KIND; tries++) {
                            String mutant = mutate(good, kind, random);
                            if (new ConfigLoader(plugins, name -> null).loadText("mutant.yaml",
                                    mutant) instanceof Loaded.Accepted) {
                                // Still a configuration: only broken ones are the matter here.
                                continue;
                            }
                            Files.writeString(file, mutant);
                            RawResponse refused = admin(admin, "POST /reload");
                            assertThat(refused.status()).as(mutant).isEqualTo(422);
                            assertThat(refused.body()).contains("\"state\":\"rejected\"").contains("\"revision\":1,");
                            assertThat(hash(admin)).as(mutant).isEqualTo(hash);
                            pushed.merge(kind, 1, Integer::sum);
                        }
                    }
                    clients.awaitAnswers(20);

                    int all = pushed.values().stream().mapToInt(Integer::intValue).sum();
                    assertThat(pushed).as("broken configurations by kind").hasSize(KINDS);
                    assertThat(all).isGreaterThanOrEqualTo(KINDS * OF_EACH_KIND / 2);
                    assertThat(metric(admin, "tidegate_config_reloads_total{result=\"rejected\"}"))
                            .isGreaterThanOrEqualTo(all);
                    assertThat(metric(admin, "tidegate_config_last_reload_success")).isZero();
                    assertThat(metric(admin, "tidegate_config_revision")).isEqualTo(1);
                    Files.writeString(file, good);
                    assertThat(admin(admin, "POST /reload").status()).isEqualTo(200);
                    assertThat(metric(admin, "tidegate_config_last_reload_success")).isEqualTo(1);
                    assertThat(clients.failures()).isEmpty();
                    assertThat(clients.refused()).isZero();
                    assertThat(clients.toldToClose()).isZero();
                }
            }
        }
    }
}
