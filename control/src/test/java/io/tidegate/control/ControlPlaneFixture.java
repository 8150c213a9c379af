package io.tidegate.control;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.tidegate.config.AdminConfig;
import io.tidegate.config.Loaded;
import java.io.IOException;
import java.net.InetSocketAddress;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A file whose text is the hash of a configuration, or `bad` and a message; a gateway that takes every one; and HTTP.
@SuppressWarnings("NullAway.Init")
abstract class ControlPlaneFixture {

    static final String TOKEN = "canary-token-0123456789";

    @TempDir
    Path folder;

    final RecordingTarget target = new RecordingTarget();
    final FakeGateway gateway = new FakeGateway();
    final HttpClient client = HttpClient.newHttpClient();
    final CapturedLog log = new CapturedLog();
    final List<String> bodies = new ArrayList<>();

    Path file;
    AdminConfig admin = Configs.admin(TOKEN);
    String metricsPath = "/metrics";
    ControlPlane control;

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

    Loaded load() {
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

    ReloadResult start() throws IOException {
        control = new ControlPlane(
                new ControlOptions(file, this::load, config -> "{\"version\":1}", folder.resolve("run"), "1.2.3"),
                target,
                gateway);
        return control.start((Loaded.Accepted) load());
    }

    void put(String content) throws IOException {
        Files.move(Files.writeString(folder.resolve(".beside"), content), file, ATOMIC_MOVE);
    }

    HttpResponse<String> send(@Nullable InetSocketAddress address, String path,
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

    HttpResponse<String> open(String path) {
        return send(control.address(), path, request -> request);
    }

    HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> with) {
        return send(control.address(), path,
                request -> with.apply(request.header("Authorization", "Bearer " + TOKEN)));
    }

    HttpResponse<String> get(String path) {
        return send(path, request -> request);
    }

    HttpResponse<String> reload() {
        return send("/reload", request -> request.POST(BodyPublishers.noBody()));
    }
}
