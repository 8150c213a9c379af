package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestParserTest {

    private final RequestParser parser = new RequestParser(8192, 16384, 100);

    private RequestHead read(String message) {
        RequestHead head = new RequestHead();
        head.reset();
        ByteBuf in = Unpooled.wrappedBuffer(message.getBytes(StandardCharsets.ISO_8859_1));
        parser.read(head, in);
        return head;
    }

    private static String unescape(String text) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            switch (text.charAt(i++)) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                default -> {
                    out.append((char) Integer.parseInt(text.substring(i, i + 2), 16));
                    i += 2;
                }
            }
        }
        return out.toString();
    }

    @Test
    void readsAPlainRequest() {
        RequestHead head = read("GET /a/b?x=1 HTTP/1.1\r\nHost: Example.com:8080\r\nAccept: */*\r\n\r\nrest");

        assertThat(head.fault()).isNull();
        assertThat(head.isComplete()).isTrue();
        assertThat(head.method()).isEqualTo("GET");
        assertThat(head.path()).isEqualTo("/a/b");
        assertThat(Ascii.text(head.bytes(), head.queryStart(), head.queryEnd())).isEqualTo("x=1");
        assertThat(Ascii.text(head.hostBytes(), head.hostStart(), head.hostEnd())).isEqualTo("example.com");
        assertThat(head.keepAlive()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"X_Forwarded_For: 1.2.3.4, header.alias", "Expect: much, framing.expect",
        "Content-Length: x, framing.cl_syntax"})
    void knowsTheHostOfARequestThatIsRefusedForAnotherField(String field, String code) {
        RequestHead head = read("GET / HTTP/1.1\r\n" + field + "\r\nHost: Example.com:8080\r\n\r\n");

        assertThat(Objects.requireNonNull(head.fault()).code()).isEqualTo(code);
        assertThat(Ascii.text(head.hostBytes(), head.hostStart(), head.hostEnd())).isEqualTo("example.com");
    }

    @Test
    void readsTheSameByteByByte() {
        byte[] message = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                .getBytes(StandardCharsets.ISO_8859_1);
        RequestHead head = new RequestHead();
        head.reset();

        int fed = 0;
        while (!head.isComplete()) {
            parser.read(head, Unpooled.wrappedBuffer(message, fed, 1));
            fed++;
        }

        assertThat(head.contentLength()).isEqualTo(3);
        assertThat(fed).isEqualTo(message.length - 3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET /p HTTP/1.1\\r\\n\\r\\n|host.missing",
        "GET /p HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n|host.dup",
        "GET /p HTTP/1.1\\r\\nHost: u@a\\r\\n\\r\\n|host.syntax",
        "GET /p HTTP/1.1\\r\\nHost: a:99999\\r\\n\\r\\n|host.syntax",
        "GET /p HTTP/1.1\\nHost: a\\n\\n|parse.bare_lf",
        "GET  /p HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|parse.reqline",
        "GET /p q HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|parse.reqline",
        "GET /p\\r\\n\\r\\n|parse.version",
        "GET /p HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n|parse.version_unsupported",
        "PRI * HTTP/2.0\\r\\n\\r\\n|parse.version",
        "\\x00\\x01GET /p HTTP/1.1\\r\\n|parse.prefix",
        "GE:T /p HTTP/1.1\\r\\n|parse.method",
        "GET /p\\x00x HTTP/1.1\\r\\n|target.char",
        "GET admin HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|target.form",
        "GET http://evil/p HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|target.authority",
        "GET /p HTTP/1.1\\r\\nHost: a\\r\\nX: a\\r\\n b\\r\\n\\r\\n|framing.fold",
        "GET /p HTTP/1.1\\r\\nHost: a\\r\\nX : a\\r\\n\\r\\n|header.name",
        "GET /p HTTP/1.1\\r\\nHost: a\\r\\nX: a\\x01\\r\\n\\r\\n|header.ctl",
        "GET /p HTTP/1.1\\r\\nHost: a\\r\\nTransfer_Encoding: chunked\\r\\n\\r\\n|header.alias",
        "GET /p HTTP/1.1\\r\\nHost: a\\r\\nConnection: close, Authorization\\r\\n\\r\\n|header.hop",
        "POST /p HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 6\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n|framing.cl_te",
        "POST /p HTTP/1.0\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n|framing.te_http10",
        "POST /p HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked, gzip\\r\\n\\r\\n|framing.te_final",
        "POST /p HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n|framing.te_unknown",
        "POST /p HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3,3\\r\\n\\r\\n|framing.cl_dup",
        "POST /p HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: +3\\r\\n\\r\\n|framing.cl_syntax",
        "POST /p HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 18446744073709551619\\r\\n\\r\\n|framing.cl_range",
        "POST /p HTTP/1.1\\r\\nHost: a\\r\\nExpect: xyz\\r\\n\\r\\n|framing.expect",
        "GET /p HTTP/1.0\\r\\nContent-Length: 3\\r\\n\\r\\n|framing.body_http10",
        "\\r\\n\\r\\nGET /p HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|framing.stray",
    })
    void refuses(String message, String code) {
        RequestHead head = read(unescape(message));

        assertThat(head.isComplete()).isFalse();
        assertThat(head.fault()).isNotNull().extracting("code").isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/a/../admin|/admin", "/a/./admin|/a/admin", "/a/%2e%2e/admin|/admin", "/%61dmin|/admin",
        "//admin|/admin", "/a/..|/", "/a/b/.|/a/b/", "/a//b///c/|/a/b/c/", "/a%c3%a9|/a%C3%A9", "/a%2f|/a%2F",
    })
    void bringsPathsToOneForm(String received, String canonical) {
        RequestHead head = read("GET " + received + " HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(head.fault()).isNull();
        assertThat(head.path()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/../x|path.above_root", "/a/..;/admin|path.dot_parameter", "/a\\x5c..|target.char", "/a%00b|path.escape",
        "/a%zz|path.escape", "/%c0%ae%c0%ae/x|path.utf8", "/%252e%252e/admin|path.double_escape",
    })
    void refusesPathsThatServicesUnderstandDifferently(String received, String code) {
        RequestHead head = read("GET " + unescape(received) + " HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(head.fault()).isNotNull().extracting("code").isEqualTo(code);
    }
}
