package io.tidegate.control;

import static io.tidegate.control.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.AddressConfig;
import io.tidegate.config.AdminConfig;
import io.tidegate.config.TelemetryConfig.Log.Level;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class AdminEndpointsTest extends ControlPlaneFixture {

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
                + "\"transport\":\"epoll\",\"workers\":2,\"connections\":11,\"pressure\":0.25,\"acceptsPaused\":false,\"revision\":1,\"hash\":\"v1\","
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
