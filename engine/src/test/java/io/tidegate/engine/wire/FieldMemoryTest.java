package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The fields of heads that go out by HTTP/2, made of lines that are remembered.
class FieldMemoryTest {

    private final FieldMemory memory = new FieldMemory();
    private final HeadFields fields = new HeadFields();

    private Http2Headers read(String head) {
        HeadWriter written = new HeadWriter();
        written.bytes(head.getBytes(StandardCharsets.ISO_8859_1));
        Http2Heads.response(written, fields, memory);
        return fields;
    }

    private static List<String> lines(Http2Headers fields) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            lines.add(field.getKey() + "=" + field.getValue());
        }
        return lines;
    }

    private static List<CharSequence> texts(Http2Headers fields) {
        List<CharSequence> texts = new ArrayList<>();
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            texts.add(field.getKey());
            texts.add(field.getValue());
        }
        return texts;
    }

    @Test
    void fieldsAreThoseOfTheLinesWithNamesInLowerCase() {
        Http2Headers read = read(
                "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-Empty: \r\nX-B: a: b\r\n\r\n");
        assertThat(lines(read)).containsExactly(":status=404", "content-type=text/plain", "x-empty=", "x-b=a: b");
        assertThat(read.status()).hasToString("404");
        assertThat(read.size()).isEqualTo(4);
        assertThat(lines(read("HTTP/1.1 200 OK\r\n\r\n"))).containsExactly(":status=200");
    }

    @Test
    void aLineThatCameBeforeIsNotMadeAnew() {
        List<CharSequence> first = texts(read("HTTP/1.1 200 OK\r\nServer: a\r\nX-A: 1\r\n\r\n"));
        List<CharSequence> second = texts(read("HTTP/1.1 200 OK\r\nX-A: 2\r\nServer: a\r\n\r\n"));
        assertThat(second.get(4)).isSameAs(first.get(2));
        assertThat(second.get(5)).isSameAs(first.get(3));
        assertThat(second.get(3)).hasToString("2");
    }

    @Test
    void anyNumberOfDifferentLinesComesOutAsItWent() {
        for (int i = 0; i < 2000; i++) {
            // Aa and BB have the same hash.
            String value = (i % 2 == 0 ? "Aa" : "BB") + i % 700;
            assertThat(lines(read("HTTP/1.1 200 OK\r\nX-A: " + value + "\r\nX-B: " + "y".repeat(i % 500) + "\r\n\r\n")))
                    .containsExactly(":status=200", "x-a=" + value, "x-b=" + "y".repeat(i % 500));
        }
    }

    @Test
    void headsOfManyFieldsHaveRoom() {
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        for (int i = 0; i < 300; i++) {
            head.append("X-").append(i).append(": ").append(i).append("\r\n");
        }
        assertThat(lines(read(head.append("\r\n").toString()))).hasSize(301).endsWith("x-299=299");
    }
}
