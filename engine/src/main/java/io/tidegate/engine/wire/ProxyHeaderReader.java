package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the header of the PROXY protocol, version 1 or 2, that a proxy puts in front of a connection. Strict: what is
/// not exactly as the specification of HAProxy has it is refused, so that nobody's address is ever guessed.
public final class ProxyHeaderReader {

    /// Most bytes of a header of version 2 behind its fixed part: addresses and what else a proxy tells.
    public static final int LONGEST = 4096;

    /// Most bytes of a header of version 1, its line end included.
    private static final int LONGEST_LINE = 107;
    private static final byte[] LINE = Ascii.bytes("PROXY ");
    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final int FIXED = 16;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int UNIX_STREAM = 0x31;
    private static final int UNIX_BYTES = 216;

    private static final int AUTHORITY = 0x02;
    private static final int CHECKSUM = 0x03;
    private static final int UNIQUE_ID = 0x05;
    private static final int LONGEST_AUTHORITY = 255;
    private static final int LONGEST_UNIQUE_ID = 128;

    private final Origin socket;

    /// A reader for one connection.
    ///
    /// @param socket
    ///            what holds where the header says nothing of the client
    public ProxyHeaderReader(Origin socket) {
        this.socket = socket;
    }

    /// Reads the header, and takes it out of `received`, once it is there as a whole.
    ///
    /// @param received
    ///            everything that came so far
    /// @return what it says; null where more has to come
    public @Nullable Origin read(ByteBuf received) throws RefusedProxyHeaderException {
        if (!received.isReadable()) {
            return null;
        }
        return received.getByte(received.readerIndex()) == SIGNATURE[0] ? binary(received) : line(received);
    }

    /// Whether all of `expected` stands there; false where the rest has yet to come.
    private static boolean begins(ByteBuf in, byte[] expected) throws RefusedProxyHeaderException {
        int at = in.readerIndex();
        int there = Math.min(expected.length, in.readableBytes());
        for (int i = 0; i < there; i++) {
            if (in.getByte(at + i) != expected[i]) {
                throw new RefusedProxyHeaderException("proxy_missing");
            }
        }
        return there == expected.length;
    }

    // Version 1.

    private @Nullable Origin line(ByteBuf in) throws RefusedProxyHeaderException {
        if (!begins(in, LINE)) {
            return null;
        }
        int start = in.readerIndex();
        int end = in.indexOf(start, Math.min(in.writerIndex(), start + LONGEST_LINE), (byte) '\n');
        if (end < 0) {
            if (in.readableBytes() >= LONGEST_LINE) {
                throw new RefusedProxyHeaderException("proxy_too_large");
            }
            return null;
        }
        String text = in.toString(start, end - start + 1, StandardCharsets.ISO_8859_1);
        Origin said = said(text);
        in.readerIndex(end + 1);
        return said;
    }

    private Origin said(String text) throws RefusedProxyHeaderException {
        if (!text.endsWith("\r\n")) {
            throw malformed();
        }
        String[] parts = text.substring(0, text.length() - 2).split(" ", -1);
        if (parts[1].equals("UNKNOWN")) {
            return socket;
        }
        int bytes = parts[1].equals("TCP4") ? 4 : 16;
        if (parts.length != 6 || !(bytes == 4 || parts[1].equals("TCP6"))) {
            throw malformed();
        }
        return new Origin(new InetSocketAddress(address(parts[2], bytes), port(parts[4])),
                new InetSocketAddress(address(parts[3], bytes), port(parts[5])), null, socket.uniqueId());
    }

    private static InetAddress address(String text, int bytes) throws RefusedProxyHeaderException {
        boolean literal = bytes == 4
                ? text.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}")
                : text.matches("[0-9a-fA-F:.]{2,45}") && text.indexOf(':') >= 0;
        byte[] raw = literal ? NetUtil.createByteArrayFromIpAddressString(text) : null;
        if (raw == null || raw.length != bytes) {
            throw malformed();
        }
        return address(raw);
    }

    private static int port(String text) throws RefusedProxyHeaderException {
        if (!text.matches("0|[1-9][0-9]{0,4}") || Integer.parseInt(text) > 0xFFFF) {
            throw malformed();
        }
        return Integer.parseInt(text);
    }

    // Version 2.

    private @Nullable Origin binary(ByteBuf in) throws RefusedProxyHeaderException {
        if (!begins(in, SIGNATURE) || in.readableBytes() < FIXED) {
            return null;
        }
        int start = in.readerIndex();
        int command = in.getUnsignedByte(start + 12);
        int family = in.getUnsignedByte(start + 13);
        int length = in.getUnsignedShort(start + 14);
        if (command != LOCAL && command != PROXY) {
            throw malformed();
        }
        if (length > LONGEST) {
            throw new RefusedProxyHeaderException("proxy_too_large");
        }
        if (in.readableBytes() < FIXED + length) {
            return null;
        }
        byte[] header = new byte[FIXED + length];
        in.readBytes(header);
        return command == LOCAL ? socket : said(header, family);
    }

    private Origin said(byte[] header, int family) throws RefusedProxyHeaderException {
        int each = switch (family) {
            case TCP_OVER_IPV4 -> 4;
            case TCP_OVER_IPV6 -> 16;
            case UNSPECIFIED, UNIX_STREAM -> 0;
            default -> throw malformed();
        };
        int addresses = family == UNIX_STREAM ? UNIX_BYTES : each == 0 ? 0 : 2 * each + 4;
        if (header.length < FIXED + addresses) {
            throw malformed();
        }
        Origin further = further(header, FIXED + addresses);
        if (each == 0) {
            // What is a Unix socket of the proxy's machine says nothing here.
            return new Origin(socket.client(), socket.destination(), further.authority(), further.uniqueId());
        }
        int ports = FIXED + 2 * each;
        return new Origin(new InetSocketAddress(address(slice(header, FIXED, each)), number(header, ports)),
                new InetSocketAddress(address(slice(header, FIXED + each, each)), number(header, ports + 2)),
                further.authority(), further.uniqueId());
    }

    /// What stands behind the addresses: type, length and value, again and again.
    private Origin further(byte[] header, int start) throws RefusedProxyHeaderException {
        String authority = null;
        String uniqueId = socket.uniqueId();
        int at = start;
        while (at < header.length) {
            int value = at + 3;
            int length = value > header.length ? 0 : number(header, at + 1);
            if (value > header.length || length > header.length - value) {
                throw malformed();
            }
            switch (header[at]) {
                case AUTHORITY -> {
                    if (length == 0 || length > LONGEST_AUTHORITY) {
                        throw malformed();
                    }
                    authority = new String(header, value, length, StandardCharsets.UTF_8);
                }
                case CHECKSUM -> check(header, value, length);
                case UNIQUE_ID -> {
                    if (length > LONGEST_UNIQUE_ID) {
                        throw malformed();
                    }
                    uniqueId = Ascii.text(header, value, value + length);
                }
                default -> {
                    // Nothing that is of use here.
                }
            }
            at = value + length;
        }
        return new Origin(null, null, authority, uniqueId);
    }

    /// The checksum is that of the whole header with zeros in its own place.
    private static void check(byte[] header, int value, int length) throws RefusedProxyHeaderException {
        if (length != 4) {
            throw malformed();
        }
        long given = ((long) number(header, value) << 16) | number(header, value + 2);
        CRC32C sum = new CRC32C();
        sum.update(header, 0, value);
        sum.update(new byte[4], 0, 4);
        sum.update(header, value + 4, header.length - value - 4);
        if (sum.getValue() != given) {
            throw new RefusedProxyHeaderException("proxy_checksum");
        }
    }

    private static byte[] slice(byte[] from, int start, int length) {
        byte[] part = new byte[length];
        System.arraycopy(from, start, part, 0, length);
        return part;
    }

    private static int number(byte[] from, int at) {
        return ((from[at] & 0xFF) << 8) | (from[at + 1] & 0xFF);
    }

    private static InetAddress address(byte[] raw) {
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private static RefusedProxyHeaderException malformed() {
        return new RefusedProxyHeaderException("proxy_malformed");
    }
}
