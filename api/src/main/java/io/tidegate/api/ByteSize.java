package io.tidegate.api;

import java.util.Locale;

/// A number of bytes, as users write it: `64KiB`, `10MiB`, `unlimited`.
///
/// @param bytes
///            0 or more; [Long#MAX_VALUE] stands for `unlimited`
public record ByteSize(long bytes) implements Comparable<ByteSize> {

    /// No limit.
    public static final ByteSize UNLIMITED = new ByteSize(Long.MAX_VALUE);

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    /// Refuses a negative number.
    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("must be 0 or more (was " + bytes + ")");
        }
    }

    /// Reads `64KiB`, `10MiB`, `512B` or `unlimited`.
    ///
    /// @throws IllegalArgumentException
    ///             for anything else, saying what was expected
    public static ByteSize parse(String text) {
        if (text.equals("unlimited")) {
            return UNLIMITED;
        }
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        String unit = text.substring(digits);
        for (int i = 0; i < UNITS.length; i++) {
            if (digits > 0 && digits <= 18 && unit.equals(UNITS[i])) {
                try {
                    return new ByteSize(Math.multiplyExact(Long.parseLong(text.substring(0, digits)), 1L << (10 * i)));
                } catch (ArithmeticException e) {
                    break;
                }
            }
        }
        throw new IllegalArgumentException(
                "must be a size such as 512B, 64KiB, 10MiB or unlimited (was '" + text + "')");
    }

    /// Whether this is no limit at all.
    public boolean isUnlimited() {
        return bytes == Long.MAX_VALUE;
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        if (isUnlimited()) {
            return "unlimited";
        }
        int unit = 0;
        long value = bytes;
        while (unit < UNITS.length - 1 && value != 0 && value % 1024 == 0) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%d%s", value, UNITS[unit]);
    }
}
