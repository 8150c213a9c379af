package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Handshakes that are too old, too long, too slow or not meant as such.
class HandshakeAttacksTest extends TlsFixture {

    private static final int RECORD_HEADER = 5;

    /// A client's first message, in one record.
    private byte[] hello(String name) {
        SSLEngine engine = servers.trust(null).createSSLEngine(name, 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(java.util.List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        try {
            engine.wrap(ByteBuffer.allocate(0), record);
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
        return Arrays.copyOf(record.array(), record.position());
    }

    /// The same message in records of so many bytes.
    private static byte[] fragmented(byte[] record, int size) {
        ByteBuffer out = ByteBuffer.allocate(record.length * (RECORD_HEADER + 1));
        for (int from = RECORD_HEADER; from < record.length; from += size) {
            int length = Math.min(size, record.length - from);
            out.put((byte) 22).put((byte) 3).put((byte) 3).putShort((short) length).put(record, from, length);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static int[] answer(RawClient client) {
        try {
            return new int[]{client.input().read(), client.input().skip(4) == 4 ? 4 : -1, client.input().read(),
                client.input().read()};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50, 16384})
    void theFirstMessageIsReadHoweverManyRecordsItComesIn(int size) {
        start("certificates: [" + certificate("one", "one.test") + "]");
        try (RawClient client = gateway().client()) {
            client.send(fragmented(hello("one.test"), size));
            assertThat(answer(client)[0]).as("a handshake record").isEqualTo(22);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50, 16384})
    void aFragmentedNameIsNoWayAroundItsRules(int size) {
        start("certificates: [" + certificate("one", "one.test") + "]");
        try (RawClient client = gateway().client()) {
            client.send(fragmented(hello("other.test"), size));
            assertThat(answer(client)).containsExactly(21, 4, 2, 112);
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        assertFailed("unknown_name", 1);
    }

    @Test
    void theFirstMessageIsReadByteByByte() {
        start("certificates: [" + certificate("one", "one.test") + "]");
        try (RawClient client = gateway().client()) {
            client.send(hello("one.test"), 1);
            assertThat(answer(client)[0]).isEqualTo(22);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // Records of nothing.
        "16 03 03 00 00", "16 03 01 00 00 16 03 01 00 00",
        // A length of 16 MiB, in nine bytes.
        "16 03 01 40 00 01 ff ff ff", "16 03 01 00 04 01 00 40 01",
        // Something else than a first message.
        "16 03 01 00 04 02 00 00 00", "15 03 01 00 02 01 00", "14 03 01 00 01 01",
        // A message that ends within its fields.
        "16 03 01 00 06 01 00 00 02 03 03", "16 02 01 00 04 01 00 00 00",
        // Something else than TLS.
        "47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a 0d 0a", "80 2e 01 00 02", "00"})
    void whatIsNoFirstMessageIsRefusedAtOnce(String hex) {
        start("unknownName: default, certificates: [" + certificate("one", "one.test") + "]",
                "timeouts: { firstByte: 1h }");
        try (RawClient client = gateway().client()) {
            client.send(java.util.HexFormat.of().parseHex(hex.replace(" ", "")));
            assertThat(answer(client)).startsWith(21, 4, 2);
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        Await.until("the failure to be counted",
                () -> gateway().metric("tidegate_tls_handshake_failures_total", "") == 1);
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void aFirstMessageLongerThan16KibIsRefusedBeforeItHasCome() {
        start("unknownName: default, certificates: [" + certificate("one", "one.test") + "]",
                "timeouts: { firstByte: 1h }");
        try (RawClient client = gateway().client()) {
            client.send(new byte[]{22, 3, 1, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff});
            assertThat(answer(client)).containsExactly(21, 4, 2, 50);
        }
        assertFailed("too_large", 1);
    }

    @Test
    void whoSaysNothingOrHalfOfItIsCutOff() {
        start("certificates: [" + certificate("one", "one.test") + "]", "timeouts: { firstByte: 200ms }");
        try (RawClient silent = gateway().client();
                RawClient half = gateway().client();
                RawClient first = gateway().client()) {
            byte[] hello = hello("one.test");
            half.send(Arrays.copyOf(hello, hello.length / 2));
            first.send(hello);
            assertThat(silent.ending()).isEqualTo(RawClient.Ending.CLOSED);
            assertThat(half.ending()).isEqualTo(RawClient.Ending.CLOSED);
            RawClient.Ending ending = first.ending();
            while (ending == RawClient.Ending.BYTES) {
                ending = first.ending();
            }
            assertThat(ending).isEqualTo(RawClient.Ending.CLOSED);
        }
        assertFailed("timeout", 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1", "TLSv1.1"})
    void oldVersionsAreRefused(String version) {
        start("certificates: [" + certificate("one", "one.test") + "]");
        byte[] hello = hello("one.test");
        // The version of the message itself, and another number for the extension that lists newer ones.
        hello[RECORD_HEADER + 5] = (byte) (version.equals("TLSv1") ? 1 : 2);
        for (int i = RECORD_HEADER; i + 4 < hello.length; i++) {
            if (hello[i] == 0 && hello[i + 1] == 43 && hello[i + 2] == 0 && hello[i + 4] + 1 == hello[i + 3]) {
                hello[i + 1] = 99;
            }
        }
        try (RawClient client = gateway().client()) {
            client.send(hello);
            assertThat(answer(client)).containsExactly(21, 4, 2, 70);
        }
        assertFailed("version", 1);
    }

    @Test
    void tls12IsRefusedWhere13IsAskedFor() {
        start("minVersion: \"1.3\", certificates: [" + certificate("one", "one.test") + "]");

        assertThatThrownBy(() -> Authority.connect(gateway().address(), "one.test", servers.trust(null),
                parameters -> parameters.setProtocols(new String[]{"TLSv1.2"})))
                .isInstanceOf(UncheckedIOException.class).hasMessageContaining("protocol_version");
        try (RawClient client = client("one.test")) {
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(client.session().getProtocol()).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void k9ToNegotiateAnewIsRefused() throws IOException {
        start("certificates: [" + certificate("one", "one.test") + "]");
        InetSocketAddress address = (InetSocketAddress) gateway().address();
        try (SSLSocket client = (SSLSocket) servers.trust(null).getSocketFactory().createSocket(address.getAddress(),
                address.getPort())) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setProtocols(new String[]{"TLSv1.2"});
            parameters.setServerNames(java.util.List.of(new SNIHostName("one.test")));
            client.setSSLParameters(parameters);
            client.setSoTimeout(30_000);
            client.startHandshake();
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: one.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readNBytes(15)).asString().isEqualTo("HTTP/1.1 200 OK");

            // What is behind the answer is the word that the gateway does not.
            client.startHandshake();
            assertThatThrownBy(() -> client.getInputStream().readAllBytes()).isInstanceOf(SSLException.class);
        }
        Await.until("the connection to end", () -> gateway().status().connections() == 0);
        assertThat(upstream.requestCount()).isEqualTo(1);
    }

    @Test
    void suitesWithoutForwardSecrecyAreRefused() {
        start("certificates: [{ " + servers.write("one", servers.server(true, "one.test")) + " }]");

        for (String suite : new String[]{"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"}) {
            assertThatThrownBy(() -> Authority.connect(gateway().address(), "one.test", servers.trust(null),
                    parameters -> {
                        parameters.setProtocols(new String[]{"TLSv1.2"});
                        parameters.setCipherSuites(new String[]{suite});
                    })).as(suite).isInstanceOf(UncheckedIOException.class);
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void protocolsAreAgreedOnOrRefused() {
        start("certificates: [" + certificate("one", "one.test") + "]");

        try (RawClient client = Authority.connect(gateway().address(), "one.test", servers.trust(null),
                parameters -> parameters.setApplicationProtocols(new String[]{"h3", "http/1.1"}))) {
            assertThat(client.protocol()).isEqualTo("http/1.1");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThatThrownBy(() -> Authority.connect(gateway().address(), "one.test", servers.trust(null),
                parameters -> parameters.setApplicationProtocols(new String[]{"h3"})))
                .isInstanceOf(UncheckedIOException.class).hasMessageContaining("no_application_protocol");
        assertFailed("protocol", 1);
    }
}
