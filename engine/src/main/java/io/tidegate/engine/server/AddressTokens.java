package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Lets clients prove that they receive what is sent to their address, before anything is kept of them (RFC 9000
/// §8.1.2). A token is the time, a code over it, the address and the connection ID, and the connection ID:
///
/// ```
/// 8 bytes: milliseconds   16 bytes: HMAC-SHA-256, cut   0 to 20 bytes: the ID that the client chose first
/// ```
///
/// Confined to one event loop.
final class AddressTokens implements QuicTokenHandler {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int TIME_BYTES = Long.BYTES;
    private static final int CODE_BYTES = 16;
    private static final int HEAD_BYTES = TIME_BYTES + CODE_BYTES;
    /// How long a client may take to come back with a token.
    private static final long LIFE_MILLIS = 10_000;

    private final Mac mac;
    private final BooleanSupplier needed;
    private final LongSupplier clock;

    /// Tokens with this key.
    ///
    /// @param needed
    ///            whether clients have to prove their address now
    /// @param clock
    ///            milliseconds
    AddressTokens(byte[] key, BooleanSupplier needed, LongSupplier clock) {
        this.needed = needed;
        this.clock = clock;
        try {
            this.mac = Mac.getInstance(ALGORITHM);
            this.mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    @Override
    public boolean writeToken(ByteBuf out, ByteBuf dcid, InetSocketAddress address) {
        if (!needed.getAsBoolean()) {
            return false;
        }
        long now = clock.getAsLong();
        byte[] id = bytes(dcid, dcid.readerIndex(), dcid.readableBytes());
        out.writeLong(now).writeBytes(code(now, address, id)).writeBytes(id);
        return true;
    }

    @Override
    public int validateToken(ByteBuf token, InetSocketAddress address) {
        int start = token.readerIndex();
        int idLength = token.readableBytes() - HEAD_BYTES;
        if (idLength < 0 || idLength > Quic.MAX_CONN_ID_LEN) {
            return -1;
        }
        long time = token.getLong(start);
        byte[] code = bytes(token, start + TIME_BYTES, CODE_BYTES);
        byte[] id = bytes(token, start + HEAD_BYTES, idLength);
        long age = clock.getAsLong() - time;
        boolean right = MessageDigest.isEqual(code, code(time, address, id));
        return right && age >= 0 && age <= LIFE_MILLIS ? HEAD_BYTES : -1;
    }

    private byte[] code(long time, InetSocketAddress address, byte[] id) {
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            mac.update((byte) (time >>> shift));
        }
        byte[] raw = address.getAddress().getAddress();
        mac.update((byte) raw.length);
        mac.update(raw);
        mac.update((byte) (address.getPort() >>> Byte.SIZE));
        mac.update((byte) address.getPort());
        return Arrays.copyOf(mac.doFinal(id), CODE_BYTES);
    }

    private static byte[] bytes(ByteBuf in, int start, int length) {
        byte[] bytes = new byte[length];
        in.getBytes(start, bytes);
        return bytes;
    }

    @Override
    public int maxTokenLength() {
        return HEAD_BYTES + Quic.MAX_CONN_ID_LEN;
    }
}
