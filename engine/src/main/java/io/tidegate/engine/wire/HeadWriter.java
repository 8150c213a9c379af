package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/// Where heads are put together: one growing array per event loop, emptied after each head.
public final class HeadWriter {

    private byte[] bytes;
    private int length;

    /// A writer for whole heads.
    public HeadWriter() {
        this(4096);
    }

    /// A writer that has room for so many bytes at first.
    public HeadWriter(int capacity) {
        bytes = new byte[capacity];
    }

    /// Begins another head.
    public void clear() {
        length = 0;
    }

    /// Number of bytes written.
    public int length() {
        return length;
    }

    /// Adds a range.
    public void bytes(byte[] source, int start, int end) {
        int count = end - start;
        reserve(count);
        System.arraycopy(source, start, bytes, length, count);
        length += count;
    }

    /// Adds all of an array.
    public void bytes(byte[] source) {
        bytes(source, 0, source.length);
    }

    /// Adds a text of ISO-8859-1 characters.
    @SuppressWarnings("deprecation") // the one way that copies without allocating; the text is ISO-8859-1 by contract
    public void text(String text) {
        int count = text.length();
        reserve(count);
        text.getBytes(0, count, bytes, length);
        length += count;
    }

    /// Adds one byte.
    public void one(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
    }

    /// Adds the end of a line.
    public void crlf() {
        reserve(2);
        bytes[length++] = '\r';
        bytes[length++] = '\n';
    }

    /// Adds what stands between name and value.
    public void colon() {
        reserve(2);
        bytes[length++] = ':';
        bytes[length++] = ' ';
    }

    /// Adds a number of 0 or more in decimal digits.
    public void decimal(long number) {
        reserve(20);
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /// Adds a number in lower-case hexadecimal digits without leading zeros, as in a chunk size.
    public void hex(long number) {
        reserve(16);
        int digits = Math.max(1, (67 - Long.numberOfLeadingZeros(number)) / 4);
        for (int i = digits - 1; i >= 0; i--) {
            int nibble = (int) (number >>> (4 * i)) & 15;
            bytes[length++] = (byte) (nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
        }
    }

    /// Copies what was written to `out`.
    public void copyTo(ByteBuf out) {
        out.writeBytes(bytes, 0, length);
    }

    /// The array that holds what was written, valid until the next write.
    public byte[] array() {
        return bytes;
    }

    private void reserve(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
    }
}
