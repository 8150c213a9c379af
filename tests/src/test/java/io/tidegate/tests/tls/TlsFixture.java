package io.tidegate.tests.tls;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A service, a gateway with TLS in front of it that each test configures, and two authorities: one for servers, one
/// for clients.
abstract class TlsFixture {

    @TempDir
    Path folder;

    Authority servers;
    Authority clients;
    TestUpstream upstream;
    private @Nullable TestGateway gateway;

    @BeforeEach
    void startService() {
        servers = new Authority(folder, "Servers");
        clients = new Authority(folder, "Clients");
        upstream = TestUpstream.hello();
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
    }

    final TestGateway gateway() {
        if (gateway == null) {
            throw new IllegalStateException("no gateway was started");
        }
        return gateway;
    }

    /// Starts a gateway whose listener has these keys within `tls`, and those beside it.
    final TestGateway start(String tls, String... beside) {
        gateway = TestGateway.start(yaml(tls, beside));
        return gateway;
    }

    final String yaml(String tls, String... beside) {
        GatewayYaml yaml = GatewayYaml.to(upstream).listener("tls: { " + tls + " }");
        for (String keys : beside) {
            yaml.listener(keys);
        }
        return yaml.text();
    }

    /// Keys for a certificate under this name: `{ cert: …, key: … }`.
    final String certificate(String file, String... names) {
        return "{ " + servers.write(file, servers.server(false, names)) + " }";
    }

    final RawClient client(@Nullable String name) {
        return servers.connect(gateway().address(), name);
    }

    final RawClient client(@Nullable String name, X509Bundle shown) {
        return servers.connect(gateway().address(), name, shown);
    }

    /// Whether a handshake and a request go well. With TLS 1.3 a client hears only then that it was refused.
    final boolean passes(java.util.function.Supplier<RawClient> connecting) {
        try (RawClient client = connecting.get()) {
            return client.get("/").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    final void assertFailed(String reason, int times) {
        io.tidegate.testkit.Await.until(() -> times + " failures for " + reason + ":\n" + gateway().engine().metrics()
                .lines().filter(line -> line.contains("tls_handshake_failures")).toList(),
                () -> gateway().metric("tidegate_tls_handshake_failures_total",
                        "reason=\"" + reason + "\"") == times);
        Assertions.assertThat(gateway().metric("tidegate_tls_handshake_failures_total", ""))
                .as("failures in all").isGreaterThanOrEqualTo(times);
    }
}
