package io.tidegate.tests.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawClient.Ending;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The PROXY protocol, read from proxies in front and sent to services.
class ProxyProtocolTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String LINE = "PROXY TCP4 203.0.113.9 198.51.100.1 51000 443\r\n";
    private static final String SIGNATURE = "0D0A0D0A000D0A515549540A";
    /// 203.0.113.9:51000 to 198.51.100.1:443.
    private static final String ADDRESSES = "CB007109C6336401C73801BB";

    private TestUpstream service;

    @BeforeEach
    void startService() {
        service = TestUpstream.hello();
    }

    @AfterEach
    void stopService() {
        service.close();
    }

    private GatewayYaml trusting(String networks) {
        return GatewayYaml.to(service).listener("proxyProtocol: true, trustedProxies: [" + networks + "]")
                .route("policies: [{ headers: { request: { set: { x-client: \"{client.address}\" } } } }]");
    }

    private TestGateway start() {
        return TestGateway.start(trusting("127.0.0.0/8, 10.0.0.0/8").text());
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /// A header of version 2 with a checksum behind what is given.
    private static byte[] checked(String body, int wrongBy) {
        byte[] header = bytes(SIGNATURE + "2111%04X".formatted(body.length() / 2 + 7) + body + "03000400000000");
        CRC32C sum = new CRC32C();
        sum.update(header);
        int value = (int) sum.getValue() + wrongBy;
        for (int i = 0; i < 4; i++) {
            header[header.length - 4 + i] = (byte) (value >> (24 - 8 * i));
        }
        return header;
    }

    private void assertClient(byte[] header, int piece, String client) {
        try (TestGateway gateway = start(); RawClient proxy = gateway.client()) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(header);
            all.writeBytes(GET.getBytes(ISO_8859_1));
            assertThat(proxy.send(all.toByteArray(), piece).receive().body()).isEqualTo("hello");
            assertThat(service.requests().getLast().field("x-client")).isEqualTo(client);
            assertThat(service.requests().getLast().field("x-forwarded-for")).isEqualTo(client);
            // And so with the requests behind it.
            proxy.get("/");
            assertThat(service.requests().getLast().field("x-client")).isEqualTo(client);
        }
    }

    // From proxies in front.

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#all")
    void theAddressThatAProxyNamesIsTheClients(Setup setup) {
        try (TestGateway gateway = TestGateway.start(setup, trusting("127.0.0.0/8").text());
                RawClient proxy = gateway.client()) {
            assertThat(proxy.send(LINE + GET).receive().body()).isEqualTo("hello");
            assertThat(service.request(0).field("x-client")).isEqualTo("203.0.113.9");
            assertThat(service.request(0).field("forwarded")).isEqualTo("for=203.0.113.9;proto=http");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void headersMayComeInPieces(int piece) {
        assertClient(LINE.getBytes(ISO_8859_1), piece, "203.0.113.9");
        assertClient(bytes(SIGNATURE + "2111000C" + ADDRESSES), piece, "203.0.113.9");
    }

    @ParameterizedTest
    @CsvSource({"'PROXY TCP6 2001:db8::9 2001:db8::1 51000 443', 2001:db8:0:0:0:0:0:9",
        "'PROXY TCP6 ::ffff:203.0.113.9 ::1 1 2', 203.0.113.9", "'PROXY UNKNOWN', 127.0.0.1",
        "'PROXY UNKNOWN whatever stands here', 127.0.0.1", "'PROXY TCP4 10.0.0.9 10.0.0.1 0 65535', 10.0.0.9"})
    void everyLineOfTheFirstVersionIsUnderstood(String line, String client) {
        assertClient((line + "\r\n").getBytes(ISO_8859_1), 1000, client);
    }

    @ParameterizedTest
    @CsvSource({"20000000, 127.0.0.1", "2000000C" + ADDRESSES + ", 127.0.0.1", "21000000, 127.0.0.1",
        "2111000C" + ADDRESSES + ", 203.0.113.9",
        "21210024" + "20010DB8000000000000000000000009" + "20010DB8000000000000000000000001" + "C73801BB"
                + ", 2001:db8:0:0:0:0:0:9",
        "21110017" + ADDRESSES + "0200016101000268322000000400" + ", bad",
        "21110013" + ADDRESSES + "02000161050000" + ", 203.0.113.9"})
    void everyHeaderOfTheSecondVersionIsUnderstood(String rest, String client) {
        if (client.equals("bad")) {
            assertRefused(bytes(SIGNATURE + rest), "proxy_malformed");
        } else {
            assertClient(bytes(SIGNATURE + rest), 1000, client);
        }
    }

    @Test
    void aChecksumIsChecked() {
        assertClient(checked(ADDRESSES, 0), 1000, "203.0.113.9");
        assertRefused(checked(ADDRESSES, 1), "proxy_checksum");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET / HTTP/1.1                                      | proxy_missing
            PROXZ                                               | proxy_missing
            PROXY TCP5 1.2.3.4 1.2.3.4 1 1                      | proxy_malformed
            PROXY TCP4 1.2.3.4 1.2.3.4 1                        | proxy_malformed
            PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1                    | proxy_malformed
            PROXY TCP4 1.2.3.400 1.2.3.4 1 1                    | proxy_malformed
            PROXY TCP4 01.2.3.4 1.2.3.4 1 1                     | proxy_malformed
            PROXY TCP4 1.2.3.4 1.2.3.4 65536 1                  | proxy_malformed
            PROXY TCP4 1.2.3.4 1.2.3.4 01 1                     | proxy_malformed
            PROXY TCP4 localhost 1.2.3.4 1 1                    | proxy_malformed
            PROXY TCP6 1.2.3.4 1.2.3.4 1 1                      | proxy_malformed
            PROXY  TCP4 1.2.3.4 1.2.3.4 1 1                     | proxy_malformed
            """)
    void whatIsNoHeaderEndsTheConnection(String line, String reason) {
        assertRefused((line + "\r\n\r\n").getBytes(ISO_8859_1), reason);
    }

    @ParameterizedTest
    @CsvSource({"3111000C" + ADDRESSES + ", proxy_malformed", "2211000C" + ADDRESSES + ", proxy_malformed",
        "2112000C" + ADDRESSES + ", proxy_malformed", "2111000B" + ADDRESSES + ", proxy_malformed",
        "2111000E" + ADDRESSES + "0200, proxy_malformed", "2111000F" + ADDRESSES + "020001, proxy_malformed",
        "21111001, proxy_too_large", "2111FFFF, proxy_too_large"})
    void whatIsNoHeaderOfTheSecondVersionEndsTheConnection(String rest, String reason) {
        assertRefused(bytes(SIGNATURE + rest), reason);
    }

    @Test
    void aLineWithoutAnEndEndsTheConnection() {
        assertRefused(("PROXY UNKNOWN " + "x".repeat(200)).getBytes(ISO_8859_1), "proxy_too_large");
    }

    private void assertRefused(byte[] sent, String reason) {
        int before = service.connections();
        try (TestGateway gateway = start(); RawClient proxy = gateway.client()) {
            proxy.send(sent);
            assertThat(proxy.ending()).isIn(Ending.CLOSED, Ending.RESET);
            Await.until("the refusal to be counted", () -> gateway.metric(
                    "tidegate_client_connections_refused_total", "reason=\"" + reason + "\"") == 1);
            assertThat(service.connections()).isEqualTo(before);
        }
    }

    @Test
    void aHeaderThatDoesNotComeEndsTheConnection() {
        try (TestGateway gateway = TestGateway.start(
                trusting("127.0.0.0/8").listener("timeouts: { firstByte: 200ms }").text());
                RawClient proxy = gateway.client()) {
            proxy.send("PROXY TCP4 ");
            assertThat(proxy.ending()).isIn(Ending.CLOSED, Ending.RESET);
            assertThat(gateway.metric("tidegate_client_connections_refused_total", "reason=\"proxy_timeout\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void nobodyElseIsBelievedOrServed() {
        try (TestGateway gateway = TestGateway.start(trusting("10.0.0.0/8").text());
                RawClient stranger = gateway.client()) {
            stranger.send(LINE + GET);
            assertThat(stranger.ending()).isIn(Ending.CLOSED, Ending.RESET);
            assertThat(gateway.metric("tidegate_client_connections_refused_total", "reason=\"proxy_untrusted\""))
                    .isEqualTo(1);
            assertThat(service.connections()).isZero();
        }
    }

    @Test
    void connectionsAreCountedByTheAddressThatAProxyNames() {
        try (TestGateway gateway = TestGateway.start(
                trusting("127.0.0.0/8").listener("limits: { connectionsPerAddress: 1 }").text())) {
            try (RawClient first = gateway.client();
                    RawClient second = gateway.client();
                    RawClient other = gateway.client()) {
                assertThat(first.send(LINE + GET).receive().status()).isEqualTo(200);
                second.send(LINE + GET);
                assertThat(second.ending()).isIn(Ending.CLOSED, Ending.RESET);
                assertThat(other.send(LINE.replace(".9", ".10") + GET).receive().status()).isEqualTo(200);
            }
            Await.until("the places to be free", () -> gateway.status().connections() == 0);
            try (RawClient again = gateway.client()) {
                assertThat(again.send(LINE + GET).receive().status()).isEqualTo(200);
            }
            assertThat(gateway.metric("tidegate_client_connections_refused_total", "reason=\"per_address\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void whatTheClientSaysOfOthersIsBelievedOnlyOfATrustedProxy() {
        String forwarded = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n";
        try (TestGateway gateway = start(); RawClient one = gateway.client(); RawClient other = gateway.client()) {
            one.send(LINE + forwarded).receive();
            assertThat(service.requests().getLast().field("x-client")).isEqualTo("203.0.113.9");
            other.send("PROXY TCP4 10.0.0.5 10.0.0.1 1 2\r\n" + forwarded).receive();
            assertThat(service.requests().getLast().field("x-client")).isEqualTo("192.0.2.7");
            assertThat(service.requests().getLast().field("x-forwarded-for")).isEqualTo("192.0.2.7, 10.0.0.5");
        }
    }

    // To services.

    private static int port(java.net.SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#all")
    void aServiceIsToldOfEachClientAndServesItByConnectionsOfItsOwn(Setup setup) {
        service.script(connection -> {
            StringBuilder line = new StringBuilder();
            while (line.indexOf("\r\n") < 0) {
                line.append((char) connection.input().read());
            }
            while (connection.request() != null) {
                connection.answer(line.toString().trim());
            }
        });
        try (TestGateway gateway = TestGateway.start(setup,
                GatewayYaml.to(service).upstream("proxyProtocol: v1").text())) {
            try (RawClient one = gateway.client(); RawClient other = gateway.client()) {
                for (int i = 0; i < 3; i++) {
                    for (RawClient client : new RawClient[]{one, other}) {
                        assertThat(client.get("/").body()).isEqualTo("PROXY TCP4 127.0.0.1 127.0.0.1 "
                                + port(client.localAddress()) + " " + port(gateway.address()));
                    }
                }
                assertThat(service.connections()).isEqualTo(2);
            }
            Await.until("the connections to end with their clients", () -> service.open() == 0);
            try (RawClient third = gateway.client()) {
                assertThat(third.get("/").body()).contains(" " + port(third.localAddress()) + " ");
            }
            assertThat(service.connections()).isEqualTo(3);
        }
    }

    @Test
    void oneClientsIdleConnectionMakesRoomForAnothers() {
        service.script(connection -> {
            for (int b = connection.input().read(); b != '\n'; b = connection.input().read()) {
                assertThat(b).isNotNegative();
            }
            while (connection.request() != null) {
                connection.answer("hello");
            }
        });
        try (TestGateway gateway = TestGateway.start(GatewayYaml.to(service)
                .upstream("proxyProtocol: v1, connections: { maxPerEndpoint: 1 }").text());
                RawClient one = gateway.client();
                RawClient other = gateway.client()) {
            for (int i = 0; i < 4; i++) {
                assertThat((i % 2 == 0 ? one : other).get("/").status()).isEqualTo(200);
            }
            assertThat(service.connections()).isEqualTo(4);
        }
    }

    @Test
    void whatAProxyInFrontHasSaidIsHandedOn() throws IOException {
        byte[] header = bytes(SIGNATURE + "2111001A" + ADDRESSES + "020005" + "612E636F6D" + "050003" + "010203");
        byte[] got = new byte[header.length + 1];
        java.util.concurrent.CountDownLatch read = new java.util.concurrent.CountDownLatch(1);
        service.script(connection -> {
            connection.input().readNBytes(got, 0, got.length);
            read.countDown();
            connection.awaitEnd();
        });
        try (TestGateway gateway = TestGateway.start(StreamYaml.with(
                ", proxyProtocol: true, trustedProxies: [127.0.0.0/8]", ", proxyProtocol: v2",
                StreamYaml.url(service)));
                RawClient client = gateway.client()) {
            client.send(header).send("x");
            Await.until("the header to come", () -> read.getCount() == 0);
            assertThat(HexFormat.of().withUpperCase().formatHex(got))
                    .isEqualTo(HexFormat.of().withUpperCase().formatHex(header) + "78");
        }
    }
}
