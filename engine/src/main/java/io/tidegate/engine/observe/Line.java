package io.tidegate.engine.observe;

import io.tidegate.engine.wire.Ascii;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A line of the access log while it is put together, somewhere in a larger array. Whatever comes from outside goes
/// through [#escaped] or one of its like, so that no byte of it can end the line or the field.
final class Line {

    /// Longest line there can be: every part is bounded, and the bounds with every byte escaped are less than this.
    static final int MAX = 20 * 1024;

    /// Most bytes that stand for one: a backslash, `u` and four digits.
    static final int MAX_ESCAPE = 6;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] HEX = Ascii.bytes("0123456789abcdef");
    private static final byte[] CUT = Ascii.bytes("...");
    private static final byte[] MASK = Ascii.bytes("***");

    private final LineStyle style;
    private byte[] bytes = new byte[0];
    private int end;

    Line(LineStyle style) {
        this.style = style;
    }

    /// Goes on in `bytes` at `from`; there must be room for [#MAX] bytes, or for what will be written.
    void use(byte[] bytes, int from) {
        this.bytes = bytes;
        this.end = from;
    }

    byte[] bytes() {
        return bytes;
    }

    int end() {
        return end;
    }

    void one(char c) {
        bytes[end++] = (byte) c;
    }

    /// Bytes that need no escaping.
    void raw(byte[] text) {
        System.arraycopy(text, 0, bytes, end, text.length);
        end += text.length;
    }

    /// Bytes that need no escaping.
    void raw(byte[] text, int start, int stop) {
        System.arraycopy(text, start, bytes, end, stop - start);
        end += stop - start;
    }

    void label(LogLabel label) {
        raw(label.bytes(style));
    }

    /// Bytes from outside.
    void escaped(byte[] from, int start, int stop) {
        byte[] to = bytes;
        int at = end;
        int i = start;
        while (i + Long.BYTES <= stop) {
            long eight = (long) LONGS.get(from, i);
            if (style.isPlain(eight)) {
                LONGS.set(to, at, eight);
                at += Long.BYTES;
            } else {
                at = escaped(from, i, i + Long.BYTES, at);
            }
            i += Long.BYTES;
        }
        end = escaped(from, i, stop, at);
    }

    private int escaped(byte[] from, int start, int stop, int end) {
        int at = end;
        for (int i = start; i < stop; i++) {
            int c = from[i] & 0xFF;
            if (style.isPlain(c)) {
                bytes[at++] = (byte) c;
            } else {
                at = escape(c, at);
            }
        }
        return at;
    }

    private int escape(int c, int end) {
        int at = end;
        bytes[at++] = '\\';
        if (style == LineStyle.JSON) {
            bytes[at++] = 'u';
            bytes[at++] = HEX[c >>> 12 & 15];
            bytes[at++] = HEX[c >>> 8 & 15];
        } else {
            bytes[at++] = 'x';
        }
        bytes[at++] = HEX[c >>> 4 & 15];
        bytes[at++] = HEX[c & 15];
        return at;
    }

    /// At most `max` bytes from outside; three dots tell that there were more.
    void escaped(ByteSpan span, int max) {
        int stop = Math.min(span.end(), span.start() + max);
        escaped(span.bytes(), span.start(), stop);
        if (stop < span.end()) {
            raw(CUT);
        }
    }

    /// At most `max` characters of a text from outside. In [LineStyle#TEXT] only the low half of a character is told.
    void escaped(String text, int max) {
        int stop = Math.min(text.length(), max);
        int at = end;
        for (int i = 0; i < stop; i++) {
            int c = text.charAt(i);
            if (c < 0x7F && style.isPlain(c)) {
                bytes[at++] = (byte) c;
            } else {
                at = escape(c, at);
            }
        }
        end = at;
    }

    /// At most `max` bytes of a request target; the values of parameters whose names say that they are secret, and of
    /// `secrets`, are masked. The latter reach to the next `&`, as policies read them.
    void target(ByteSpan span, int max, SecretParameters secrets) {
        byte[] from = span.bytes();
        int stop = Math.min(span.end(), span.start() + max);
        int query = span.start();
        while (query < stop && from[query] != '?') {
            query++;
        }
        int written = span.start();
        int at = Math.min(query + 1, stop);
        while (at < stop) {
            int name = at;
            while (at < stop && from[at] != '=' && !endsParameter(from[at])) {
                at++;
            }
            int value = Math.min(at + 1, stop);
            boolean named = at < stop && from[at] == '=';
            boolean own = named && secrets.contains(from, name, at);
            boolean secret = own || (named && SecretNames.contains(from, name, at));
            while (at < stop && (!endsParameter(from[at]) || (own && from[at] == ';'))) {
                at++;
            }
            if (secret && at > value) {
                escaped(from, written, value);
                raw(MASK);
                written = at;
            }
            at++;
        }
        escaped(from, written, stop);
        if (stop < span.end()) {
            raw(CUT);
        }
    }

    /// A space or the end of a line ends it where the bytes are those of a message that could not be read.
    private static boolean endsParameter(byte b) {
        return b == '&' || b == ';' || (b >= 0 && b <= ' ');
    }

    void number(long value) {
        long rest = value;
        if (rest < 0) {
            one('-');
            // The least of all numbers has no opposite; nothing here is that small.
            rest = Math.max(-rest, 0);
        }
        int digits = 1;
        for (long bound = 10; digits < 19 && rest >= bound; bound *= 10) {
            digits++;
        }
        byte[] to = bytes;
        int first = end;
        end = first + digits;
        for (int at = end - 1; at >= first; at--) {
            long tenth = rest / 10;
            to[at] = (byte) ('0' + (rest - tenth * 10));
            rest = tenth;
        }
    }

    /// A duration as milliseconds with three digits behind the point.
    void millis(long nanos) {
        long micros = Math.max(nanos, 0) / 1000;
        number(micros / 1000);
        int rest = (int) (micros % 1000);
        one('.');
        one((char) ('0' + rest / 100));
        one((char) ('0' + rest / 10 % 10));
        one((char) ('0' + rest % 10));
    }

    /// A duration as milliseconds with one digit behind the point.
    void shortMillis(long nanos) {
        long tenths = Math.max(nanos, 0) / 100_000;
        number(tenths / 10);
        one('.');
        one((char) ('0' + tenths % 10));
    }

    /// Sixteen hexadecimal digits.
    void hex(long value) {
        byte[] to = bytes;
        int at = end;
        for (int shift = 60; shift >= 0; shift -= 4) {
            to[at++] = HEX[(int) (value >>> shift) & 15];
        }
        end = at;
    }
}
