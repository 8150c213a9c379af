package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.identity.StrictJson;
import io.tidegate.testkit.Await;
import io.tidegate.tests.Project;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Keycloak with the realm `shop`: a user, a client for the gateway and one for a machine.
///
/// It is unpacked by Maven and built once; its database is in memory, so each start begins anew.
final class Keycloak implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);
    private static final String ADMIN = "admin-password";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path log;
    private final Process process;
    private final String url;

    private Keycloak(Path log, Process process, int port) {
        this.log = log;
        this.process = process;
        this.url = "http://localhost:" + port;
    }

    /// Starts one.
    ///
    /// @param gateway
    ///            scheme, host and port at which browsers find the gateway
    /// @param backChannel
    ///            where the gateway is told of sessions that have ended
    static Keycloak start(Path folder, String gateway, String backChannel) throws IOException, InterruptedException {
        Path home = home();
        String script = home.resolve("bin/kc.sh").toString();
        Path built = home.resolve("built");
        Path log = folder.resolve("keycloak.txt");
        if (!Files.exists(built)) {
            Process build = process(log, List.of(script, "build", "--db=dev-mem"));
            assertThat(build.waitFor()).as(Files.readString(log)).isZero();
            Files.createFile(built);
        }
        Path realm = Files.createDirectories(home.resolve("data/import")).resolve("shop-realm.json");
        try (var in = Objects.requireNonNull(Keycloak.class.getResourceAsStream("/real/keycloak-realm.json"))) {
            Files.writeString(realm, new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@GATEWAY@", gateway).replace("@BACK_CHANNEL@", backChannel));
        }
        int port = Processes.freePort();
        Keycloak started = new Keycloak(log, process(log, List.of(script, "start", "--optimized", "--http-enabled=true",
                "--http-host=127.0.0.1", "--http-port=" + port, "--http-management-port=" + Processes.freePort(),
                "--hostname-strict=false", "--cache=local", "--import-realm")), port);
        try {
            started.awaitRealm();
        } catch (IOException | AssertionError e) {
            started.close();
            throw e;
        }
        return started;
    }

    private static Path home() throws IOException {
        Path folder = Project.root().resolve("tests/target/keycloak");
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    private static Process process(Path log, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS_KC_HEAP",
                "-Xmx384m", "JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1", "KC_BOOTSTRAP_ADMIN_USERNAME", "admin",
                "KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN));
        return builder.start();
    }

    private void awaitRealm() throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (!isThere()) {
            assertThat(process.isAlive() && System.nanoTime() - end < 0).as(Files.readString(log)).isTrue();
            LockSupport.parkNanos(100_000_000);
        }
    }

    private boolean isThere() throws InterruptedException {
        try {
            return http.send(HttpRequest.newBuilder(URI.create(issuer())).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    String issuer() {
        return url + "/realms/shop";
    }

    /// An access token for a machine.
    String machineToken() throws Exception {
        return token("shop", Map.of("grant_type", "client_credentials", "client_id", "machine", "client_secret",
                "machine-secret"));
    }

    /// An access token that the machine has got for a user.
    String userToken(String username, String password) throws Exception {
        return token("shop", Map.of("grant_type", "password", "client_id", "machine", "client_secret",
                "machine-secret", "username", username, "password", password));
    }

    /// An access token of the machine is of no use from now on (RFC 7009).
    void revoke(String token) throws Exception {
        post("shop", "revoke", Map.of("token", token, "client_id", "machine", "client_secret", "machine-secret"));
    }

    private String token(String realm, Map<String, String> form) throws Exception {
        return (String) Objects.requireNonNull(StrictJson.object(post(realm, "token", form)).get("access_token"));
    }

    private byte[] post(String realm, String endpoint, Map<String, String> form) throws Exception {
        String body = form.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpResponse<byte[]> answer = http.send(
                HttpRequest.newBuilder(URI.create(url + "/realms/" + realm + "/protocol/openid-connect/" + endpoint))
                        .header("content-type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(200);
        return answer.body();
    }

    /// Asks the admin API of the realm.
    private String admin(String method, String path, String body) throws Exception {
        String token = token("master", Map.of("grant_type", "password", "client_id", "admin-cli", "username", "admin",
                "password", ADMIN));
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(url + "/admin/realms/shop" + path))
                .header("authorization", "Bearer " + token).header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(method + " " + path + ": " + answer.body()).isBetween(200, 299);
        return answer.body();
    }

    /// Ends all sessions of a user, and tells the clients of it.
    void logOut(String username) throws Exception {
        String users = admin("GET", "/users?exact=true&username=" + username, "");
        Object first = ((List<?>) Objects.requireNonNull(StrictJson.object("{\"u\":" + users + "}").get("u")))
                .getFirst();
        admin("POST", "/users/" + ((Map<?, ?>) first).get("id") + "/logout", "");
    }

    /// Signs with a new key from now on.
    void rotateKeys() throws Exception {
        String realm = (String) Objects.requireNonNull(StrictJson.object(admin("GET", "", "")).get("id"));
        admin("POST", "/components", """
                { "name": "newer", "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
                  "parentId": "%s", "config": { "priority": ["500"], "enabled": ["true"], "active": ["true"] } }
                """.formatted(realm));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        Await.until("Keycloak to end", () -> {
            try {
                return process.waitFor(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
        });
    }
}
