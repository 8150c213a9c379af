package io.tidegate.engine.wire;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.tidegate.api.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The fields behind a body (RFC 9110 §6.5) that may pass from one side that speaks HTTP/2 or HTTP/3 to the other.
/// Those that mean something only in front of the body are left out (RFC 9110 §6.5.1): whoever reads them behind it may
/// take them for what was never checked.
public final class Trailers {

    /// Besides those of [KnownHeader]: of control, of content, of caches, of credentials.
    private static final Set<AsciiString> HEADS_ONLY = Set.of(AsciiString.cached("age"),
            AsciiString.cached("cache-control"), AsciiString.cached("content-encoding"),
            AsciiString.cached("content-range"), AsciiString.cached("expires"), AsciiString.cached("if-match"),
            AsciiString.cached("if-modified-since"), AsciiString.cached("if-none-match"),
            AsciiString.cached("if-range"), AsciiString.cached("if-unmodified-since"),
            AsciiString.cached("location"), AsciiString.cached("max-forwards"), AsciiString.cached("pragma"),
            AsciiString.cached("retry-after"), AsciiString.cached("set-cookie"), AsciiString.cached("vary"),
            AsciiString.cached("www-authenticate"));

    private final Http2Headers fields;

    Trailers(Http2Headers fields) {
        this.fields = fields;
    }

    /// Reads them off checked lines of HTTP/1.1.
    ///
    /// @return null where none may pass
    static @Nullable Trailers of(HeadWriter lines) {
        byte[] bytes = lines.array();
        Http2Headers fields = new DefaultHttp2Headers(false, 8);
        int start = 0;
        while (start < lines.length()) {
            int colon = start;
            while (bytes[colon] != ':') {
                colon++;
            }
            int end = colon;
            while (bytes[end] != '\r') {
                end++;
            }
            AsciiString name = new AsciiString(bytes, start, colon - start, true);
            if (KnownHeader.find(bytes, start, colon) == null && !HEADS_ONLY.contains(name)) {
                fields.add(name, new AsciiString(bytes, colon + 2, end - colon - 2, true));
            }
            start = end + 2;
        }
        return fields.isEmpty() ? null : new Trailers(fields);
    }

    /// Those that a policy makes.
    ///
    /// @return null where none may pass
    public static @Nullable Trailers of(List<Field> made) {
        Http2Headers fields = made.isEmpty() ? EmptyHttp2Headers.INSTANCE : new DefaultHttp2Headers(false, 8);
        for (Field field : made) {
            AsciiString name = new AsciiString(Ascii.bytes(field.name()), false).toLowerCase();
            if (KnownHeader.find(field.name()) == null && !HEADS_ONLY.contains(name)) {
                fields.add(name, new AsciiString(Ascii.bytes(field.value()), false));
            }
        }
        return fields.isEmpty() ? null : new Trailers(fields);
    }

    /// Without those of these names, which are in lower case and hold no `_`: that is taken for `-`.
    ///
    /// @return null where none is left
    public @Nullable Trailers without(Set<String> names) {
        for (CharSequence name : List.copyOf(fields.names())) {
            if (names.contains(name.toString().replace('_', '-'))) {
                fields.remove(name);
            }
        }
        return fields.isEmpty() ? null : this;
    }

    /// As policies see them.
    public List<Field> list() {
        List<Field> list = new ArrayList<>(fields.size());
        fields.forEach(field -> list.add(new Field(field.getKey().toString(), field.getValue().toString())));
        return List.copyOf(list);
    }

    /// As HTTP/2 sends them.
    public Http2Headers fields() {
        return fields;
    }
}
