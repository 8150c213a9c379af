package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.app.gateway.Configurations;
import io.tidegate.app.gateway.Declared;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.config.Loaded;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates that change in their files while clients come and go.
class CertificateFilesIT {

    private static final int CHANGES = 12;
    private static final String GET = "GET / HTTP/1.1\r\nHost: one.test\r\n\r\n";

    @TempDir
    private Path folder;

    private RunningGateway start(TestUpstream upstream, String cert, String key) throws Exception {
        Path file = folder.resolve("tidegate.yaml");
        Files.writeString(file, """
                listeners: { public: { address: "127.0.0.1:0", tls: { certificates: [{ cert: %s, key: %s }] } } }
                upstreams: { all: { endpoints: ["%s"] } }
                routes: { all: { upstream: all } }
                telemetry: { accessLog: { to: none } }
                admin: { address: "127.0.0.1:0", token: 0123456789abcdef-token }
                """.formatted(cert, key, upstream.url()));
        if (!(Configurations.create().load(file) instanceof Loaded.Accepted accepted)) {
            throw new AssertionError(Configurations.create().load(file));
        }
        return RunningGateway.start(new Declared(accepted, file, () -> Configurations.create().load(file)), "test");
    }

    private static SocketAddress address(RunningGateway gateway) {
        return Objects.requireNonNull(gateway.addresses().get("public"));
    }

    private static Certificate shown(Authority authority, SocketAddress address) {
        try (RawClient client = authority.connect(address, "one.test")) {
            return client.session().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double refused(RunningGateway gateway) {
        try (RawClient client = RawClient.connect(gateway.admin())) {
            return client.exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").body()
                    .lines()
                    .filter(line -> line.startsWith("tidegate_config_reloads_total{") && line.contains("rejected"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
        }
    }

    @Test
    void newPairsAreTakenAndBadOnesLeftWithoutOneFailedHandshake() throws Exception {
        Authority authority = new Authority(folder, "Servers");
        X509Bundle current = authority.server(false, "one.test");
        authority.write("one", current);
        try (TestUpstream upstream = TestUpstream.hello();
                // Relative to the folder of the configuration.
                RunningGateway gateway = start(upstream, "one.crt", "one.key");
                Load load = new Load(authority, address(gateway))) {
            load.start(3);
            for (int i = 0; i < CHANGES; i++) {
                X509Bundle next = authority.server(i % 2 == 0, "one.test");
                if (i % 3 == 1) {
                    // Half of a pair, for as long as it takes to be seen.
                    double before = refused(gateway);
                    authority.replace("one.crt", next.getCertificatePathPEM());
                    Await.until("half a pair to be refused", () -> refused(gateway) > before);
                    assertThat(shown(authority, load.address)).isEqualTo(current.getCertificate());
                }
                authority.write("one", next);
                Await.until("the new certificate to be shown",
                        () -> shown(authority, load.address).equals(next.getCertificate()));
                current = next;
            }
            load.close();
            assertThat(load.failures).isEmpty();
            assertThat(load.handshakes.get()).isPositive();
            assertThat(load.reconnected.get()).as("open connections that were closed").isZero();
        }
    }

    @Test
    void linksThatLeadElsewhereAreFollowed() throws Exception {
        Authority authority = new Authority(folder, "Servers");
        X509Bundle first = authority.server(false, "one.test");
        X509Bundle second = authority.server(false, "one.test");
        put("v1", first);
        put("v2", second);
        Files.createSymbolicLink(folder.resolve("data"), Path.of("v1"));
        try (TestUpstream upstream = TestUpstream.hello();
                RunningGateway gateway = start(upstream, "data/tls.crt", "data/tls.key")) {
            SocketAddress address = address(gateway);
            assertThat(shown(authority, address)).isEqualTo(first.getCertificate());

            Files.createSymbolicLink(folder.resolve("data.new"), Path.of("v2"));
            Files.move(folder.resolve("data.new"), folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);

            Await.until("the other certificate to be shown",
                    () -> shown(authority, address).equals(second.getCertificate()));
        }
    }

    private void put(String name, X509Bundle bundle) throws IOException {
        Path at = Files.createDirectory(folder.resolve(name));
        Files.writeString(at.resolve("tls.crt"), bundle.getCertificatePathPEM());
        Files.writeString(at.resolve("tls.key"), bundle.getPrivateKeyPEM());
    }

    /// Clients that shake hands again and again, and one that stays.
    private static final class Load implements AutoCloseable {

        private final Authority authority;
        private final SocketAddress address;
        private final List<Thread> threads = new ArrayList<>();
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final AtomicLong handshakes = new AtomicLong();
        private final AtomicLong reconnected = new AtomicLong();
        private volatile boolean stopped;

        Load(Authority authority, SocketAddress address) {
            this.authority = authority;
            this.address = address;
        }

        void start(int newcomers) {
            for (int i = 0; i < newcomers; i++) {
                threads.add(Thread.ofPlatform().daemon().start(() -> run(false)));
            }
            threads.add(Thread.ofPlatform().daemon().start(() -> run(true)));
            Await.until("clients to come", () -> handshakes.get() > 4 || !failures.isEmpty());
        }

        private void run(boolean stays) {
            boolean first = true;
            while (!stopped) {
                if (stays && !first) {
                    reconnected.incrementAndGet();
                }
                first = false;
                try (RawClient client = authority.connect(address, "one.test")) {
                    handshakes.incrementAndGet();
                    int status;
                    do {
                        status = client.exchange(GET).status();
                    } while (stays && status == 200 && !stopped);
                    if (status != 200) {
                        failures.add("status " + status);
                    }
                } catch (RuntimeException e) {
                    failures.add(e.toString());
                    return;
                }
            }
        }

        @Override
        public void close() {
            stopped = true;
            Await.until("clients to stop", () -> threads.stream().noneMatch(Thread::isAlive));
        }
    }
}
