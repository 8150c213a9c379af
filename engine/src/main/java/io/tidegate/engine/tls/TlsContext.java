package io.tidegate.engine.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One certificate with all that goes with it, ready for handshakes. Made by [TlsContexts], which counts its users.
final class TlsContext {

    private static final int[] ECDSA_SUITES = {0xC02B, 0xC02C, 0xCCA9};
    private static final int TLS_1_3 = 0x0304;

    private final String digest;
    private final SslContext ssl;
    private final byte[] ocsp;
    private final X509Certificate certificate;
    private final boolean sharedKeys;
    private final @Nullable QuicContext quic;
    private int users;

    TlsContext(String digest, SslContext ssl, byte[] ocsp, X509Certificate certificate, boolean sharedKeys,
            @Nullable QuicContext quic) {
        this.digest = digest;
        this.ssl = ssl;
        this.ocsp = ocsp;
        this.certificate = certificate;
        this.sharedKeys = sharedKeys;
        this.quic = quic;
    }

    /// The same certificate for QUIC; null where the listener does not speak it.
    @Nullable
    QuicContext quic() {
        return quic;
    }

    /// What it was made of: two with the same are the same.
    String digest() {
        return digest;
    }

    X509Certificate certificate() {
        return certificate;
    }

    boolean isElliptic() {
        return certificate.getPublicKey() instanceof ECPublicKey;
    }

    /// Whether the keys of its session tickets come from a file.
    boolean hasSharedKeys() {
        return sharedKeys;
    }

    /// Whether the client can check this certificate's signatures.
    boolean suits(ClientHello hello) {
        if (!(certificate.getPublicKey() instanceof ECPublicKey key)) {
            return true;
        }
        int bits = key.getParams().getCurve().getField().getFieldSize();
        boolean checked = hello.checks(bits > 384 ? 0x0603 : bits > 256 ? 0x0503 : 0x0403);
        if (hello.speaks(TLS_1_3)) {
            return checked;
        }
        for (int suite : ECDSA_SUITES) {
            if (hello.lists(suite)) {
                return checked;
            }
        }
        return false;
    }

    /// The handler of a new connection.
    SslHandler handler(ByteBufAllocator allocator) {
        SslHandler handler = ssl.newHandler(allocator);
        // The whole handshake has a deadline already, which counts from the first byte.
        handler.setHandshakeTimeoutMillis(0);
        if (ocsp.length > 0 && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            engine.setOcspResponse(ocsp);
        }
        return handler;
    }

    void setTicketKeys(List<byte[]> keys) {
        if (ssl.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            sessions.setTicketKeys(TicketKeys.forOpenSsl(keys));
        }
    }

    // Under the lock of TlsContexts.

    void take() {
        users++;
    }

    /// @return whether nobody has it any more
    boolean giveBack() {
        users--;
        return users == 0;
    }

    /// Connections that have begun keep what they need of it.
    void close() {
        ReferenceCountUtil.release(ssl);
    }
}
