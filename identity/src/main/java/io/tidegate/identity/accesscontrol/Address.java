package io.tidegate.identity.accesscontrol;

import org.jspecify.annotations.Nullable;

/// The address of a host. An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`, RFC 4291 section 2.5.5.2)
/// is the IPv4 address.
///
/// @param high
///            the first 64 bits; 0 for IPv4
/// @param low
///            the last 64 bits; for IPv4 all 32 of them, as an unsigned number
/// @param ipv4
///            whether it is one of IPv4
record Address(long high, long low, boolean ipv4) {

    private static final int GROUPS = 8;
    private static final long MAPPED = 0xFFFFL << 32;

    /// Reads one, or gives null where the text is none. Never asks a resolver. A zone (`fe80::1%eth0`) is left out.
    static @Nullable Address parse(String text) {
        if (text.indexOf(':') < 0) {
            long bits = ipv4(text, 0, text.length());
            return bits < 0 ? null : new Address(0, bits, true);
        }
        int zone = text.indexOf('%');
        return ipv6(text, zone < 0 ? text.length() : zone);
    }

    /// The address of these 128 bits.
    static Address of(long high, long low) {
        return high == 0 && (low & ~0xFFFF_FFFFL) == MAPPED
                ? new Address(0, low & 0xFFFF_FFFFL, true)
                : new Address(high, low, false);
    }

    /// Four bytes in decimal digits without leading zeros, or -1.
    private static long ipv4(String text, int from, int to) {
        long bits = 0;
        int at = from;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at >= to || text.charAt(at++) != '.')) {
                return -1;
            }
            int start = at;
            int value = 0;
            while (at < to && at - start < 3 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                value = value * 10 + text.charAt(at++) - '0';
            }
            if (at == start || value > 255 || (at - start > 1 && text.charAt(start) == '0')) {
                return -1;
            }
            bits = bits << 8 | value;
        }
        return at == to ? bits : -1;
    }

    private static @Nullable Address ipv6(String text, int to) {
        long high = 0;
        long low = 0;
        long headHigh = 0;
        long headLow = 0;
        int groups = 0;
        int gap = text.startsWith("::") ? 0 : -1;
        int at = gap == 0 ? 2 : 0;
        while (at < to) {
            int colon = text.indexOf(':', at);
            boolean last = colon < 0 || colon >= to;
            int end = last ? to : colon;
            boolean dotted = last && text.indexOf('.', at) >= 0;
            int width = dotted ? 2 : 1;
            long value = dotted ? ipv4(text, at, end) : group(text, at, end);
            groups += width;
            if (value < 0 || groups > GROUPS || (!last && end + 1 == to)) {
                return null;
            }
            high = high << 16 * width | low >>> Long.SIZE - 16 * width;
            low = low << 16 * width | value;
            at = end + 1;
            if (!last && text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = groups;
                headHigh = high;
                headLow = low;
                high = 0;
                low = 0;
                at++;
            }
        }
        if (gap < 0) {
            return groups == GROUPS ? of(high, low) : null;
        }
        return groups == GROUPS ? null : of(high | movedHigh(headHigh, headLow, gap), low | movedLow(headLow, gap));
    }

    /// The upper half of what stands before `::`, with zeros behind it.
    private static long movedHigh(long high, long low, int groups) {
        int shift = 16 * (GROUPS - groups);
        if (shift >= Long.SIZE) {
            return groups == 0 ? 0 : low << shift - Long.SIZE;
        }
        return high << shift | low >>> Long.SIZE - shift;
    }

    private static long movedLow(long low, int groups) {
        int shift = 16 * (GROUPS - groups);
        return shift >= Long.SIZE ? 0 : low << shift;
    }

    private static long group(String text, int from, int to) {
        if (to == from || to - from > 4) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0 || text.charAt(i) > 'f') {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /// Its 4 or 16 bytes.
    byte[] bytes() {
        byte[] bytes = new byte[ipv4 ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            int shift = 8 * (bytes.length - 1 - i);
            bytes[i] = (byte) (shift >= Long.SIZE ? high >>> shift - Long.SIZE : low >>> shift);
        }
        return bytes;
    }
}
