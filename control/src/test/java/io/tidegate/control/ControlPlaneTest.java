package io.tidegate.control;

import static io.tidegate.control.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.AddressConfig;
import io.tidegate.config.AdminConfig;
import io.tidegate.config.ConfigTarget.Result;
import io.tidegate.config.Loaded;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
class ControlPlaneTest extends ControlPlaneFixture {

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
    void doesNotWatchWhatCanBeReadOnlyOnce() throws IOException {
        control = new ControlPlane(
                new ControlOptions(Path.of("/dev/null"), this::load, config -> "{}", folder.resolve("run"), "1"),
                target,
                gateway);
        control.start((Loaded.Accepted) load());

        eventually(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("config-files")));
        assertThat(open("/ready").body()).contains("\"degraded\":[]");
    }
}
