package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.app.gateway.Configurations;
import io.tidegate.app.gateway.Declared;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.config.Loaded;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.tls.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Gateways that get certificates from Let's Encrypt's test server.
abstract class AcmeFixture {

    static final String GET = "GET / HTTP/1.1\r\nHost: one.test\r\n\r\n";

    @TempDir
    Path folder;

    Authority own;
    private TestUpstream upstream;
    @Nullable
    Pebble pebble;

    @BeforeEach
    void startService() {
        own = new Authority(folder, "Own");
        upstream = TestUpstream.hello();
    }

    @AfterEach
    void stop() {
        if (pebble != null) {
            pebble.close();
        }
        upstream.close();
    }

    /// A gateway that has a certificate of its own at first, on free ports, so that pebble can be told which.
    RunningGateway start(String name, String acme) throws Exception {
        Path file = write(name, acme);
        if (!(Configurations.create().load(file) instanceof Loaded.Accepted accepted)) {
            throw new AssertionError(Configurations.create().load(file));
        }
        return RunningGateway.start(new Declared(accepted, file, () -> Configurations.create().load(file)), "test");
    }

    /// What is declared beside.
    String more() {
        return "";
    }

    Path write(String name, String acme) throws IOException {
        Path at = Files.createDirectories(folder.resolve(name));
        Path beside = Files.writeString(at.resolve("new"), """
                listeners:
                  plain: { address: "127.0.0.1:0", redirectToHttps: true }
                  public:
                    address: "127.0.0.1:0"
                    tls:
                      certificates: [{ %s }]
                      %s
                upstreams: { all: { endpoints: ["%s"] } }
                routes: { all: { upstream: all } }
                telemetry: { accessLog: { to: none } }
                admin: { address: "127.0.0.1:0", token: 0123456789abcdef-token }
                %s
                """.formatted(own.write("own", own.server(false, "own.test")), acme, upstream.url(), more()));
        return Files.move(beside, at.resolve("tidegate.yaml"), java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    static String acme(Pebble server, Path store, String more, String... names) {
        return "acme: { agreeToTerms: true, names: [" + String.join(", ", names) + "], store: " + store + ", "
                + server.yaml() + more + " }";
    }

    static SocketAddress address(RunningGateway gateway, String listener) {
        return Objects.requireNonNull(gateway.addresses().get(listener));
    }

    static int port(RunningGateway gateway, String listener) {
        return ((InetSocketAddress) address(gateway, listener)).getPort();
    }

    Pebble pebbleFor(RunningGateway gateway) throws Exception {
        Pebble started = Pebble.start(folder, port(gateway, "plain"), port(gateway, "public"));
        pebble = started;
        return started;
    }

    static RawClient connect(RunningGateway gateway, String name, SSLContext trust) {
        return RawClient.secure(address(gateway, "public"), trust, name,
                parameters -> parameters.setEndpointIdentificationAlgorithm("HTTPS"));
    }

    static boolean serves(RunningGateway gateway, String name, SSLContext trust) {
        try (RawClient client = connect(gateway, name, trust)) {
            return client.exchange(GET).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    static void awaitServed(RunningGateway gateway, String name, SSLContext trust) {
        // A certificate takes several requests to another process, and every look costs a handshake.
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!serves(gateway, name, trust)) {
            assertThat(System.nanoTime() - end).as("waited in vain for %s: %s", name, ready(gateway)).isNegative();
            LockSupport.parkNanos(50_000_000);
        }
    }

    static String ready(RunningGateway gateway) {
        return ask(gateway, "/ready");
    }

    static String ask(RunningGateway gateway, String path) {
        try (RawClient client = RawClient.connect(gateway.admin())) {
            return client.exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").body();
        }
    }

    static double metric(RunningGateway gateway, String series) {
        Matcher value = Pattern.compile("(?m)^" + Pattern.quote(series) + " (\\S+)$").matcher(ask(gateway, "/metrics"));
        return value.find() ? Double.parseDouble(value.group(1)) : -1;
    }

    static Path file(Path store, Pebble server, String name) {
        String directory = server.yaml().replaceFirst("directory: \"https://([^\"]*)\".*", "$1");
        return store.resolve(URLEncoder.encode(directory, StandardCharsets.UTF_8)).resolve(name + ".pem");
    }
}
