package io.tidegate.engine.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The cookies of a request (RFC 6265 §5.4): pairs of a name and a value between semicolons, in one field or several.
public final class CookieFields {

    private static final String FIELD = "cookie";

    private CookieFields() {
    }

    /// The value of the first cookie of this name that goes to the service, as it was sent; null where there is none.
    public static byte @Nullable [] value(RequestHead head, String name) {
        for (int i = 0; i < head.fieldCount(); i++) {
            if (isCookie(head, i) && head.isForwarded(i)) {
                byte[] value = value(head.bytes(), head.valueStart(i), head.valueEnd(i), name);
                if (value != null) {
                    return value;
                }
            }
        }
        for (MessageHead.AddedField field : head.added()) {
            if (field.name().equalsIgnoreCase(FIELD)) {
                byte[] bytes = field.value().getBytes(StandardCharsets.ISO_8859_1);
                byte[] value = value(bytes, 0, bytes.length, name);
                if (value != null) {
                    return value;
                }
            }
        }
        return null;
    }

    /// The value of the first cookie of this name in the value of a field.
    ///
    /// @return null where there is none
    public static @Nullable String value(String fields, String name) {
        byte[] bytes = fields.getBytes(StandardCharsets.ISO_8859_1);
        byte[] value = value(bytes, 0, bytes.length, name);
        return value == null ? null : new String(value, StandardCharsets.ISO_8859_1);
    }

    /// Keeps every cookie of this name from the service.
    public static void remove(RequestHead head, String name) {
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            if (isCookie(head, i) && head.isForwarded(i)
                    && value(head.bytes(), head.valueStart(i), head.valueEnd(i), name) != null) {
                keep(head.bytes(), head.valueStart(i), head.valueEnd(i), name, kept);
                head.drop(i);
                head.changed = true;
            }
        }
        List<MessageHead.AddedField> added = new ArrayList<>();
        for (MessageHead.AddedField field : head.added()) {
            if (field.name().equalsIgnoreCase(FIELD)) {
                added.add(field);
            }
        }
        if (!added.isEmpty()) {
            head.removeAdded(FIELD);
            for (MessageHead.AddedField field : added) {
                byte[] bytes = field.value().getBytes(StandardCharsets.ISO_8859_1);
                keep(bytes, 0, bytes.length, name, kept);
            }
        }
        if (!kept.isEmpty()) {
            head.add(FIELD, String.join("; ", kept));
        }
    }

    private static boolean isCookie(RequestHead head, int i) {
        return Ascii.equalsIgnoreCase(head.bytes(), head.nameStart(i), head.nameEnd(i), FIELD);
    }

    private static byte @Nullable [] value(byte[] bytes, int from, int to, String name) {
        for (int at = from; at < to; at = next(bytes, at, to)) {
            int start = start(bytes, at, to);
            if (is(bytes, start, to, name)) {
                int begin = start + name.length() + 1;
                int end = end(bytes, begin, to);
                byte[] value = new byte[end - begin];
                System.arraycopy(bytes, begin, value, 0, value.length);
                return value;
            }
        }
        return null;
    }

    private static void keep(byte[] bytes, int from, int to, String name, List<String> kept) {
        for (int at = from; at < to; at = next(bytes, at, to)) {
            int start = start(bytes, at, to);
            int end = end(bytes, start, to);
            if (end > start && !is(bytes, start, to, name)) {
                kept.add(Ascii.text(bytes, start, end));
            }
        }
    }

    private static boolean is(byte[] bytes, int start, int to, String name) {
        if (start + name.length() >= to || bytes[start + name.length()] != '=') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int start(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }

    private static int end(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && bytes[end] != ';') {
            end++;
        }
        while (end > from && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        return end;
    }

    private static int next(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != ';') {
            at++;
        }
        return at + 1;
    }
}
