package io.tidegate.engine.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.tidegate.config.ChallengeTarget.Proof;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Certificates that are shown to authorities alone, while they look whether a name leads here (RFC 8737). May be used
/// by all event loops.
public final class AlpnChallenges {

    private static final List<String> ASKED = List.of("acme-tls/1");

    /// By name; null while nobody looks, which is nearly always.
    private volatile @Nullable Map<String, SslContext> open;

    /// Puts these in place of those before. Not on an event loop.
    ///
    /// @param proofs
    ///            by name; empty where nobody looks any more
    public void show(Map<String, Proof> proofs) {
        Map<String, SslContext> next = new HashMap<>();
        proofs.forEach((name, proof) -> next.put(name, context(proof)));
        open = next.isEmpty() ? null : next;
    }

    /// By the JDK, whatever else is used: what is replaced may be in use on a loop, and needs nobody to let go of it.
    private static SslContext context(Proof proof) {
        try {
            return SslContextBuilder.forServer(proof.key(), proof.certificate()).sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2").applicationProtocolConfig(TlsContexts.alpn(ASKED)).build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("a certificate can't be shown: " + e.getMessage(), e);
        }
    }

    /// The handler for a client that asks for this and for nothing else, under a name that is being looked at; null for
    /// everybody else.
    @Nullable
    SslHandler handler(ClientHello hello, ByteBufAllocator allocator) {
        Map<String, SslContext> shown = open;
        if (shown == null || !ASKED.equals(hello.protocols()) || hello.serverName() == null) {
            return null;
        }
        SslContext context = shown.get(hello.serverName());
        if (context == null) {
            return null;
        }
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }
}
