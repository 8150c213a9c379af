package io.tidegate.engine.wire;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// Writes headers of the PROXY protocol, which tell a service who the client of a connection is.
public final class ProxyHeaderWriter {

    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int AUTHORITY = 0x02;
    private static final int UNIQUE_ID = 0x05;
    private static final String MAPPED = "::ffff:";

    private ProxyHeaderWriter() {
    }

    /// A header of version 1: `PROXY TCP4 203.0.113.9 10.0.0.1 51000 443`.
    public static byte[] line(Origin origin) {
        if (!(origin.client() instanceof InetSocketAddress client)
                || !(origin.destination() instanceof InetSocketAddress destination)) {
            return Ascii.bytes("PROXY UNKNOWN\r\n");
        }
        boolean old = isOld(client) && isOld(destination);
        return Ascii.bytes("PROXY " + (old ? "TCP4 " : "TCP6 ") + text(client, old) + ' ' + text(destination, old) + ' '
                + client.getPort() + ' ' + destination.getPort() + "\r\n");
    }

    private static boolean isOld(InetSocketAddress address) {
        return address.getAddress().getAddress().length == 4;
    }

    private static String text(InetSocketAddress address, boolean old) {
        String text = address.getAddress().getHostAddress();
        int zone = text.indexOf('%');
        String bare = zone < 0 ? text : text.substring(0, zone);
        return isOld(address) && !old ? MAPPED + bare : bare;
    }

    /// A header of version 2.
    public static byte[] binary(Origin origin) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(64);
        int command = LOCAL;
        int family = 0;
        if (origin.client() instanceof InetSocketAddress client
                && origin.destination() instanceof InetSocketAddress destination) {
            boolean old = isOld(client) && isOld(destination);
            command = PROXY;
            family = old ? TCP_OVER_IPV4 : TCP_OVER_IPV6;
            body.writeBytes(raw(client.getAddress(), old));
            body.writeBytes(raw(destination.getAddress(), old));
            number(body, client.getPort());
            number(body, destination.getPort());
            String authority = origin.authority();
            if (authority != null) {
                value(body, AUTHORITY, authority.getBytes(StandardCharsets.UTF_8));
            }
            if (!origin.uniqueId().isEmpty()) {
                value(body, UNIQUE_ID, Ascii.bytes(origin.uniqueId()));
            }
        }
        ByteArrayOutputStream header = new ByteArrayOutputStream(16 + body.size());
        header.writeBytes(SIGNATURE);
        header.write(command);
        header.write(family);
        number(header, body.size());
        header.writeBytes(body.toByteArray());
        return header.toByteArray();
    }

    /// The bytes of an address: where the other one is of IPv6, so is this (RFC 4291 section 2.5.5.2).
    private static byte[] raw(InetAddress address, boolean old) {
        byte[] raw = address.getAddress();
        if (old || raw.length == 16) {
            return raw;
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xFF;
        mapped[11] = (byte) 0xFF;
        System.arraycopy(raw, 0, mapped, 12, 4);
        return mapped;
    }

    private static void value(ByteArrayOutputStream out, int type, byte[] value) {
        out.write(type);
        number(out, value.length);
        out.writeBytes(value);
    }

    private static void number(ByteArrayOutputStream out, int number) {
        out.write(number >> 8);
        out.write(number);
    }
}
