package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Cookies of requests.
class CookieFieldsTest {

    private static RequestHead head(String... fields) {
        StringBuilder text = new StringBuilder("GET / HTTP/1.1\r\nHost: a\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        RequestHead head = new RequestHead();
        head.reset();
        assertThat(new RequestParser(1024, 4096, 32).read(head,
                Unpooled.copiedBuffer(text.append("\r\n"), StandardCharsets.ISO_8859_1))).isTrue();
        return head;
    }

    private static @Nullable String value(RequestHead head, String name) {
        byte[] value = CookieFields.value(head, name);
        return value == null ? null : new String(value, StandardCharsets.ISO_8859_1);
    }

    private static String written(RequestHead head) {
        HeadWriter out = new HeadWriter(256);
        head.writeForwardedFields(out);
        return new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aCookieIsFoundByItsName() {
        RequestHead head = head("Cookie: a=1;bb=2 ;  c=x=y; d=; e; A=9", "cookie: f=6; a=7");
        assertThat(value(head, "a")).isEqualTo("1");
        assertThat(value(head, "bb")).isEqualTo("2");
        assertThat(value(head, "c")).isEqualTo("x=y");
        assertThat(value(head, "d")).isEmpty();
        assertThat(value(head, "e")).isNull();
        assertThat(value(head, "A")).isEqualTo("9");
        assertThat(value(head, "f")).isEqualTo("6");
        assertThat(value(head, "b")).isNull();
        head.add("cookie", "g=8");
        assertThat(value(head, "g")).isEqualTo("8");
    }

    @Test
    void aCookieIsRemovedAndNothingElse() {
        RequestHead head = head("Accept: x", "Cookie: a=1; tg=2; c=3", "Cookie: d=4");
        CookieFields.remove(head, "tg");
        assertThat(value(head, "tg")).isNull();
        assertThat(written(head)).contains("Accept: x\r\n").contains("Cookie: d=4\r\n").contains("cookie: a=1; c=3\r\n")
                .doesNotContain("tg=");
    }

    @Test
    void aFieldWithoutOtherCookiesGoesAway() {
        RequestHead head = head("Cookie: tg=2");
        CookieFields.remove(head, "tg");
        assertThat(written(head)).isEmpty();
        RequestHead untouched = head("Cookie: tgx=2");
        CookieFields.remove(untouched, "tg");
        assertThat(written(untouched)).isEqualTo("Cookie: tgx=2\r\n");
    }
}
