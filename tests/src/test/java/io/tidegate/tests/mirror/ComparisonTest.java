package io.tidegate.tests.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.mirror.MirrorReport.Difference;
import io.tidegate.engine.mirror.MirrorReport.Example;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// What is said of two answers.
class ComparisonTest extends MirrorFixture {

    private void get(String body) {
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo(body);
        }
    }

    private double uncompared(String cause) {
        return gateway.metric("tidegate_mirror_uncompared_total", "route=\"all\",cause=\"" + cause + '"');
    }

    @Test
    void theSameJsonWrittenInAnotherWay() {
        service.script(json("{\"a\":1,\"b\":[1,2],\"at\":\"now\"}"));
        mirror.script(json("{ \"b\": [1.0, 2], \"at\": \"then\", \"a\": 1e0 }"));
        mirroring("compare: { json: { ignore: [$.at] } }");
        get("{\"a\":1,\"b\":[1,2],\"at\":\"now\"}");
        awaitResults("same", 1);
        assertThat(report().examples()).isEmpty();
        double latencies = gateway.metric("tidegate_mirror_latency_difference_seconds_count", "route=\"all\"");
        assertThat(latencies).isOne();
    }

    @Test
    void anotherValueIsToldWithItsPlaceAndWithoutWhatItIs() {
        service.script(json("{\"items\":[{\"id\":1,\"name\":\"anna\",\"token\":\"s3cret\"}]}"));
        mirror.script(json("{\"items\":[{\"id\":2,\"name\":\"berta\",\"token\":\"other\"}]}"));
        mirroring("compare: {}");
        try (RawClient client = gateway.client()) {
            client.exchange(GET);
            awaitResults("body", 1);
            Example example = report().examples().getFirst();
            assertThat(example.request()).isEqualTo("GET /orders/7");
            assertThat(example.requestId()).isEqualTo(mirror.request(0).field("x-request-id"));
            assertThat(example.differences()).containsExactly(
                    new Difference("$.items[0].id", "number", "number"),
                    new Difference("$.items[0].name", "text of 4 characters", "text of 5 characters"),
                    new Difference("$.items[0].token", "***", "***"));
            mirroring("compare: { showValues: true }");
            client.exchange(GET);
            awaitResults("body", 2);
        }
        assertThat(report().examples().getFirst().differences()).containsExactly(
                new Difference("$.items[0].id", "1", "2"),
                new Difference("$.items[0].name", "\"anna\"", "\"berta\""),
                new Difference("$.items[0].token", "***", "***"));
        assertThat(report().toString()).doesNotContain("s3cret");
    }

    @Test
    void anotherStatusAndAnotherField() {
        mirror.script(answer(503, "no"));
        mirroring("compare: {}");
        get("hello");
        awaitResults("status", 1);
        assertThat(report().examples().getFirst().differences())
                .containsExactly(new Difference("status", "200", "503"));
        mirror.script(answer(200, "hello", "ETag: \"2\"", "Connection: close"));
        service.script(answer(200, "hello", "ETag: \"1\""));
        gateway.apply(
                yaml(service, mirror, "compare: { headers: [etag, x-none] }", "connections: { maxPerEndpoint: 9 }"));
        get("hello");
        awaitResults("headers", 1);
        assertThat(report().examples().getFirst().differences()).extracting(Difference::place)
                .containsExactly("header etag");
    }

    @Test
    void aBodyIsComparedAsTheServiceSentIt() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write("{\"a\":1}".getBytes(StandardCharsets.US_ASCII));
        }
        mirror.script(answer(200, zipped.toString(StandardCharsets.ISO_8859_1), "Content-Type: application/json",
                "Content-Encoding: gzip"));
        // Twice in chunks, so that framing would be among it.
        service.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n"));
        mirroring("compare: {}");
        get("{\"a\":1}");
        awaitResults("same", 1);
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            assertThat(client.get("/p").body()).isEqualTo("{\"a\":1}");
        }
        awaitResults("same", 2);
    }

    @Test
    void whatCanNotBeComparedIsCountedByCause() {
        service.script(answer(200, "0123456789X"));
        mirror.script(answer(200, "0123456789Y"));
        mirroring("compare: { maxBody: 10B }");
        get("0123456789X");
        awaitResults("uncompared", 1);
        assertThat(uncompared("length")).isOne();
        service.script(answer(200, "abc", "Content-Encoding: zip"));
        mirror.script(answer(200, "abd", "Content-Encoding: zip"));
        gateway.apply(yaml(service, mirror, "compare: {}", "connections: { maxPerEndpoint: 9 }"));
        get("abc");
        awaitResults("uncompared", 2);
        assertThat(uncompared("encoding")).isOne();
        mirror.script(answer(200, "x"));
        service.script(TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"));
        gateway.apply(yaml(service, mirror, "compare: {}", "connections: { maxPerEndpoint: 8 }"));
        try (RawClient client = gateway.client()) {
            client.send(GET).ending();
        }
        awaitResults("uncompared", 3);
        assertThat(uncompared("unanswered")).isOne();
    }

    @Test
    void theLastExamplesAreKept() {
        mirror.script(answer(404, "no"));
        mirroring("compare: { examples: 3 }");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 8; i++) {
                client.get("/" + i);
                awaitResults("status", i + 1);
            }
        }
        assertThat(report().examples()).extracting(Example::request).containsExactly("GET /7", "GET /6", "GET /5");
    }
}
