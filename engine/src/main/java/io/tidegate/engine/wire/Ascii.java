package io.tidegate.engine.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Character classes of HTTP and comparisons on bytes.
public final class Ascii {

    /// Reads eight bytes of an array at once, the first in the lowest.
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte TOKEN = 1;
    private static final byte PATH = 2;
    private static final byte QUERY = 4;
    private static final byte HOST = 8;
    private static final byte UNRESERVED = 16;

    private static final byte[] CLASSES = classes();
    private static final byte[] LOWER = lower();

    private static final long SPACES = 0x2020202020202020L;
    private static final long DELETES = 0x7F7F7F7F7F7F7F7FL;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Ascii() {
    }

    private static byte[] classes() {
        byte[] table = new byte[256];
        for (int c = 0x21; c < 0x7F; c++) {
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                table[c] |= TOKEN;
            }
            if (alphanumeric || "-._~".indexOf(c) >= 0) {
                table[c] |= UNRESERVED;
            }
            // RFC 3986 section 3.3: pchar and the slash; the percent sign is checked where escapes are read.
            if (alphanumeric || "-._~!$&'()*+,;=:@/%".indexOf(c) >= 0) {
                table[c] |= PATH;
            }
            // Queries carry what browsers leave bare (| { } ^ " < > `); only what ends one or splits lines is refused.
            if (c != '#') {
                table[c] |= QUERY;
            }
            if (alphanumeric || "-._~".indexOf(c) >= 0) {
                table[c] |= HOST;
            }
        }
        return table;
    }

    private static byte[] lower() {
        byte[] table = new byte[256];
        for (int c = 0; c < 256; c++) {
            table[c] = (byte) (c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        return table;
    }

    /// Whether `b` may stand in a token (RFC 9110 §5.6.2).
    public static boolean isToken(byte b) {
        return (CLASSES[b & 0xFF] & TOKEN) != 0;
    }

    static boolean isPath(byte b) {
        return (CLASSES[b & 0xFF] & PATH) != 0;
    }

    static boolean isQuery(byte b) {
        return (CLASSES[b & 0xFF] & QUERY) != 0;
    }

    static boolean isHost(byte b) {
        return (CLASSES[b & 0xFF] & HOST) != 0;
    }

    static boolean isUnreserved(byte b) {
        return (CLASSES[b & 0xFF] & UNRESERVED) != 0;
    }

    /// Lower case of an ASCII letter; any other byte as it is.
    public static byte lower(byte b) {
        return LOWER[b & 0xFF];
    }

    /// Value of a hexadecimal digit, -1 for anything else.
    public static int hex(byte b) {
        int c = b & 0xFF;
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = c | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    /// The first place from `from` on, before `to`, of a control character (below 0x20, or 0x7F); `to` if there
    /// is none.
    static int nextControl(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long word = (long) LONGS.get(bytes, i);
            long deletes = word ^ DELETES;
            long hits = (((word - SPACES) & ~word) | ((deletes - ONES) & ~deletes)) & HIGH_BITS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        for (; i < to; i++) {
            int c = bytes[i] & 0xFF;
            if (c < 0x20 || c == 0x7F) {
                return i;
            }
        }
        return to;
    }

    /// Whether the range holds `lowerCase`, without regard to case.
    public static boolean equalsIgnoreCase(byte[] bytes, int start, int end, byte[] lowerCase) {
        if (end - start != lowerCase.length) {
            return false;
        }
        for (int i = 0; i < lowerCase.length; i++) {
            if (LOWER[bytes[start + i] & 0xFF] != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /// Whether the range holds `name`, without regard to case.
    public static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String name) {
        if (end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            int c = name.charAt(i);
            if (LOWER[bytes[start + i] & 0xFF] != (c >= 'A' && c <= 'Z' ? c + 32 : c)) {
                return false;
            }
        }
        return true;
    }

    /// Whether two ranges hold the same bytes, without regard to case.
    static boolean equalsIgnoreCase(byte[] a, int aStart, int aEnd, byte[] b, int bStart, int bEnd) {
        if (aEnd - aStart != bEnd - bStart) {
            return false;
        }
        for (int i = aStart, j = bStart; i < aEnd; i++, j++) {
            if (LOWER[a[i] & 0xFF] != LOWER[b[j] & 0xFF]) {
                return false;
            }
        }
        return true;
    }

    /// The bytes of a text of ISO-8859-1 characters.
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The text of a range, as ISO-8859-1.
    public static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }
}
