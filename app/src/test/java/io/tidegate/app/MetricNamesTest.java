package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the documents, the alerts and the dashboard say of metrics, held against what a gateway tells.
class MetricNamesTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("..").normalize();
    private static final Pattern NAME = Pattern
            .compile("(?<![\\w./-])(?:tidegate|process|jvm)_[a-z0-9]+(?:_[a-z0-9]+)*(?![\\w*])");
    private static final Set<String> ONLY_WHERE_DECLARED = Set.of("tidegate_name_age_seconds",
            "tidegate_upstream_fallback_used", "tidegate_upstream_health_checks_total",
            "tidegate_tls_certificate_expiry_seconds",
            "tidegate_acme_last_success_seconds", "tidegate_acme_next_attempt_seconds", "tidegate_acme_failures_total",
            "tidegate_acme_store_up",
            "tidegate_policy_events_total", "tidegate_policy_value", "tidegate_state_degraded",
            "tidegate_state_local_calls_total",
            "tidegate_state_late_total",
            "tidegate_discovery_age_seconds",
            "tidegate_discovery_answers_total",
            "tidegate_discovery_endpoints",
            "tidegate_upstream_breaker_openings_total",
            "tidegate_upstream_breaker_refused_total",
            "tidegate_upstream_breaker_state",
            "tidegate_upstream_endpoint_breaker_openings_total",
            "tidegate_upstream_endpoint_breaker_refused_total",
            "tidegate_upstream_endpoint_breaker_state");
    private static final Pattern RELOAD_ALERT = Pattern.compile("alert: TidegateReloadFailed\\s+expr: (\\w+) == 0\\n");

    @TempDir
    private Path folder;

    private static List<Path> files(String where) throws IOException {
        try (Stream<Path> found = Files.walk(ROOT.resolve(where))) {
            return found.filter(file -> file.toString().matches(".*\\.(md|yml|json)")).toList();
        }
    }

    private static String scrape(ProgramProcess program) throws Exception {
        return ProgramProcess.ask(program.address("admin"), "/metrics").body();
    }

    private static boolean has(String exposition, String name) {
        String family = name.replaceFirst("_(bucket|count|sum)$", "");
        return exposition.contains("# TYPE " + name + " ") || exposition.contains("# TYPE " + family + " ");
    }

    @Test
    void namesNoMetricThatIsNotThere() throws Exception {
        List<Path> files = new ArrayList<>(files("deploy"));
        files.addAll(files("docs/guide"));
        files.addAll(files("docs/policies"));
        files.add(ROOT.resolve("README.md"));
        try (TestUpstream service = TestUpstream.hello(); ProgramProcess program = start(service)) {
            try (RawClient client = RawClient.connect(program.address("web"))) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            String exposition = scrape(program);
            Set<String> unknown = new TreeSet<>();
            int names = 0;
            for (Path file : files) {
                Matcher name = NAME.matcher(Files.readString(file));
                while (name.find()) {
                    names++;
                    if (!has(exposition, name.group()) && !ONLY_WHERE_DECLARED.contains(name.group())) {
                        unknown.add(name.group() + " in " + ROOT.relativize(file));
                    }
                }
            }
            assertThat(names).isGreaterThan(100);
            assertThat(unknown).isEmpty();
            Set<String> told = Pattern.compile("(?m)^# TYPE (\\S+)").matcher(exposition).results()
                    .map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
            String guide = Files.readString(ROOT.resolve("docs/guide/observability.md"));
            assertThat(told).as("what the guide leaves out").allSatisfy(name -> assertThat(guide).contains(name));
        }
    }

    @Test
    void theAlertOfAFailedReloadTurnsOnWhenAFileIsRejected() throws Exception {
        Matcher alert = RELOAD_ALERT.matcher(Files.readString(ROOT.resolve("deploy/prometheus/alerts.yml")));
        assertThat(alert.find()).isTrue();
        String metric = alert.group(1);
        try (TestUpstream service = TestUpstream.hello(); ProgramProcess program = start(service)) {
            InetSocketAddress admin = program.address("admin");
            assertThat(scrape(program)).contains("\n" + metric + " 1\n");
            String good = Files.readString(folder.resolve("tidegate.yaml"));

            Files.writeString(folder.resolve("tidegate.yaml"), "routes: 7\n");
            program.awaitErr("configuration rejected");
            Await.until("the alert to turn on",
                    () -> ProgramProcess.ask(admin, "/metrics").body().contains("\n" + metric + " 0\n"));

            Files.writeString(folder.resolve("tidegate.yaml"), good);
            Await.until("the alert to turn off",
                    () -> ProgramProcess.ask(admin, "/metrics").body().contains("\n" + metric + " 1\n"));
        }
    }

    @Test
    void warnsOnceOfAServiceThatCantBeReached() throws Exception {
        String gone;
        try (TestUpstream service = TestUpstream.hello()) {
            gone = service.url();
        }
        ProgramYaml.to(gone).gateway("drainDelay: 0s").writeTo(folder);
        try (ProgramProcess program = ProgramProcess.start(folder, "gone", "run")) {
            try (RawClient client = RawClient.connect(program.address("web"))) {
                for (int i = 0; i < 20; i++) {
                    // 503 once it is known that nobody takes connections there.
                    assertThat(client.get("/").status()).isIn(502, 503);
                }
            }
            program.awaitErr("\"level\":\"warn\".*the service can't be reached.*efused");
            assertThat(program.err()).containsOnlyOnce("the service can't be reached");
        }
    }

    private ProgramProcess start(TestUpstream service) throws Exception {
        ProgramYaml.to(service.url()).gateway("drainDelay: 0s").writeTo(folder);
        ProgramProcess program = ProgramProcess.start(folder, "metrics", "run");
        program.awaitErr("\"serving\"");
        return program;
    }
}
