package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.FramedAttacks;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

/// Heads that come by HTTP/3 and try to become something else in HTTP/1.1, and frames and streams that break its rules.
@Tag("boringssl")
class Http3AttacksTest extends Http3Fixture {

    private static final int GENERAL_PROTOCOL_ERROR = 0x101;
    private static final int STREAM_CREATION_ERROR = 0x103;
    private static final int FRAME_UNEXPECTED = 0x105;
    private static final int DECOMPRESSION_FAILED = 0x200;
    private static final int ENCODER_STREAM_ERROR = 0x201;
    private static final int DECODER_STREAM_ERROR = 0x202;
    private static final int SETTINGS = 4;
    private static final int PUSH_PROMISE = 5;

    /// All of them with one gateway: to start one for each would take longer than the rest.
    @Test
    void aMalformedHeadIsResetAndReachesNobody() {
        startHttp3();
        SoftAssertions all = new SoftAssertions();
        FramedAttacks.heads("https").map(Arguments::get).forEach(row -> {
            // Netty's codec says no more of a head without a host than that something is missing.
            String fault = row[0].equals("E11 neither") ? "h2.pseudo" : (String) row[1];
            double before = rejected(fault);
            try (Http3Client client = http3()) {
                int stream = client.open();
                client.headers(stream, true, (String[]) row[2]);

                Http2Response response = client.response(stream);

                all.assertThat(response.reset()).as("reset: %s", row[0]).isEqualTo(MESSAGE_ERROR);
                all.assertThat(response.status()).as("status: %s", row[0]).isZero();
                all.assertThat(rejected(fault) - before).as("%s: %s", fault, row[0]).isEqualTo(1);
                all.assertThat(client.get("/next").status()).as("next: %s", row[0]).isEqualTo(200);
            }
        });
        all.assertAll();
        assertThat(upstream.requests()).extracting(request -> request.target()).containsOnly("/next");
    }

    @Test
    void e4ABodyOfAnotherLengthThanDeclaredIsReset() {
        startHttp3();
        try (Http3Client client = http3()) {
            FramedAttacks.bodies().map(Arguments::get).forEach(row -> {
                int stream = client.request("POST", "/" + row[0], false, "content-length", (String) row[0]);
                client.data(stream, (String) row[1], (boolean) row[2]);

                assertThat(client.response(stream).reset()).as(java.util.Arrays.toString(row)).isEqualTo(MESSAGE_ERROR);
            });
            assertThat(client.get("/next").status()).isEqualTo(200);
        }
        assertThat(upstream.requests()).extracting(request -> request.target()).doesNotContain("/3", "/5");
    }

    @Test
    void e12WhatMustNotBeATrailerIsReset() {
        startHttp3();
        upstream.script(TestUpstream.silent());
        try (Http3Client client = http3()) {
            FramedAttacks.trailers().map(Arguments::get).forEach(row -> {
                int stream = client.request("POST", "/", false);
                client.data(stream, "hello", false).headers(stream, true, (String) row[0], (String) row[1]);

                assertThat(client.response(stream).reset()).as((String) row[0]).isEqualTo(MESSAGE_ERROR);
            });
        }
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void webSocketsDoNotComeThisWay() {
        startHttp3();
        try (Http3Client client = http3()) {
            int stream = client.open();
            client.headers(stream, true, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https",
                    ":authority", "api.test", ":path", "/", "sec-websocket-version", "13");

            assertThat(client.response(stream).reset()).isEqualTo(MESSAGE_ERROR);
        }
        assertThat(upstream.requests()).isEmpty();
    }

    private static Map<String, byte[]> framesOutOfPlace() {
        byte[] head = Http3Client.blockOf(FramedAttacks.get("https"));
        byte[] request = Http3Client.bytesOf(Http3Client.HEADERS, head);
        byte[] data = Http3Client.bytesOf(Http3Client.DATA, new byte[1]);
        byte[] trailers = Http3Client.bytesOf(Http3Client.HEADERS, Http3Client.blockOf("x-a", "1"));
        return Map.of("a body before its head", data,
                "settings on the stream of a request", Http3Client.bytesOf(SETTINGS, new byte[0]),
                "a promise of a push", Http3Client.bytesOf(PUSH_PROMISE, joined(new byte[1], head)),
                "a frame of HTTP/2", Http3Client.bytesOf(8, new byte[4]),
                "a body behind the trailers", joined(request, data, trailers, data),
                "trailers behind the trailers", joined(request, data, trailers, trailers));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    void e13FramesOutOfPlaceEndTheConnection() {
        startHttp3();
        upstream.script(TestUpstream.silent());
        framesOutOfPlace().forEach((row, bytes) -> {
            double before = rejected("h2.protocol");
            try (Http3Client client = http3()) {
                client.send(client.open(), bytes, true);

                assertThat(client.awaitEnd()).as(row).isEqualTo(FRAME_UNEXPECTED);
                Await.until(() -> "the end to be counted: " + row, () -> rejected("h2.protocol") == before + 1);
            }
        });
        assertThat(upstream.requests()).isEmpty();
    }

    static Stream<Arguments> streamsOutOfPlace() {
        return Stream.of(arguments("a second control stream", new byte[]{0, SETTINGS, 0}, STREAM_CREATION_ERROR),
                arguments("a push of a client", new byte[]{1, 0}, STREAM_CREATION_ERROR),
                arguments("a table of fields", new byte[]{2, 0x3f, (byte) 0xe1, 0x1f}, ENCODER_STREAM_ERROR),
                arguments("an entry for the table", new byte[]{2, 0x41, 'x', 1, 'y'}, ENCODER_STREAM_ERROR),
                arguments("an entry that repeats another", new byte[]{2, 0}, ENCODER_STREAM_ERROR),
                arguments("thanks for an entry that was never sent", new byte[]{3, 1}, DECODER_STREAM_ERROR));
    }

    @Test
    void e14StreamsOutOfPlaceEndTheConnection() {
        startHttp3();
        streamsOutOfPlace().map(Arguments::get).forEach(row -> {
            double before = rejected("h2.protocol");
            try (Http3Client client = http3()) {
                client.unidirectional((byte[]) row[1]);

                // Netty's own assertions, which are on in tests, come before its checks.
                assertThat(client.awaitEnd()).as((String) row[0]).isIn((long) (int) row[2],
                        (long) GENERAL_PROTOCOL_ERROR);
                Await.until(() -> "the end to be counted: " + row[0], () -> rejected("h2.protocol") == before + 1);
            }
        });
    }

    @Test
    void e19AHeadThatNeedsTheTableIsNotWaitedFor() {
        startHttp3();
        try (Http3Client client = http3()) {
            // It needs the first entry of a table that there is not, and then refers to it a thousand times.
            byte[] block = new byte[1002];
            block[0] = 2;
            java.util.Arrays.fill(block, 2, block.length, (byte) 0x80);
            client.frame(client.open(), Http3Client.HEADERS, block, true);

            assertThat(client.awaitEnd()).isEqualTo(DECOMPRESSION_FAILED);
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void e19FieldsOfOneByteCountAsLargeOnes() {
        startHttp3();
        try (Http3Client client = http3()) {
            byte[] head = Http3Client.blockOf(FramedAttacks.get("https"));
            byte[] block = java.util.Arrays.copyOf(head, head.length + 10_000);
            // `accept: */*`, from the static table.
            java.util.Arrays.fill(block, head.length, block.length, (byte) (0xc0 | 29));
            client.frame(client.open(), Http3Client.HEADERS, block, true);

            assertThat(client.awaitEnd()).isEqualTo(EXCESSIVE_LOAD);
            assertThat(rejected("h2.flood")).isEqualTo(1);
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void e18AHeadWithoutEndEndsTheConnectionBeforeItHasCome() {
        startHttp3();
        try (Http3Client client = http3()) {
            // A length of 2^30 - 1, and nothing behind it.
            client.send(client.open(), new byte[]{Http3Client.HEADERS, (byte) 0xbf, -1, -1, -1}, false);

            assertThat(client.awaitEnd()).isEqualTo(EXCESSIVE_LOAD);
        }
    }

    @Test
    void e20TooLargeHeadsAreAnsweredAndCrumbsCount() {
        startHttp3();
        try (Http3Client client = http3()) {
            Http2Response large = client.get("/", "x-large", "x".repeat(16 * 1024));
            assertThat(large.status()).isEqualTo(431);
            assertThat(large.fault()).isEqualTo("header.too_large");
            assertThat(client.get("/", FramedAttacks.crumbs(101)).fault()).isEqualTo("header.too_many");

            String[] many = new String[202];
            for (int i = 0; i < many.length; i += 2) {
                many[i] = "x-" + i;
                many[i + 1] = "1";
            }
            assertThat(client.get("/", many).fault()).isEqualTo("header.too_many");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(upstream.requestCount()).isEqualTo(1);
    }

    @Test
    void e22FramesWithoutUseEndTheConnection() {
        startHttp3();
        for (int type : new int[]{0x4242, Http3Client.DATA}) {
            try (Http3Client client = http3()) {
                int stream = client.request("POST", "/", false);
                ByteArrayOutputStream many = new ByteArrayOutputStream();
                for (int i = 0; i < 1100; i++) {
                    many.writeBytes(Http3Client.bytesOf(type, new byte[0]));
                }
                client.send(stream, many.toByteArray(), false);

                assertThat(client.awaitEnd()).isEqualTo(EXCESSIVE_LOAD);
            }
        }
        assertThat(rejected("h2.flood")).isEqualTo(2);
    }
}
