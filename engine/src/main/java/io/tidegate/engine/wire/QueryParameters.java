package io.tidegate.engine.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The parameters of a query, read as a form (`application/x-www-form-urlencoded`): only `&` separates, `+` is a space,
/// escapes are decoded in names and values, and the bytes are UTF-8. A malformed escape stands for itself; a parameter
/// without `=` has an empty value.
public final class QueryParameters {

    private QueryParameters() {
    }

    /// The values of all parameters of this name, in their order.
    ///
    /// @param start
    ///            where the query begins; -1 where there is none
    public static List<String> values(byte[] bytes, int start, int end, String name) {
        List<String> values = new ArrayList<>(1);
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        int at = start;
        while (at >= 0 && at < end) {
            int stop = at;
            int equals = -1;
            while (stop < end && bytes[stop] != '&') {
                if (equals < 0 && bytes[stop] == '=') {
                    equals = stop;
                }
                stop++;
            }
            int nameEnd = equals < 0 ? stop : equals;
            if (stop > at && holds(bytes, at, nameEnd, wanted)) {
                values.add(equals < 0 ? "" : decode(bytes, equals + 1, stop));
            }
            at = stop + 1;
        }
        return values;
    }

    /// Whether the encoded range is an encoding of `wanted`.
    private static boolean holds(byte[] bytes, int from, int to, byte[] wanted) {
        int at = from;
        for (byte b : wanted) {
            if (at >= to || decoded(bytes, at, to) != b) {
                return false;
            }
            at += isEscape(bytes, at, to) ? 3 : 1;
        }
        return at == to;
    }

    /// Whether the encoded range is an encoding of a name, in upper or lower case.
    ///
    /// @param name
    ///            in lower case
    public static boolean isNamed(byte[] bytes, int from, int to, byte[] name) {
        int at = from;
        for (byte b : name) {
            if (at >= to || Ascii.lower(decoded(bytes, at, to)) != b) {
                return false;
            }
            at += isEscape(bytes, at, to) ? 3 : 1;
        }
        return at == to;
    }

    private static String decode(byte[] bytes, int from, int to) {
        byte[] out = new byte[to - from];
        int length = 0;
        for (int at = from; at < to; at += isEscape(bytes, at, to) ? 3 : 1) {
            out[length++] = decoded(bytes, at, to);
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean isEscape(byte[] bytes, int at, int to) {
        return bytes[at] == '%' && at + 2 < to && Ascii.hex(bytes[at + 1]) >= 0 && Ascii.hex(bytes[at + 2]) >= 0;
    }

    private static byte decoded(byte[] bytes, int at, int to) {
        if (isEscape(bytes, at, to)) {
            return (byte) (Ascii.hex(bytes[at + 1]) << 4 | Ascii.hex(bytes[at + 2]));
        }
        return bytes[at] == '+' ? (byte) ' ' : bytes[at];
    }
}
