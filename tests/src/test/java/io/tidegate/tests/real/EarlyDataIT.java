package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.ServedFixture;
import io.tidegate.tests.tls.Authority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients over TCP that send data before the handshake is over (0-RTT, RFC 8446 section 2.3), which whoever has seen
/// it could send once more. OpenSSL is such a client where a session says that it may be; here it is made to say so.
@Tag("real")
class EarlyDataIT extends ServedFixture {

    private static final String EARLY = "POST /early HTTP/1.1\r\nHost: one.test\r\nContent-Length: 0\r\n\r\n";
    /// The element of OpenSSL's sessions that says how much may be sent early: `[15] INTEGER 16384`.
    private static final byte[] MAY_SEND_EARLY = {(byte) 0xaf, 4, 2, 2, 0x40, 0};
    private static final int TAG_MAY_SEND_EARLY = 0xaf;

    @TempDir
    private Path folder;

    private Authority authority;

    @BeforeEach
    void startService() {
        authority = new Authority(folder, "Servers");
        serve(TestUpstream.hello());
    }

    private Path session() {
        return folder.resolve("session.pem");
    }

    /// What OpenSSL's client says of a connection on which it sends this.
    private String client(TestGateway gateway, String sent, String... more) {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect",
                "127.0.0.1:" + ((InetSocketAddress) gateway.address()).getPort(), "-servername", "one.test", "-CAfile",
                authority.ca("ca.pem").toString(), "-verify_return_error", "-tls1_3", "-ign_eof"));
        command.addAll(List.of(more));
        return Processes.run(sent, command.toArray(String[]::new)).output();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n";
    }

    /// A session that its server gave, changed so that the client takes it for one in which it may send early.
    private void mayBeEarly() throws IOException {
        String pem = Files.readString(session());
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
        assertThat(der[0]).isEqualTo((byte) 0x30);
        assertThat(der[1]).as("a length of two bytes").isEqualTo((byte) 0x82);
        int at = 4;
        while (at < der.length && Byte.toUnsignedInt(der[at]) < TAG_MAY_SEND_EARLY) {
            at = next(der, at);
        }
        assertThat(at < der.length && Byte.toUnsignedInt(der[at]) == TAG_MAY_SEND_EARLY)
                .as("the server lets clients send early").isFalse();
        int length = der.length - 4 + MAY_SEND_EARLY.length;
        byte[] changed = ByteBuffer.allocate(length + 4).put((byte) 0x30).put((byte) 0x82).putShort((short) length)
                .put(der, 4, at - 4).put(MAY_SEND_EARLY).put(der, at, der.length - at).array();
        Files.writeString(session(), "-----BEGIN SSL SESSION PARAMETERS-----\n"
                + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(changed)
                + "\n-----END SSL SESSION PARAMETERS-----\n");
    }

    /// Where the element of a DER structure ends that begins at `at`.
    private static int next(byte[] der, int at) {
        int first = Byte.toUnsignedInt(der[at + 1]);
        if (first < 0x80) {
            return at + 2 + first;
        }
        int length = 0;
        for (int i = 0; i < first - 0x80; i++) {
            length = length << 8 | Byte.toUnsignedInt(der[at + 2 + i]);
        }
        return at + 2 + first - 0x80 + length;
    }

    private Path early() throws IOException {
        return Files.writeString(folder.resolve("early"), EARLY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "tcp"})
    void k1WhatIsSentBeforeTheHandshakeIsOverReachesNoService(String kind) throws IOException {
        String tls = "tls: { certificates: [{ " + authority.write("one", authority.server(false, "one.test")) + " }] }";
        TestGateway started = TestGateway.start(kind.equals("http") ? """
                listeners: { secure: { address: "127.0.0.1:0", %s } }
                upstreams: { all: { endpoints: ["http://127.0.0.1:%d"] } }
                routes: { all: { upstream: all } }
                """.formatted(tls, upstream().port()) : """
                listeners: { secure: { address: "127.0.0.1:0", tcp: all, %s } }
                upstreams: { all: { endpoints: ["tcp://127.0.0.1:%d"] } }
                """.formatted(tls, upstream().port()));
        run(started);
        assertThat(client(started, get("/first"), "-sess_out", session().toString())).contains("hello",
                "Early data was not sent");
        mayBeEarly();

        for (int i = 0; i < 2; i++) {
            String output = client(started, get("/late"), "-sess_in", session().toString(), "-early_data",
                    early().toString());
            assertThat(output).doesNotContain("Early data was accepted").contains("Early data was rejected", "hello");
        }
        assertThat(upstream().requestCount()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(upstream().request(i).target()).isEqualTo(i == 0 ? "/first" : "/late");
        }
    }
}
