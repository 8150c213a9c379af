package io.tidegate.control;

import static io.tidegate.control.Eventually.eventually;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.config.Place;
import io.tidegate.config.Plugins;
import io.tidegate.config.Problem;
import io.tidegate.config.Problem.Severity;
import java.io.IOException;
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
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The control plane with the loader that a gateway has, on files as users write and mount them.
@SuppressWarnings("NullAway.Init")
class RealFilesTest {

    private static final String SECRET = "canary-in-a-mounted-secret";

    @TempDir
    private Path folder;

    private final RecordingTarget target = new RecordingTarget();
    private final HttpClient client = HttpClient.newHttpClient();
    private final CapturedLog log = new CapturedLog();
    private final List<String> bodies = new ArrayList<>();
    private ControlPlane control;

    @AfterEach
    void close() {
        client.close();
        control.close();
        log.close();
    }

    private void start(Path root) throws IOException {
        ConfigLoader loader = new ConfigLoader(Plugins.none(), name -> null);
        Loaded first = loader.load(root);
        assertThat(first).isInstanceOf(Loaded.Accepted.class);
        control = new ControlPlane(new ControlOptions(root, () -> loader.load(root),
                loaded -> "{\"upstreams\":" + loaded.config().upstreams().size() + "}", folder.resolve("run"), "1"),
                target, new FakeGateway());
        assertThat(control.start((Loaded.Accepted) first)).isInstanceOf(ReloadResult.Applied.class);
    }

    private static String config(String port) {
        return """
                admin:
                  address: "127.0.0.1:0"
                  token: "${file:secrets/token}"
                upstreams:
                  orders:
                    endpoints: ["http://127.0.0.1:%s"]
                routes:
                  orders:
                    match: [{ path: "/orders/**" }]
                    upstream: orders
                """.formatted(port);
    }

    private void put(Path file, String content) throws IOException {
        Files.move(Files.writeString(folder.resolve(".beside"), content), file, ATOMIC_MOVE);
    }

    private HttpResponse<String> send(String method, String path, String token) {
        URI uri = URI.create("http://127.0.0.1:" + Objects.requireNonNull(control.address()).getPort() + path);
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody())
                            .header("Authorization", "Bearer " + token).timeout(Duration.ofSeconds(30)).build(),
                    BodyHandlers.ofString());
            bodies.add(response.headers().map() + response.body());
            return response;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Path plainFile() throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("secrets")).resolve("token"), SECRET);
        return Files.writeString(folder.resolve("tidegate.yaml"), config("1"));
    }

    @Test
    void goesFromGoodOverBadToGood() throws IOException {
        Path file = plainFile();
        start(file);

        put(file, config("nonsense"));
        eventually(() -> control.status().rejected());
        assertThat(control.status().revision()).isEqualTo(1);
        HttpResponse<String> reload = send("POST", "/reload", SECRET);
        assertThat(reload.statusCode()).isEqualTo(422);
        assertThat(reload.body()).contains("tidegate.yaml:6:17").contains("upstreams.orders.endpoints[0]");

        put(file, config("2"));
        eventually(() -> control.status().revision() == 2);
        assertThat(control.status().rejected()).isFalse();
        assertThat(target.hashes).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void doesNothingForACommentAndAnswersThatItIsTheSame() throws IOException {
        Path file = plainFile();
        start(file);

        put(file, "# a comment\n" + config("1"));
        HttpResponse<String> reload = send("POST", "/reload", SECRET);

        assertThat(reload.statusCode()).isEqualTo(200);
        assertThat(reload.body()).contains("\"changed\":false,\"revision\":1");
        assertThat(target.hashes).hasSize(1);
    }

    @Test
    void followsASecretThatTheFileRefersTo() throws IOException {
        Path file = plainFile();
        start(file);

        put(folder.resolve("secrets/token"), "canary-number-two-of-it");
        eventually(() -> control.status().revision() == 2);

        assertThat(control.status().waitsForRestart()).containsExactly("admin.token");
        Files.delete(folder.resolve("secrets/token"));
        eventually(() -> control.status().rejected());
        put(folder.resolve("secrets/token"), "canary-number-three-of-it");
        eventually(() -> control.status().revision() == 3);
        assertThat(log.lines().toString()).doesNotContain("canary");
    }

    @Test
    void followsAConfigMapAndASecretAsKubernetesMountsThem() throws IOException {
        mount("v1", "1");
        start(folder.resolve("tidegate.yaml"));

        mount("v2", "2");
        eventually(() -> control.status().revision() == 2);
        mount("v3", "nonsense");
        eventually(() -> control.status().rejected());
        mount("v4", "4");
        eventually(() -> control.status().revision() == 3);

        assertThat(target.hashes).hasSize(3).doesNotHaveDuplicates();
    }

    private void mount(String version, String port) throws IOException {
        Path data = Files.createDirectory(folder.resolve(".." + version));
        Files.writeString(data.resolve("tidegate.yaml"), config(port));
        Files.writeString(Files.createDirectory(data.resolve("secrets")).resolve("token"), SECRET);
        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(".." + version));
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"), ATOMIC_MOVE);
        for (String name : List.of("tidegate.yaml", "secrets")) {
            if (!Files.isSymbolicLink(folder.resolve(name))) {
                Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
            }
        }
    }

    @Test
    void answersAnExplicitReloadOfAnEmptyFileWithTheProblem() throws IOException {
        Path file = plainFile();
        start(file);

        Files.writeString(file, "");

        assertThat(send("POST", "/reload", SECRET).statusCode()).isEqualTo(422);
        assertThat(target.hashes).hasSize(1);
    }

    @Test
    void showsNoSecretWhateverIsAskedAndWhateverGoesWrong() throws IOException {
        Path file = plainFile();
        start(file);
        target.before = loaded -> new ConfigTarget.Result.Refused(List.of(new Problem(Severity.ERROR, Place.NOWHERE, "",
                "no use for " + loaded.config().admin().token())));
        put(file, config("5"));
        eventually(() -> control.status().rejected());

        for (String path : List.of("/live", "/ready", "/status", "/config", "/metrics", "/log/level", "/reload",
                "/x")) {
            send("GET", path, SECRET);
            send("POST", path, SECRET);
        }
        put(file, config("1").replace("\"127.0.0.1:0\"", "\"${file:secrets/token}\""));
        assertThat(send("POST", "/reload", SECRET).statusCode()).isEqualTo(422);
        send("GET", "/ready", SECRET);

        assertThat(bodies.toString()).contains("no use for ***").doesNotContain("canary");
        assertThat(log.lines().toString()).contains("no use for ***").doesNotContain("canary");
        assertThat(control.status().toString()).doesNotContain("canary");
    }
}
