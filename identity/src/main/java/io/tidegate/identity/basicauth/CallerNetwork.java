package io.tidegate.identity.basicauth;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/// Where callers are told apart: by the address in IPv4, by the first 64 bits in IPv6, since whoever has one address
/// there has all of those.
final class CallerNetwork {

    private static final int PREFIX_BYTES = 8;

    private CallerNetwork() {
    }

    /// That of an address. One that is of neither kind (a Unix socket) stands for itself.
    static String of(String address) {
        if (address.indexOf(':') < 0 || address.startsWith("unix:")) {
            return address;
        }
        try {
            return InetAddress.ofLiteral(address) instanceof Inet6Address six
                    ? HexFormat.of().formatHex(six.getAddress(), 0, PREFIX_BYTES)
                    : address;
        } catch (IllegalArgumentException e) {
            return address;
        }
    }
}
