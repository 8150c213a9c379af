package io.tidegate.identity;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes JSON (RFC 8259). The same value is always written the same way.
public final class JsonWriter {

    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out = new StringBuilder(256);

    private JsonWriter() {
    }

    /// A value as JSON in UTF-8.
    ///
    /// @param value
    ///            texts, numbers, truth values, null, and maps (in their order) and collections of them
    public static byte[] write(@Nullable Object value) {
        JsonWriter writer = new JsonWriter();
        writer.append(value);
        return writer.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void append(@Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> members(map);
            case Iterable<?> items -> items(items);
            case Boolean flag -> out.append(flag.booleanValue());
            case Double number when !Double.isFinite(number) -> out.append("null");
            case Number number -> out.append(number);
            default -> string(value.toString());
        }
    }

    private void members(Map<?, ?> map) {
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(before);
            string(String.valueOf(entry.getKey()));
            out.append(':');
            append(entry.getValue());
            before = ',';
        }
        out.append(before == '{' ? "{}" : "}");
    }

    private void items(Iterable<?> items) {
        char before = '[';
        for (Object item : items) {
            out.append(before);
            append(item);
            before = ',';
        }
        out.append(before == '[' ? "[]" : "]");
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
