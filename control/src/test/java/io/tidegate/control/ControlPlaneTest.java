package io.tidegate.control;

import static io.tidegate.control.Eventually.eventually;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.AddressConfig;
import io.tidegate.config.AdminConfig;
import io.tidegate.config.ConfigTarget.Result;
import io.tidegate.config.Loaded;
import io.tidegate.config.TelemetryConfig.Log.Level;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The whole of it: a file whose text is the hash of a configuration, or `bad` and a message; a gateway that takes
/// every
/// one; and HTTP.
@SuppressWarnings("NullAway.Init")
class ControlPlaneTest {

    private static final String TOKEN = "canary-token-0123456789";

    @TempDir
    private Path folder;

    private final RecordingTarget target = new RecordingTarget();
    private final FakeGateway gateway = new FakeGateway();
    private final HttpClient client = HttpClient.newHttpClient();
    private final CapturedLog log = new CapturedLog();
    private final List<String> bodies = new ArrayList<>();

    private Path file;
    private AdminConfig admin = Configs.admin(TOKEN);
    private String metricsPath = "/metrics";
    private ControlPlane control;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("tidegate.yaml"), "v1");
    }

    @AfterEach
    void close() {
        client.close();
        if (control != null) {
            control.close();
        }
        log.close();
    }

    private Loaded load() {
        try {
            String text = Files.readString(file);
            return text.startsWith("bad")
                    ? Configs.rejected(text, file)
                    : new Loaded.Accepted(Configs.config(admin, metricsPath),
                            List.of(Configs.warning("doubtful")), List.of(file), text);
        } catch (IOException e) {
            return Configs.rejected("can't be read", file);
        }
    }

    private ReloadResult start() throws IOException {
        control = new ControlPlane(
                new ControlOptions(file, this::load, config -> "{\"version\":1}", folder.resolve("run"), "1.2.3"),
                target,
                gateway);
        return control.start((Loaded.Accepted) load());
    }

    private void put(String content) throws IOException {
        Files.move(Files.writeString(folder.resolve(".beside"), content), file, ATOMIC_MOVE);
    }

    private HttpResponse<String> send(@Nullable InetSocketAddress address, String path,
            UnaryOperator<HttpRequest.Builder> with) {
        URI uri = URI.create("http://127.0.0.1:" + Objects.requireNonNull(address).getPort() + path);
        try {
            HttpResponse<String> response = client.send(
                    with.apply(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30))).build(),
                    BodyHandlers.ofString());
            bodies.add(response.headers().map() + response.body());
            return response;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> open(String path) {
        return send(control.address(), path, request -> request);
    }

    private HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> with) {
        return send(control.address(), path,
                request -> with.apply(request.header("Authorization", "Bearer " + TOKEN)));
    }

    private HttpResponse<String> get(String path) {
        return send(path, request -> request);
    }

    private HttpResponse<String> reload() {
        return send("/reload", request -> request.POST(BodyPublishers.noBody()));
    }

    @Test
    void appliesTheFirstConfigurationAndServesItsState() throws IOException {
        assertThat(start()).isEqualTo(
                new ReloadResult.Applied(1, "v1", true, List.of(Configs.warning("doubtful")), List.of()));

        assertThat(open("/live").body()).isEqualTo("{\"status\":\"live\"}\n");
        HttpResponse<String> ready = open("/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).startsWith("{\"status\":\"ready\",\"configured\":true,\"warm\":true,"
                + "\"draining\":false,\"revision\":1,\"hash\":\"v1\",\"degraded\":[],\"waitsForRestart\":[],"
                + "\"lastReload\":{\"state\":\"applied\",\"time\":\"")
                .endsWith("\"reason\":\"start\",\"problems\":[\"tidegate.yaml:9:1 admin: doubtful\"]}}\n");
        assertThat(get("/status").body()).matches("\\{\"version\":\"1.2.3\",\"uptimeSeconds\":\\d+,"
                + "\"transport\":\"epoll\",\"workers\":2,\"connections\":11,\"revision\":1,\"hash\":\"v1\","
                + "\"draining\":false,\"logLevel\":\"info\",\"waitsForRestart\":\\[]}\n");
        assertThat(get("/config").body()).isEqualTo("{\"version\":1}");
    }

    @Test
    void isNotReadyBeforeItIsWarmAndWhileItDrains() throws IOException {
        start();
        gateway.warm = false;
        assertThat(open("/ready").statusCode()).isEqualTo(503);
        assertThat(open("/ready").body()).contains("\"status\":\"warming\"");
        gateway.configured = false;
        assertThat(open("/ready").body()).contains("\"status\":\"starting\"");
        gateway.configured = true;
        gateway.warm = true;
        gateway.draining = true;
        assertThat(open("/ready").statusCode()).isEqualTo(503);
        assertThat(open("/ready").body()).contains("\"status\":\"draining\"");
        assertThat(open("/live").statusCode()).isEqualTo(200);
        gateway.draining = false;
        gateway.degraded = List.of("upstream 'orders' has no endpoint");
        assertThat(open("/ready").statusCode()).isEqualTo(200);
        assertThat(open("/ready").body()).contains("\"degraded\":[\"upstream 'orders' has no endpoint\"]");
    }

    @Test
    void isReachableButNotReadyWhileTheFirstConfigurationIsPutInPlace() throws Exception {
        gateway.configured = false;
        target.before = loaded -> {
            assertThat(open("/live").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = open("/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("\"lastReload\":null");
            assertThat(open("/metrics").statusCode()).isEqualTo(401);
            assertThat(get("/config").statusCode()).isEqualTo(503);
            return null;
        };

        assertThat(start()).isInstanceOf(ReloadResult.Applied.class);
    }

    @Test
    void takesANewFileOverByItself() throws IOException {
        start();

        put("v2");
        eventually(() -> control.status().hash().equals("v2"));

        assertThat(target.hashes).containsExactly("v1", "v2");
        assertThat(open("/ready").body()).contains("\"revision\":2").contains("\"reason\":\"the files changed\"");
        assertThat(open("/metrics").body()).contains("tidegate_config_revision 2\n")
                .contains("tidegate_config_reloads_total{result=\"applied\"} 2\n");
    }

    @Test
    void keepsTheOldOneWhenTheFileIsBadAndSaysSoEverywhere() throws IOException {
        start();

        put("bad: no upstream is named 'ordres'");
        eventually(() -> control.status().rejected());

        assertThat(target.hashes).containsExactly("v1");
        HttpResponse<String> ready = open("/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).contains("\"revision\":1").contains("\"state\":\"rejected\"").contains(
                "\"problems\":[\"tidegate.yaml:3:7 routes.orders.upstream: bad: no upstream is named 'ordres'\"]")
                .contains("\"degraded\":[\"the last configuration was rejected\"]");
        HttpResponse<String> metrics = open("/metrics");
        assertThat(metrics.body()).contains("tidegate_config_last_reload_success 0\n")
                .contains("tidegate_config_reloads_total{result=\"rejected\"} 1\n")
                .contains("tidegate_config_revision 1\n");
        HttpResponse<String> reload = reload();
        assertThat(reload.statusCode()).isEqualTo(422);
        assertThat(reload.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(reload.body())
                .contains("\"state\":\"rejected\",\"revision\":1,\"problems\":[{\"severity\":\"error\","
                        + "\"place\":\"tidegate.yaml:3:7\",\"file\":\"tidegate.yaml\",\"line\":3,\"column\":7,\"path\":\"routes.orders.upstream\","
                        + "\"message\":\"bad: no upstream is named 'ordres'\"}]}");
        assertThat(log.lines()).filteredOn(line -> line.contains("ordres")).hasSize(1).first().asString()
                .startsWith("SEVERE ");

        put("v1");
        eventually(() -> !control.status().rejected());
        assertThat(open("/metrics").body()).contains("tidegate_config_last_reload_success 1\n");
        assertThat(target.hashes).containsExactly("v1");
    }

    @Test
    void loadsAtOnceWhenItIsAskedTo() throws IOException {
        start();
        Files.writeString(file, "v2");

        HttpResponse<String> reload = reload();

        assertThat(reload.statusCode()).isEqualTo(200);
        assertThat(reload.body()).contains("\"state\":\"applied\"").contains("\"revision\":2,\"hash\":\"v2\"")
                .contains("\"message\":\"doubtful\"");
        assertThat(control.reload("SIGHUP").join()).isEqualTo(
                new ReloadResult.Applied(2, "v2", false, List.of(Configs.warning("doubtful")), List.of()));
        assertThat(send("/reload", request -> request.GET()).statusCode()).isEqualTo(405);
        assertThat(open("/reload").statusCode()).isEqualTo(401);
    }

    @Test
    void saysThatTheFileIsGoneAndGoesOn() throws IOException {
        start();

        Files.delete(file);
        eventually(() -> open("/ready").body().contains("is gone or empty"));

        assertThat(open("/ready").statusCode()).isEqualTo(200);
        put("v2");
        eventually(() -> control.status().hash().equals("v2"));
        assertThat(open("/ready").body()).contains("\"degraded\":[]");
        assertThat(control.status().counts().rejected()).isZero();
    }

    @Test
    void leavesItToTheCallerWhatToDoWhenTheFirstIsRefused() throws IOException {
        target.before = loaded -> new Result.Refused(List.of(Configs.error("the address is in use")));

        assertThat(start()).isEqualTo(new ReloadResult.Rejected(
                List.of(Configs.error("the address is in use"), Configs.warning("doubtful"))));
    }

    @Test
    void servesMetricsWithoutTheTokenUnderTheConfiguredPath() throws IOException {
        metricsPath = "/measurements";
        start();

        HttpResponse<String> metrics = open("/measurements");
        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/plain; version=0.0.4");
        assertThat(metrics.body()).startsWith("tidegate_requests_total 7\n# HELP tidegate_config_reloads_total ");
        assertThat(open("/metrics").statusCode()).isEqualTo(401);
        assertThat(get("/metrics").statusCode()).isEqualTo(404);
        gateway.metrics = "# TYPE tidegate_config_revision gauge\ntidegate_config_revision 9\n";
        assertThat(open("/measurements").body()).containsOnlyOnce("# TYPE tidegate_config_revision ")
                .doesNotContain("tidegate_config_revision 1").contains("tidegate_config_reloads_total");
        gateway.metrics = "no_line_end 1";
        assertThat(open("/measurements").body()).startsWith("no_line_end 1\n# HELP");
    }

    @Test
    void doesNotOpenAnotherResourceBecauseTheMetricsHaveItsPath() throws IOException {
        metricsPath = "/config";
        start();

        assertThat(open("/config").statusCode()).isEqualTo(401);
        assertThat(get("/config").body()).isEqualTo("{\"version\":1}");
    }

    @Test
    void changesTheLogLevel() throws IOException {
        start();
        assertThat(get("/log/level").body()).isEqualTo("{\"level\":\"info\"}\n");

        assertThat(level("{\"level\":\"debug\"}").body()).isEqualTo("{\"level\":\"debug\"}\n");

        assertThat(gateway.level).isEqualTo(Level.DEBUG);
        assertThat(log.lines()).anyMatch(line -> line.contains("log level changed from info to debug by 127.0.0.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"level\":\"loud\"}", "{\"level\":\"DEBUG\"}", "{\"level\":1}",
        "{\"level\":\"debug\",\"x\":1}",
        "{\"level\":\"debug\"} {}", "{\"levels\":\"debug\"}", "[]", "debug", "", "{\"level\":\"debug\""})
    void refusesALogLevelThatIsNoneAndNamesThoseThereAre(String body) throws IOException {
        start();

        HttpResponse<String> response = level(body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("error, warn, info, debug");
        assertThat(gateway.level).isEqualTo(Level.INFO);
    }

    private HttpResponse<String> level(String body) {
        return send("/log/level", request -> request.PUT(BodyPublishers.ofString(body)));
    }

    @Test
    void handsRequestsToExplainOn() throws IOException {
        start();

        assertThat(get("/explain?method=POST&url=https%3A%2F%2Fa%2Fb&header=x:%201&header=y:2").body())
                .isEqualTo("{\"method\":\"POST\",\"url\":\"https://a/b\",\"headers\":\"[x: 1, y:2]\"}");
        assertThat(get("/explain?url=http://a").body()).contains("\"method\":\"GET\"");
        assertThat(get("/explain?url=a").body()).contains("url must be absolute (was 'a')");
        for (String bad : List.of("", "?method=GET", "?url=http://a&url=http://b", "?url=http://a&other=1", "?url=a")) {
            assertThat(get("/explain" + bad).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void showsProbesTheStateAndNothingElse() throws IOException {
        admin = new AdminConfig(AddressConfig.of("127.0.0.1:0"), TOKEN, AddressConfig.of("127.0.0.1:0"));
        start();
        put("bad: internal detail");
        eventually(() -> control.status().rejected());

        HttpResponse<String> ready = send(control.probes(), "/ready", request -> request);
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("{\"status\":\"ready\",\"configured\":true,\"warm\":true,"
                + "\"draining\":false,\"revision\":1}\n");
        assertThat(send(control.probes(), "/live", request -> request.HEAD()).statusCode()).isEqualTo(200);
        for (String path : List.of("/metrics", "/config", "/status", "/reload", "/")) {
            HttpResponse<String> other = send(control.probes(), path,
                    request -> request.header("Authorization", "Bearer " + TOKEN));
            assertThat(other.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void makesATokenWhenNoneIsConfiguredAndRemovesItAtTheEnd() throws IOException {
        admin = Configs.admin(null);
        start();
        int port = Objects.requireNonNull(control.address()).getPort();
        Path tokenFile = ControlPlane.tokenFile(folder.resolve("run"), port);
        String token = Files.readString(tokenFile).strip();

        assertThat(open("/status").statusCode()).isEqualTo(401);
        assertThat(send(control.address(), "/status", request -> request.header("Authorization", "Bearer " + token))
                .statusCode()).isEqualTo(200);
        assertThat(log.lines()).anyMatch(line -> line.contains("the token is in " + tokenFile));

        control.close();
        assertThat(tokenFile).doesNotExist();
        assertThat(log.lines().toString() + bodies).doesNotContain(token);
    }

    @Test
    void startsLockedWhenTheTokenCanNotBeWritten() throws IOException {
        admin = Configs.admin(null);
        Files.createSymbolicLink(folder.resolve("run"), folder.resolve("elsewhere"));
        start();

        assertThat(open("/status").statusCode()).isEqualTo(401);
        assertThat(open("/ready").statusCode()).isEqualTo(200);
        assertThat(open("/ready").body()).contains("the token could not be written to").contains("set admin.token");
        assertThat(folder.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void findsAFolderForTokensThatIsTheUsersOwn() {
        assertThat(ControlPlane.tokenFolder(Map.of("XDG_RUNTIME_DIR", "/run/user/7", "TMPDIR", "/t")::get))
                .isEqualTo(Path.of("/run/user/7/tidegate"));
        assertThat(ControlPlane.tokenFolder(Map.of("TMPDIR", "/t")::get).toString()).matches("/t/tidegate-[^/]+");
        assertThat(ControlPlane.tokenFolder(Map.of("XDG_RUNTIME_DIR", "relative")::get).toString())
                .matches("/tmp/tidegate-[^/]+");
        assertThat(ControlPlane.tokenFile(Path.of("/t"), 9901)).isEqualTo(Path.of("/t/admin-9901.token"));
    }

    @Test
    void saysWhatOfTheAdminListenerWaitsForARestart() throws IOException {
        start();
        admin = new AdminConfig(AddressConfig.of("127.0.0.1:1"), "another-canary-token-1", AddressConfig.of(":2"));
        put("v2");
        eventually(() -> control.status().hash().equals("v2"));

        assertThat(control.status().waitsForRestart()).containsExactly("admin.address", "admin.token", "admin.probes");
        assertThat(open("/ready").body())
                .contains("\"waitsForRestart\":[\"admin.address\",\"admin.token\",\"admin.probes\"]");
        // The token of the start is the one that opens.
        assertThat(get("/status").statusCode()).isEqualTo(200);
    }

    @Test
    void opensNothingWhenAnAddressCanNotBeListenedOn() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            admin = new AdminConfig(AddressConfig.of("127.0.0.1:0"), TOKEN,
                    AddressConfig.of("127.0.0.1:" + taken.getLocalPort()));

            assertThatThrownBy(this::start).isInstanceOf(BindException.class)
                    .hasMessageContaining("admin.probes: can't listen on 127.0.0.1:" + taken.getLocalPort());
            assertThat(control.address()).isNull();
            assertThat(target.hashes).isEmpty();
        }
    }

    @Test
    void worksWithoutAFile() throws IOException {
        control = new ControlPlane(new ControlOptions(null, this::load, config -> "{}", folder.resolve("run"), "1"),
                target, gateway);
        control.start((Loaded.Accepted) load());
        Files.writeString(file, "v2");

        assertThat(reload().statusCode()).isEqualTo(200);
        assertThat(control.status().hash()).isEqualTo("v2");
    }

    @Test
    void shows500WithoutDetailsWhenTheGatewayFails() throws IOException {
        start();
        gateway.broken = true;

        HttpResponse<String> response = get("/status");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).doesNotContain("internal detail");
    }

    @Test
    void showsItsTokenNowhere() throws IOException {
        start();
        for (String path : List.of("/live", "/ready", "/status", "/config", "/metrics", "/log/level", "/explain",
                "/x")) {
            open(path);
            get(path);
            send(path, request -> request.POST(BodyPublishers.noBody()));
        }
        put("bad");
        eventually(() -> control.status().rejected());
        reload();
        open("/ready");
        put("v3");
        reload();
        send(control.address(), "/status", request -> request.header("Authorization", "Bearer wrong" + TOKEN));
        control.close();

        assertThat(bodies).hasSizeGreaterThan(25);
        assertThat(bodies.toString()).doesNotContain("canary");
        assertThat(log.lines()).isNotEmpty();
        assertThat(log.lines().toString()).doesNotContain("canary");
    }
}
