package io.tidegate.tests.real;

import io.tidegate.testkit.Await;
import io.tidegate.tests.tls.Authority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Let's Encrypt's test server, with a name server of its own that finds every name at 127.0.0.1.
final class Pebble implements AutoCloseable {

    /// Names at an address where nobody listens.
    static final String NOWHERE = "nowhere.test";

    private final Authority api;
    private final Path ca;
    private final Path log;
    private final int port = Processes.freePort();
    private final int management = Processes.freePort();
    private final Process names;
    private final Process server;

    private Pebble(Path folder, int httpPort, int tlsPort, String more) throws IOException, InterruptedException {
        api = new Authority(folder, "Pebble's own");
        api.write("pebble", api.server(false, "localhost", "127.0.0.1"));
        ca = api.ca("pebble-ca.pem");
        log = folder.resolve("pebble.txt");
        int dns = Processes.freePort();
        int control = Processes.freePort();
        names = Processes.serve(folder.resolve("names.txt"), control,
                List.of("pebble-challtestsrv", "-dns01", "127.0.0.1:" + dns, "-management", "127.0.0.1:" + control,
                        "-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv4", "127.0.0.1", "-defaultIPv6",
                        ""));
        HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + control + "/add-a"))
                .POST(HttpRequest.BodyPublishers
                        .ofString("{\"host\":\"" + NOWHERE + ".\",\"addresses\":[\"127.0.0.2\"]}"))
                .build(), HttpResponse.BodyHandlers.discarding());
        Path config = Files.writeString(folder.resolve("pebble.json"), """
                { "pebble": {
                    "listenAddress": "127.0.0.1:%d",
                    "managementListenAddress": "127.0.0.1:%d",
                    "certificate": "%s/pebble.crt",
                    "privateKey": "%s/pebble.key",
                    "httpPort": %d,
                    "tlsPort": %d,
                    %s
                    "ocspResponderURL": ""
                } }
                """.formatted(port, management, folder, folder, httpPort, tlsPort, more));
        // Some nonces are refused, as an authority may do at any time; every name is looked at for every order.
        server = Processes.serve(log, port,
                List.of("env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=20", "PEBBLE_AUTHZREUSE=0", "pebble",
                        "-config", config.toString(), "-dnsserver", "127.0.0.1:" + dns));
    }

    /// One that looks at these ports of 127.0.0.1.
    static Pebble start(Path folder, int httpPort, int tlsPort) throws IOException, InterruptedException {
        return new Pebble(folder, httpPort, tlsPort, "");
    }

    /// One that gives accounts to those alone who have this key.
    static Pebble binding(Path folder, int httpPort, int tlsPort, String kid, String hmac)
            throws IOException, InterruptedException {
        return new Pebble(folder, httpPort, tlsPort, """
                "externalAccountBindingRequired": true,
                "externalAccountMACKeys": { "%s": "%s" },
                """.formatted(kid, hmac));
    }

    /// As a configuration names it: `directory: …, ca: …`.
    String yaml() {
        return "directory: \"https://127.0.0.1:" + port + "/dir\", ca: " + ca;
    }

    /// What clients trust that know it.
    SSLContext trust() throws Exception {
        HttpResponse<InputStream> root = HttpClient.newBuilder().sslContext(api.trust(null)).build().send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + management + "/roots/0")).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = root.body()) {
            trusted.setCertificateEntry("root", CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(in.readAllBytes())));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    /// Orders so far.
    long orders() throws IOException {
        return count("Added order");
    }

    /// Accounts so far.
    long accounts() throws IOException {
        return count("There are now [0-9]+ accounts in memory");
    }

    private long count(String pattern) throws IOException {
        return Pattern.compile(pattern).matcher(Files.readString(log)).results().count();
    }

    /// All that it said.
    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        server.destroy();
        names.destroy();
        Await.until("pebble to end", () -> !server.isAlive() && !names.isAlive());
    }
}
