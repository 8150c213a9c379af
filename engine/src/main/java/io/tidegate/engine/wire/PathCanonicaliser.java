package io.tidegate.engine.wire;

import io.tidegate.api.Fault;
import org.jspecify.annotations.Nullable;

/// Brings paths to one form (RFC 3986 §6.2.2): unreserved characters bare, other escapes in upper case, slashes merged,
/// dot segments gone. Canonicalising a canonical path changes nothing. What services are known to understand in
/// different ways is refused: see [Fault] for each.
public final class PathCanonicaliser {

    private PathCanonicaliser() {
    }

    /// Puts the canonical form of the range into `head`. A path that is canonical already is not copied.
    static @Nullable Fault canonicalise(RequestHead head, byte[] bytes, int start, int end) {
        if (isCanonical(bytes, start, end)) {
            head.pathBytes = bytes;
            head.pathStart = start;
            head.pathEnd = end;
            return null;
        }
        byte[] out = head.pathScratch(end - start + 1);
        int result = rewrite(bytes, start, end, out);
        if (result < 0) {
            return fault(result);
        }
        head.replacePath(out, result);
        head.encodedSlash = holdsEncodedSlash(out, result);
        head.pathParameter = holdsSemicolon(out, result);
        return null;
    }

    /// Puts the canonical form of `path` in place of the path of `head`.
    ///
    /// @return the fault where it is no path
    public static @Nullable Fault replace(RequestHead head, String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < 0x20 || c == 0x7F) {
                return Fault.EMIT_CTL;
            }
            if (c > 0x7F) {
                return Fault.TARGET_CHAR;
            }
        }
        if (path.isEmpty() || path.charAt(0) != '/') {
            return Fault.TARGET_FORM;
        }
        byte[] bytes = Ascii.bytes(path);
        byte[] out = new byte[bytes.length + 1];
        int result = rewrite(bytes, 0, bytes.length, out);
        if (result < 0) {
            return fault(result);
        }
        head.replacePath(out, result);
        head.encodedSlash = holdsEncodedSlash(out, result);
        head.pathParameter = holdsSemicolon(out, result);
        return null;
    }

    private static boolean isCanonical(byte[] bytes, int start, int end) {
        byte before = 0;
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (!Ascii.isPath(b) || b == '%' || b == ';' || (before == '/' && (b == '/' || b == '.'))) {
                return false;
            }
            before = b;
        }
        return true;
    }

    private static final int ESCAPE = -1;
    private static final int CHARACTER = -2;
    private static final int ABOVE_ROOT = -3;
    private static final int DOT_PARAMETER = -4;
    private static final int DOUBLE_ESCAPE = -5;
    private static final int UTF8 = -6;

    private static Fault fault(int result) {
        return switch (result) {
            case ESCAPE -> Fault.PATH_ESCAPE;
            case ABOVE_ROOT -> Fault.PATH_ABOVE_ROOT;
            case DOT_PARAMETER -> Fault.PATH_DOT_PARAMETER;
            case DOUBLE_ESCAPE -> Fault.PATH_DOUBLE_ESCAPE;
            case UTF8 -> Fault.PATH_UTF8;
            default -> Fault.TARGET_CHAR;
        };
    }

    /// Writes the canonical form to `out`; it is never longer than what it is made from.
    ///
    /// @return its length, or why there is none
    private static int rewrite(byte[] in, int start, int end, byte[] out) {
        int length = 0;
        Utf8Check utf8 = new Utf8Check();
        int i = start;
        while (i < end) {
            // Here in[i] is a slash: a segment begins behind it.
            out[length++] = '/';
            int segment = length;
            i++;
            while (i < end && in[i] != '/') {
                byte b = in[i];
                if (b != '%') {
                    if (!Ascii.isPath(b)) {
                        return CHARACTER;
                    }
                    if (!utf8.accept(b & 0xFF)) {
                        return UTF8;
                    }
                    out[length++] = b;
                    i++;
                    continue;
                }
                int value = escape(in, i, end);
                if (value <= 0) {
                    return value == 0 ? ESCAPE : value;
                }
                if (!utf8.accept(value)) {
                    return UTF8;
                }
                if (Ascii.isUnreserved((byte) value)) {
                    out[length++] = (byte) value;
                } else {
                    out[length++] = '%';
                    out[length++] = digit(value >> 4);
                    out[length++] = digit(value & 15);
                }
                i += 3;
            }
            if (!utf8.complete()) {
                return UTF8;
            }
            if (holdsDoubleEscape(out, segment, length)) {
                return DOUBLE_ESCAPE;
            }
            length = endSegment(out, segment, length, i < end);
            if (length < 0) {
                return length;
            }
        }
        return length;
    }

    /// Deals with the segment between `segment` and `length`: dot segments and empty ones are taken back.
    private static int endSegment(byte[] out, int segment, int length, boolean more) {
        int dots = 0;
        while (segment + dots < length && out[segment + dots] == '.' && dots < 3) {
            dots++;
        }
        if (dots == 0 || dots > 2) {
            // An empty segment between slashes is merged; one at the end is the slash at the end.
            return length == segment && more ? length - 1 : length;
        }
        if (segment + dots < length) {
            boolean parameter = out[segment + dots] == ';'
                    || (out[segment + dots] == '%' && out[segment + dots + 1] == '3'
                            && out[segment + dots + 2] == 'B');
            return parameter ? DOT_PARAMETER : length;
        }
        int parent = segment - 1;
        if (dots == 2) {
            if (parent == 0) {
                return ABOVE_ROOT;
            }
            parent--;
            while (out[parent] != '/') {
                parent--;
            }
        }
        // The slash before the segment stays only if nothing follows that writes one.
        return more ? parent : parent + 1;
    }

    private static int escape(byte[] in, int at, int end) {
        if (at + 2 >= end) {
            return ESCAPE;
        }
        int high = Ascii.hex(in[at + 1]);
        int low = Ascii.hex(in[at + 2]);
        if (high < 0 || low < 0) {
            return ESCAPE;
        }
        int value = high << 4 | low;
        if (value == '%' && at + 4 < end) {
            int next = Ascii.hex(in[at + 3]) << 4 | Ascii.hex(in[at + 4]);
            if (Ascii.hex(in[at + 3]) >= 0 && Ascii.hex(in[at + 4]) >= 0
                    && (next == '.' || next == '/' || next == '\\')) {
                return DOUBLE_ESCAPE;
            }
        }
        return value;
    }

    /// Whether decoding once more would give a dot, a slash or a backslash. Asked of what is forwarded: what follows an
    /// escaped percent sign may itself have been escaped.
    private static boolean holdsDoubleEscape(byte[] path, int start, int end) {
        for (int i = start; i + 4 < end; i++) {
            if (path[i] == '%' && path[i + 1] == '2' && path[i + 2] == '5') {
                int value = Ascii.hex(path[i + 3]) << 4 | Ascii.hex(path[i + 4]);
                if (Ascii.hex(path[i + 3]) >= 0 && Ascii.hex(path[i + 4]) >= 0
                        && (value == '.' || value == '/' || value == '\\')) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean holdsEncodedSlash(byte[] path, int end) {
        for (int i = 0; i + 2 < end; i++) {
            if (path[i] == '%'
                    && ((path[i + 1] == '2' && path[i + 2] == 'F') || (path[i + 1] == '5' && path[i + 2] == 'C'))) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsSemicolon(byte[] path, int end) {
        for (int i = 0; i < end; i++) {
            if (path[i] == ';') {
                return true;
            }
        }
        return false;
    }

    private static byte digit(int nibble) {
        return (byte) (nibble < 10 ? '0' + nibble : 'A' + nibble - 10);
    }

    /// Follows UTF-8 (RFC 3629) byte by byte: no overlong form, no surrogate, nothing above U+10FFFF.
    private static final class Utf8Check {

        private int missing;
        private int least = 0x80;
        private int most = 0xBF;

        boolean accept(int b) {
            if (missing > 0) {
                boolean fits = b >= least && b <= most;
                least = 0x80;
                most = 0xBF;
                missing--;
                return fits;
            }
            if (b < 0x80) {
                return true;
            }
            if (b < 0xC2 || b > 0xF4) {
                return false;
            }
            missing = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
            if (b == 0xE0) {
                least = 0xA0;
            } else if (b == 0xED) {
                most = 0x9F;
            } else if (b == 0xF0) {
                least = 0x90;
            } else if (b == 0xF4) {
                most = 0x8F;
            }
            return true;
        }

        boolean complete() {
            return missing == 0;
        }
    }
}
