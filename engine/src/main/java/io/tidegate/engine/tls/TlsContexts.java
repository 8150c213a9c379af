package io.tidegate.engine.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.tidegate.config.ClientAuthConfig;
import io.tidegate.config.TlsConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;

/// All contexts that are in use, by what they were made of: one that did not change outlives a reload, and with it the
/// sessions of its clients. May be used by several threads.
final class TlsContexts {

    /// How long a session can be resumed, in seconds.
    private static final long SESSION_SECONDS = 3600;

    /// Forward secret and authenticated, all of them.
    static final List<String> SUITES = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private final Map<String, TlsContext> contexts = new HashMap<>();
    private final TicketKeys keys = new TicketKeys(System.nanoTime());

    /// A context, a new one where there is none of the same. Whoever gets it gives it back to [#release].
    ///
    /// @param listener
    ///            on which it is used: sessions of one listener are none of another
    /// @param quic
    ///            whether it is used with QUIC too
    /// @throws GeneralSecurityException
    ///             where what was read can't be used
    synchronized TlsContext obtain(String listener, TlsMaterial material, TlsConfig.Version least,
            List<String> protocols, boolean quic) throws GeneralSecurityException, SSLException {
        String digest = material.digest(listener + ' ' + least + ' ' + protocols + ' ' + quic);
        TlsContext context = contexts.get(digest);
        if (context == null) {
            SslContext made = make(material, least, protocols);
            context = new TlsContext(digest, made, material.ocsp(), material.chain().getFirst(),
                    !material.tickets().isEmpty(), quic ? QuicContext.make(material) : null);
            if (made.sessionContext() instanceof OpenSslServerSessionContext sessions) {
                sessions.setSessionIdContext(sessionsOf(listener, material));
                context.setTicketKeys(context.hasSharedKeys() ? material.tickets() : keys.current());
            }
            contexts.put(digest, context);
        }
        context.take();
        return context;
    }

    /// A session is resumed only where this is the same: on the same listener, for the same names, with the same rules
    /// for clients. A renewed certificate is no reason to begin anew.
    private static byte[] sessionsOf(String listener, TlsMaterial material) {
        return TlsMaterial.sha256().digest((listener + '\n' + material.policy() + '\n'
                + String.join(" ", material.names())).getBytes(StandardCharsets.UTF_8));
    }

    private SslContext make(TlsMaterial material, TlsConfig.Version least, List<String> protocols)
            throws GeneralSecurityException, SSLException {
        // Asked here and no earlier: a gateway without TLS does not load the library.
        TlsLibrary library = TlsLibrary.current();
        SslContextBuilder builder = SslContextBuilder
                .forServer(material.key(), material.chain().toArray(X509Certificate[]::new))
                .sslProvider(library.provider())
                .protocols(least.spoken())
                .ciphers(SUITES, SupportedCipherSuiteFilter.INSTANCE)
                .sessionTimeout(SESSION_SECONDS)
                .enableOcsp(library == TlsLibrary.BORINGSSL && material.ocsp().length > 0)
                .clientAuth(switch (material.mode()) {
                    case OFF -> ClientAuth.NONE;
                    case OPTIONAL -> ClientAuth.OPTIONAL;
                    case REQUIRED -> ClientAuth.REQUIRE;
                });
        if (!protocols.isEmpty()) {
            builder.applicationProtocolConfig(alpn(protocols));
        }
        if (material.mode() != ClientAuthConfig.Mode.OFF) {
            builder.trustManager(Trust.of(material.authorities(), material.withdrawn()));
        }
        return builder.build();
    }

    /// Offers these protocols, best first, and goes on without where the other side knows none of them.
    static ApplicationProtocolConfig alpn(List<String> protocols) {
        return new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, protocols);
    }

    /// Takes contexts back.
    synchronized void release(List<TlsContext> given) {
        for (TlsContext context : given) {
            if (context.giveBack()) {
                contexts.remove(context.digest());
                context.close();
            }
        }
    }

    /// Replaces the key of session tickets, where it is time.
    ///
    /// @param now
    ///            in nanoseconds
    synchronized void rotateKeys(long now) {
        if (keys.rotate(now)) {
            contexts.values().stream().filter(context -> !context.hasSharedKeys())
                    .forEach(context -> context.setTicketKeys(keys.current()));
        }
    }
}
