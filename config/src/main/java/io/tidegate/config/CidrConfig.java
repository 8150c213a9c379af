package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/// A network: `10.0.0.0/8`, `2001:db8::/32`, or one address.
///
/// @param network
///            the address in hexadecimal digits, 8 (IPv4) or 32 (IPv6) of them
/// @param prefix
///            number of bits that count
@Doc("A network: `10.0.0.0/8`, `2001:db8::/32`, or one address.")
public record CidrConfig(String network, int prefix) {

    /// Reads one.
    @Shorthand
    public static CidrConfig of(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        // Only literals are let through to the parser below, so that it never asks the resolver.
        boolean literal = address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")
                || (address.indexOf(':') >= 0 && address.matches("[0-9a-fA-F:.]+"));
        if (literal && (slash < 0 || bits.matches("[0-9]{1,3}"))) {
            try {
                byte[] raw = InetAddress.getByName(address).getAddress();
                int prefix = slash < 0 ? raw.length * 8 : Integer.parseInt(bits);
                if (prefix <= raw.length * 8) {
                    return new CidrConfig(HexFormat.of().formatHex(raw), prefix);
                }
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(expected(text), e);
            }
        }
        throw new IllegalArgumentException(expected(text));
    }

    private static String expected(String text) {
        return "must be a network such as 10.0.0.0/8 or 2001:db8::/32 (was '" + text + "')";
    }

    /// Whether `address`, 4 or 16 bytes, lies in this network. An IPv4 address never lies in an IPv6 network.
    public boolean contains(byte[] address) {
        byte[] raw = HexFormat.of().parseHex(network);
        if (raw.length != address.length) {
            return false;
        }
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) {
            if (raw[i] != address[i]) {
                return false;
            }
        }
        int rest = prefix % 8;
        return rest == 0 || ((raw[whole] ^ address[whole]) & (0xFF << (8 - rest))) == 0;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(HexFormat.of().parseHex(network)).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
