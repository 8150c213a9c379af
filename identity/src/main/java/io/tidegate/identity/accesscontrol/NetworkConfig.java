package io.tidegate.identity.accesscontrol;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;

/// A network: `10.0.0.0/8`, `2001:db8::/32`, or one address.
///
/// @param text
///            as it was written
/// @param first
///            its first address
/// @param last
///            its last address
@Doc("A network: `10.0.0.0/8`, `2001:db8::/32`, or one address.")
public record NetworkConfig(String text, Address first, Address last) {

    private static final int MAPPED_PREFIX = 96;

    /// Reads one. Bits behind the prefix are refused: whoever wrote them meant another network.
    @Shorthand
    public static NetworkConfig of(String text) {
        int slash = text.indexOf('/');
        String written = slash < 0 ? text : text.substring(0, slash);
        Address address = Address.parse(written);
        if (address == null || written.indexOf('%') >= 0) {
            throw refused(text);
        }
        int size = address.ipv4() ? 32 : 128;
        int prefix = slash < 0 ? size : prefix(text, slash + 1);
        if (slash >= 0 && address.ipv4() && written.indexOf(':') >= 0) {
            // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
            prefix -= MAPPED_PREFIX;
        }
        if (prefix < 0 || prefix > size) {
            throw refused(text);
        }
        long highMask = address.ipv4() || prefix == 0 ? 0 : -1L << Math.max(0, Long.SIZE - prefix);
        int lowPrefix = address.ipv4() ? prefix + 32 : prefix - Long.SIZE;
        long lowMask = lowPrefix <= 0 ? 0 : -1L << Long.SIZE - lowPrefix;
        if ((address.high() & ~highMask) != 0 && !address.ipv4() || (address.low() & ~lowMask) != 0) {
            throw new IllegalArgumentException(
                    "must have no bits behind its prefix (was '" + text + "')");
        }
        return new NetworkConfig(text, address, new Address(address.ipv4() ? 0 : address.high() | ~highMask,
                address.low() | (address.ipv4() ? ~lowMask & 0xFFFF_FFFFL : ~lowMask), address.ipv4()));
    }

    private static int prefix(String text, int from) {
        return text.substring(from).matches("0|[1-9][0-9]{0,2}") ? Integer.parseInt(text.substring(from)) : -1;
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException(
                "must be a network such as 10.0.0.0/8 or 2001:db8::/32 (was '" + text + "')");
    }

    @Override
    public String toString() {
        return text;
    }
}
