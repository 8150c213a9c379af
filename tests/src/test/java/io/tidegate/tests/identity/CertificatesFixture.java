package io.tidegate.tests.identity;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.tls.Authority;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The same over TLS, where clients may show certificates.
@SuppressWarnings("NullAway.Init")
abstract class CertificatesFixture extends AccessFixture {

    @TempDir
    Path folder;

    Authority servers;
    Authority clients;

    @BeforeEach
    final void beginAuthorities() {
        servers = new Authority(folder, "Servers");
        clients = new Authority(folder, "Clients");
    }

    final GatewayYaml secured(String policy) {
        return yaml(policy)
                .listener("tls: { clientAuth: { ca: " + clients.ca("ca.pem") + ", mode: optional }, certificates: [{ "
                        + servers.write("one", servers.server(false, "one.test")) + " }] }");
    }

    /// Sends a request with these fields on a connection on which this certificate was shown.
    final RawResponse sendShowing(@Nullable X509Bundle shown, String fields) {
        try (RawClient client = RawClient.secure(gateway.address(), servers.trust(shown), "one.test", _ -> {})) {
            return client.exchange("GET /orders?id=1 HTTP/1.1\r\nHost: one.test\r\n" + fields + "\r\n");
        }
    }
}
