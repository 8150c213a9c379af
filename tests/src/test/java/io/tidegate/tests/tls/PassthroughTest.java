package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawClient.Ending;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// TLS that services end themselves, led by the name that clients ask for; and TLS that is ended in front of bytes.
class PassthroughTest {

    @TempDir
    private Path folder;

    private Authority authority;
    private TestUpstream one;
    private TestUpstream other;
    private @Nullable TestGateway gateway;

    @BeforeEach
    void startServices() {
        authority = new Authority(folder, "Services");
        one = service("one.example.com", "one");
        other = service("*.example.com", "other");
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        one.close();
        other.close();
    }

    private TestUpstream service(String name, String says) {
        SSLContext context = authority.trust(authority.server(false, name));
        return TestUpstream.secure(() -> {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            return engine;
        }, TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: " + says.length() + "\r\n\r\n" + says));
    }

    private TestGateway start(Setup setup, String otherwise) {
        gateway = TestGateway.start(setup, """
                listeners:
                  names:
                    address: "127.0.0.1:0"
                    tlsPassthrough: { routes: { one.example.com: one, "*.example.com": other }%s }
                    timeouts: { firstByte: 500ms }
                upstreams:
                  one: { endpoints: ["tcp://127.0.0.1:%d"] }
                  other: { endpoints: ["tcp://127.0.0.1:%d"] }
                telemetry: { accessLog: { to: none } }
                """.formatted(otherwise, one.port(), other.port()));
        return gateway;
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#all")
    void clientsSeeTheCertificateOfTheServiceThatTheyAskFor(Setup setup) throws IOException {
        TestGateway started = start(setup, "");

        for (String[] expected : new String[][]{{"one.example.com", "one"}, {"two.example.com", "other"}}) {
            try (RawClient client = authority.connect(started.address(), expected[0])) {
                assertThat(client.get("/").body()).isEqualTo(expected[1]);
                assertThat(client.session().getPeerCertificates()[0].toString())
                        .contains(expected[1].equals("one") ? "one.example.com" : "*.example.com");
            }
        }
        Await.until("both to be counted", () -> started.metric("tidegate_stream_connections_open", "") == 0);
        assertThat(started.metric("tidegate_stream_connections_total", "listener=\"names\",upstream=\"one\""))
                .isEqualTo(1);
        assertThat(started.metric("tidegate_stream_connections_total", "listener=\"names\",upstream=\"other\""))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(value = {"a.b.example.com, other", "example.com, -", "elsewhere.org, -", "-, -"}, nullValues = "-")
    void namesAreFoundAsRoutesFindThemAndOthersAreRefused(@Nullable String name, @Nullable String service) {
        TestGateway started = start(Setup.PLAIN, "");

        if (service == null) {
            try (RawClient client = RawClient.secure(started.address(), authority.trust(null), name, settings -> {})) {
                throw new AssertionError("a handshake came to its end");
            } catch (UncheckedIOException e) {
                assertThat(String.valueOf(e.getCause())).containsIgnoringCase("unrecognized_name");
            }
            assertThat(started.metric("tidegate_tls_handshake_failures_total", "reason=\"unknown_name\""))
                    .isEqualTo(1);
            assertThat(one.connections() + other.connections()).isZero();
        } else {
            try (RawClient client = RawClient.secure(started.address(), authority.trust(null), name, settings -> {})) {
                assertThat(client.get("/").body()).isEqualTo(service);
            }
        }
    }

    @Test
    void whoAsksForNoNameOrAnotherGoesElsewhere() {
        TestGateway started = start(Setup.PLAIN, ", otherwise: one");

        for (String name : new String[]{"elsewhere.org", null}) {
            try (RawClient client = RawClient.secure(started.address(), authority.trust(null), name, settings -> {})) {
                assertThat(client.get("/").body()).isEqualTo("one");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"GET / HTTP/1.1, no_tls", "'', timeout"})
    void whatIsNoTlsIsRefused(String sent, String reason) {
        TestGateway started = start(Setup.PLAIN, ", otherwise: one");

        try (RawClient client = started.client()) {
            client.send(sent);
            assertThat(client.ending()).isNotNull();
            Await.until("the refusal to be counted",
                    () -> started.metric("tidegate_tls_handshake_failures_total", "reason=\"" + reason + "\"") == 1);
        }
        assertThat(one.connections()).isZero();
    }

    /// A first message of TLS 1.3 that asks for a name, and records that a client sends before it is answered (0-RTT,
    /// RFC 8446 section 2.3). Whether they count is for the service alone to say, which has the key.
    @Test
    void k1WhatIsSentEarlyGoesOnAsItIsAndNoOftenerThanTheClientSendsIt() throws Exception {
        byte[] name = "one.example.com".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer extensions = ByteBuffer.allocate(200).putShort((short) 0).putShort((short) (name.length + 5))
                .putShort((short) (name.length + 3)).put((byte) 0).putShort((short) name.length).put(name);
        // supported_versions: TLS 1.3; early_data.
        extensions.putShort((short) 43).putShort((short) 3).put((byte) 2).putShort((short) 0x0304);
        extensions.putShort((short) 42).putShort((short) 0).flip();
        ByteBuffer hello = ByteBuffer.allocate(300).putShort((short) 0x0303).put(new byte[32]).put((byte) 0)
                .putShort((short) 2).putShort((short) 0x1301).put((byte) 1).put((byte) 0)
                .putShort((short) extensions.remaining()).put(extensions).flip();
        int length = hello.remaining();
        ByteBuffer sent = ByteBuffer.allocate(500).put((byte) 22).putShort((short) 0x0301)
                .putShort((short) (length + 4)).put((byte) 1).put((byte) 0).putShort((short) length).put(hello);
        byte[] early = new byte[100];
        java.util.Arrays.fill(early, (byte) 7);
        sent.put((byte) 23).putShort((short) 0x0303).putShort((short) early.length).put(early).flip();
        byte[] all = new byte[sent.remaining()];
        sent.get(all);

        List<byte[]> received = new CopyOnWriteArrayList<>();
        try (TestUpstream raw = TestUpstream.start(connection -> {
            received.add(connection.input().readNBytes(all.length));
            connection.send("!");
            received.add(connection.input().readAllBytes());
        })) {
            gateway = TestGateway.start("""
                    listeners:
                      names: { address: "127.0.0.1:0", tlsPassthrough: { routes: { one.example.com: raw } } }
                    upstreams: { raw: { endpoints: ["tcp://127.0.0.1:%d"] } }
                    """.formatted(raw.port()));
            for (int i = 1; i <= 2; i++) {
                int connections = i;
                try (RawClient client = gateway.client()) {
                    client.send(all);
                    assertThat(client.input().read()).as("all that comes back is the service's").isEqualTo('!');
                    client.finish();
                    assertThat(client.input().read()).isEqualTo(-1);
                }
                Await.until("the service to have read to the end", () -> received.size() == 2 * connections);
                assertThat(received.get(2 * i - 2)).isEqualTo(all);
                assertThat(received.get(2 * i - 1)).isEmpty();
                assertThat(raw.connections()).isEqualTo(i);
            }
        }
    }

    // TLS that is ended here.

    private TestGateway ending(String keys, String endpoint, String upstream) {
        gateway = TestGateway.start("""
                listeners:
                  secure:
                    address: "127.0.0.1:0"
                    tcp: all
                    tls: { certificates: [{ %s }] }%s
                upstreams:
                  all: { endpoints: ["%s"]%s }
                telemetry: { accessLog: { to: none } }
                """.formatted(authority.write("gateway", authority.server(false, "gateway.example.com")), keys,
                endpoint, upstream));
        return gateway;
    }

    @Test
    void tlsEndsInFrontOfBytesAndBeginsAgainBehind() throws IOException {
        TestGateway started = ending("", "tls://127.0.0.1:" + one.port(),
                ", tls: { ca: " + authority.ca("ca.pem") + ", sni: one.example.com }");

        try (RawClient client = RawClient.secure(started.address(), authority.trust(null), "gateway.example.com",
                settings -> settings.setApplicationProtocols(new String[]{"postgresql"}))) {
            assertThat(client.get("/").body()).isEqualTo("one");
            assertThat(client.protocol()).isEmpty();
            assertThat(client.session().getPeerCertificates()[0].toString()).contains("gateway.example.com");
            client.finish();
            // The library of the JDK may leave the client's goodbye unread.
            assertThat(client.ending()).isIn(Ending.CLOSED, Ending.RESET);
        }
    }

    @Test
    void aHeaderOfTheProxyProtocolStandsInFrontOfTls() throws IOException {
        try (TestUpstream plain = TestUpstream.start(connection -> {
            StringBuilder line = new StringBuilder();
            while (line.indexOf("\r\n") < 0) {
                line.append((char) connection.input().read());
            }
            connection.send(line.toString());
        })) {
            TestGateway started = ending("\n    proxyProtocol: true\n    trustedProxies: [127.0.0.0/8]",
                    "tcp://127.0.0.1:" + plain.port(), ", proxyProtocol: v1");
            String header = "PROXY TCP4 203.0.113.9 198.51.100.1 51000 443\r\n";
            InetSocketAddress address = (InetSocketAddress) started.address();
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                socket.getOutputStream().write(header.getBytes(StandardCharsets.ISO_8859_1));
                try (SSLSocket secured = (SSLSocket) authority.trust(null).getSocketFactory().createSocket(socket,
                        "gateway.example.com", 443, true)) {
                    secured.startHandshake();
                    assertThat(new String(secured.getInputStream().readNBytes(header.length()),
                            StandardCharsets.ISO_8859_1)).isEqualTo(header);
                }
            }
        }
    }
}
